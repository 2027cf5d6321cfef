"""What to do about each failure. Each text is a format string of what is known: {variable}, {table}, {user} and so on.

By SQLSTATE (https://www.postgresql.org/docs/18/errcodes-appendix.html) or its first two characters, its class; by
SQLite's name (https://sqlite.org/rescode.html) or the name that it extends; by MySQL's number; by the causes of
releases.messages.refusals.
"""

from releases.messages import refusals

AGAIN = "Then run this again."
UNKNOWN = "Fix the cause, then run: {command} (with --traceback to see where it was raised)."
UNKNOWN_TO_COMMAND = "Fix the cause, then run this again (with --traceback to see where it was raised)."
CORRECT_THE_MIGRATION = f"Correct the migration. {AGAIN}"

# The connection was refused.
CONNECTING = {
    refusals.UNKNOWN_HOST: f"The host {{host}} cannot be resolved here. Correct the host in {{variable}}. {AGAIN}",
    refusals.NOTHING_LISTENS: (
        f"Nothing listens on {{host}}, port {{port}}. Start the database, or correct host and port in {{variable}}."
        f" {AGAIN}"
    ),
    refusals.NO_ANSWER: (
        "{host}, port {port}, does not answer. Check that the database is up and that this machine can reach it, or"
        f" correct host and port in {{variable}}. {AGAIN}"
    ),
    refusals.NO_TLS: (
        "The server has no TLS, and the connection requires it (sslmode={sslmode}). Enable it there; or, where the"
        f" network in between is trusted, {{without_tls}}. {AGAIN}"
    ),
    refusals.NO_CERTIFICATE: (
        "The file of {file} is missing or cannot be read. Put it there, or name the right one in {variable}"
        f" (sslrootcert=system uses the operating system's authorities). {AGAIN}"
    ),
    refusals.UNTRUSTED: (
        "TLS could not be established (sslmode={sslmode}): the certificate of {host} is not signed by an authority of"
        " sslrootcert, or is for another host, or has expired. Name the right authority (sslrootcert=...) and host in"
        " {variable}."
        f" {AGAIN}"
    ),
    refusals.NO_PASSWORD: (f"{{variable}} has no password, and the server requires one. Add it{{password}}. {AGAIN}"),
    refusals.REFUSED: f"The server is up. Correct the parameters of {{variable}} that the message names. {AGAIN}",
    "28000": (
        "User {user} may not log in to database {database} from here (sslmode={sslmode}). Its role may lack LOGIN, as a"
        " superuser: ALTER ROLE {quoted_user} LOGIN; or pg_hba.conf may have no line for it, or one that requires TLS:"
        f" {{with_tls}}. {AGAIN}"
    ),
    "28P01": f"There is no user {{user}}, or the password is wrong. Correct both in {{variable}}. {AGAIN}",
    "3D000": (
        "There is no database {database}. Correct its name in {variable}, or create it. As a superuser: CREATE DATABASE"
        f" {{quoted_database}} OWNER {{quoted_user}}; {AGAIN}"
    ),
    "42501": (
        "User {user} may not connect to database {database}. As a superuser: GRANT CONNECT ON DATABASE"
        f" {{quoted_database}} TO {{quoted_user}}; {AGAIN}"
    ),
    "53300": (
        "The server, the database or the user has no connection left; a release needs two. Close some; or, as a"
        " superuser: ALTER ROLE {quoted_user} CONNECTION LIMIT -1; ALTER DATABASE {quoted_database} CONNECTION LIMIT"
        f" -1; or raise max_connections. {AGAIN}"
    ),
    "55000": (
        "Database {database} does not accept connections. As a superuser: ALTER DATABASE {quoted_database}"
        f" ALLOW_CONNECTIONS true; {AGAIN}"
    ),
    "57P03": "The database is starting or stopping. Run this again in a moment.",
    "": f"Correct {{variable}} as the server's message says. {AGAIN}",
}

# A statement failed.
STATEMENTS = {
    "08": "The connection was cut. Run this again.",
    "0A": f"This server does not support what the migration asks for. {CORRECT_THE_MIGRATION}",
    "22": (f"A value does not fit its column or the column's new type. Correct the row, or the migration. {AGAIN}"),
    "23502": (
        "Column {column} of {table} would be NULL in a row. Give existing rows a value (UPDATE {table} SET {column} ="
        f" ... WHERE {{column}} IS NULL;), or let the migration set one. {AGAIN}"
    ),
    "23503": (
        "Rows of {table} refer to rows that do not exist, or that were to be deleted (constraint {constraint}). Give"
        f" them rows to refer to, or delete them. {AGAIN}"
    ),
    "23514": f"Rows of {{table}} violate the check {{constraint}}. Correct them, or the migration. {AGAIN}",
    "23P01": (
        f"Rows of {{table}} violate the exclusion constraint {{constraint}}. Correct them, or the migration. {AGAIN}"
    ),
    "25001": f"Set `atomic = False` on the migration, and let it do nothing else. {AGAIN}",
    "25P02": (
        "The migration continued in a transaction that had already failed. Look for the first error with --traceback."
        f" {CORRECT_THE_MIGRATION}"
    ),
    "25P03": "A time limit for idle transactions ended the session. Run this again.",
    "25P04": "A time limit for transactions ended the session. Run this again.",
    "2BP01": (f"Something that Django does not know depends on what the migration removes. Remove that first. {AGAIN}"),
    "40": "Sessions conflicted, and this one was told to start over. Run this again.",
    "40P01": "It and the running application waited for each other. Run this again.",
    "42501": (
        "User {user} lacks a right that the message names. Let the owner of the object or a superuser grant it, or run"
        f" that statement. {AGAIN}"
    ),
    "42": f"The statement does not fit this server or this schema. {CORRECT_THE_MIGRATION}",
    "53100": f"The database's disk is full. Enlarge its volume. {AGAIN}",
    "53200": f"The server is out of memory. Give it more, or lower its work_mem and maintenance_work_mem. {AGAIN}",
    "53300": "The database has no connection left. Close some, or run this again in a moment.",
    "53": f"A limit of the server was reached. Raise the one that it names. {AGAIN}",
    "54": f"A limit of PostgreSQL itself was reached. {CORRECT_THE_MIGRATION}",
    "55006": (
        "The migration changes rows and then their table in one transaction, or alters what it is reading. Split it"
        f" into two migrations. {AGAIN}"
    ),
    "55P03": "Another session held the lock for too long. Run this again.",
    "57014": "The statement was cancelled, or a time limit (statement_timeout) expired. Run this again.",
    "57P01": "The database was shut down, or an administrator ended the session. Run this again once it is up.",
    "57P02": "The database crashed. Run this again once it is up.",
    "57P03": "The database is starting or stopping. Run this again in a moment.",
    "57P05": (
        "A time limit for idle sessions (idle_session_timeout) ended the session. Run this again; if it happens again,"
        " as a superuser: ALTER ROLE {quoted_user} SET idle_session_timeout = 0;"
    ),
    "58": f"The server could not read or write its files. See its log and its disk. {AGAIN}",
    "XX": f"The server found damaged data, or a bug of its own. See its log; restore a backup. {AGAIN}",
}

SQLITE = {
    "SQLITE_BUSY": (
        f"Another process holds {{file}} (fuser {{file}} names it). End it, or wait until it has finished. {AGAIN}"
    ),
    "SQLITE_CANTOPEN": f"{{file}} cannot be opened. Correct the path in {{variable}}. {AGAIN}",
    "SQLITE_CONSTRAINT_CHECK": f"Rows violate that check. Correct them, or the migration. {AGAIN}",
    "SQLITE_CONSTRAINT_FOREIGNKEY": (
        f"Rows refer to rows that do not exist. Give them rows to refer to, or delete them. {AGAIN}"
    ),
    "SQLITE_CONSTRAINT_NOTNULL": (
        "The column would be NULL in a row. Give existing rows a value (UPDATE ... SET ... WHERE ... IS NULL;), or let"
        f" the migration set one. {AGAIN}"
    ),
    "SQLITE_CONSTRAINT_PRIMARYKEY": f"The migration inserts an id that a row already has. {CORRECT_THE_MIGRATION}",
    "SQLITE_CONSTRAINT_UNIQUE": (
        "Rows have the same values in these columns, which must be unique. Change or delete all but one of each;"
        f" where the migration makes them, correct it. {AGAIN}"
    ),
    "SQLITE_CORRUPT": f"{{file}} is damaged. Restore a backup of it. {AGAIN}",
    "SQLITE_FULL": f"The disk of {{file}} is full. Free some space. {AGAIN}",
    "SQLITE_IOERR": f"The disk of {{file}} cannot be read or written. See the system's log. {AGAIN}",
    "SQLITE_LOCKED": "Another connection of this process holds the table. Run this again.",
    "SQLITE_NOTADB": (
        f"{{file}} is not an SQLite database. Correct the path in {{variable}}, or move that file away. {AGAIN}"
    ),
    "SQLITE_READONLY": f"{{file}} cannot be written. Allow this user to write to it. {AGAIN}",
}

NOT_REACHED = f"Start the database, or correct host and port in {{variable}}. {AGAIN}"
MYSQL = {
    "MYSQL_1045": f"There is no such user, or the password is wrong. Correct both in {{variable}}. {AGAIN}",
    "MYSQL_2002": NOT_REACHED,
    "MYSQL_2003": NOT_REACHED,
    "MYSQL_2005": NOT_REACHED,
}

EXCEPTIONS = {
    "InterfaceError": STATEMENTS["08"],
    "OperationalError": STATEMENTS["08"],
    "BadMigrationError": f"The file defines no Migration. Correct or delete it. {AGAIN}",
    "CircularDependencyError": f"Migrations depend on each other. Correct their `dependencies`. {AGAIN}",
    "InconsistentMigrationHistory": (
        "The database was migrated by code with other dependencies, or records of django_migrations were lost. In the"
        " code: remove the new dependency, and move what needs it to a new migration after the applied one. Lost"
        f" records: restore that table from a backup. {AGAIN}"
    ),
    "IntegrityError": SQLITE["SQLITE_CONSTRAINT_FOREIGNKEY"],  # Django checks the foreign keys of SQLite itself
    "IrreversibleError": "The migration is irreversible. Restore a backup instead.",
    "NodeNotFoundError": (
        "A migration depends on one that is not in this code. Add its file (is it committed, and in the image?), or"
        f" correct `dependencies`. {AGAIN}"
    ),
    "TransactionManagementError": STATEMENTS["25P02"],
}


def lookup(code: str, otherwise: str) -> str:
    """The text for a code, for its class (SQLSTATE) or for the name that it extends (SQLite); or `otherwise`."""
    texts = {**STATEMENTS, **SQLITE, **MYSQL, **EXCEPTIONS}
    wider = "_".join(code.split("_")[:2]) if code.startswith("SQLITE_") else code[:2]
    return texts.get(code, texts.get(wider, otherwise))
