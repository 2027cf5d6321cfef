"""Everything that the athlete has, as one file: JSON to restore, CSV for spreadsheets."""
