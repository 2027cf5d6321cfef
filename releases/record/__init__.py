"""What was run: the records of Django, and those of each release."""
