"""The sessions of a release on PostgreSQL. Only this package needs psycopg, so other databases do not."""
