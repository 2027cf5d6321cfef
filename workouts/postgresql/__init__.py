"""Django's engine for PostgreSQL, reading every day that the old application stored, and asking less."""
