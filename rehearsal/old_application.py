"""The database of the Flask application: its tables as SQLAlchemy's PostgreSQL dialect created them, made-up rows, and
what it sends."""

import psycopg

REVISION = "c1ce1892f74b"
TABLES = (
    "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)",
    "CREATE TABLE users (id SERIAL PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, password_hash TEXT)",
    """CREATE TABLE workouts (
        id SERIAL NOT NULL, title VARCHAR(500) NOT NULL, workout_type VARCHAR(100) NOT NULL,
        workout_description TEXT, planned_duration FLOAT, planned_distance_meters FLOAT,
        originally_planned_day DATE NOT NULL, coach_comments TEXT, tss FLOAT, intensity_factor FLOAT,
        created_at TIMESTAMP WITHOUT TIME ZONE, is_custom BOOLEAN DEFAULT 'false' NOT NULL, PRIMARY KEY (id))""",
    """CREATE TABLE workout_selections (
        id SERIAL NOT NULL, workout_id INTEGER NOT NULL, is_selected BOOLEAN, current_plan_day DATE,
        time_of_day VARCHAR(50), user_notes TEXT, updated_at TIMESTAMP WITHOUT TIME ZONE,
        workout_location VARCHAR(100), PRIMARY KEY (id), FOREIGN KEY(workout_id) REFERENCES workouts (id))""",
)
# One selection in sixty is a duplicate. However many workouts there are, a week has few: they last for a century.
ROWS = (
    """INSERT INTO workouts (id, title, workout_type, originally_planned_day, is_custom)
    SELECT n, 'w', 'Run', date '1950-01-01' + n % 36500, false FROM generate_series(1, greatest(30, {rows})) n""",
    """INSERT INTO workout_selections (workout_id, is_selected, current_plan_day, updated_at)
    SELECT n, true, date '1950-01-02' + n % 36500, timestamp '2026-01-01' + n * interval '1 ms'
    FROM generate_series(1, {rows} - {twice}) n""",
    """INSERT INTO workout_selections (workout_id, is_selected, time_of_day, updated_at)
    SELECT n * ({rows} / {twice} - 1), true, 'morning', timestamp '2026-01-02' + n * interval '1 ms'
    FROM generate_series(1, {twice}) n""",
    "SELECT setval('workouts_id_seq', greatest(30, {rows})), setval('workout_selections_id_seq', {rows})",
)

WRITE = "UPDATE workout_selections SET user_notes = 'rehearsed' WHERE id = %(id)s"
READ = """
SELECT title, is_selected, current_plan_day
FROM workout_selections s JOIN workouts ON workouts.id = s.workout_id WHERE s.id = %(id)s
"""
# Of the rows that are read and written.
IDS = (
    "SELECT id FROM workout_selections ORDER BY random() LIMIT 100000",
    "SELECT id FROM workouts ORDER BY random() LIMIT 100000",
)
INSERT = """
INSERT INTO workout_selections (workout_id, is_selected, current_plan_day, updated_at)
SELECT %(id)s, true, '2026-01-06', now() WHERE NOT EXISTS (
    SELECT FROM workout_selections WHERE workout_id = %(id)s)
"""


def create(url: str, rows: int) -> None:
    """Fills an empty database with its tables and `rows` selections."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in TABLES:
            connection.execute(statement.encode())
        connection.execute("INSERT INTO alembic_version VALUES (%s)", [REVISION])
        connection.execute("INSERT INTO users (email, password_hash) VALUES ('old@example.org', 'scrypt:...')")
        for statement in ROWS:
            connection.execute(statement.format(rows=rows, twice=max(1, rows // 60)).encode())
        connection.execute("VACUUM ANALYZE")
