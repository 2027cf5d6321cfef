"""The sessions of a release on PostgreSQL. Nothing else imports psycopg, which other databases do without."""
