"""Importing recorded activities: FIT, TCX and GPX files."""
