"""What the judge decided is done: on PostgreSQL, while the table is read and written."""
