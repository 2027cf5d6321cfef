"""All of the athlete's data as one file: JSON to restore, CSV for spreadsheets."""
