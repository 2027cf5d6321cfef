"""The one way in which anything is written: recorded with what stood before, so that it can be undone."""
