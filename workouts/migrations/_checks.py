"""Checks before they commit that a batch of 0004, and its reverse, did what they should.

With a trigger, a rule or row-level security, a statement can succeed and do nothing, or something else.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from django.core.management import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper

Preventing = list[tuple[str, str]]

AGAIN = "python manage.py migrate --noinput --fake-initial"

DIFFERS = {"postgresql": "IS DISTINCT FROM", "sqlite": "IS NOT"}

# Not a join: PostgreSQL would plan one by reading the end of the index, where the removed rows may be, one by one.
STAYED = """
SELECT count((SELECT 1 FROM workout_selections s WHERE s.id = r.id)) FROM ranked_selections r
"""

# A kept row must have exactly the values that it was given, and its own timestamp.
FILLED_OTHERWISE = """
SELECT count(DISTINCT kept.id) FROM ranked_selections r
JOIN workout_selections kept ON kept.id = r.kept_id JOIN held_selections giving ON giving.id = r.id
WHERE kept.updated_at {differs} r.kept_updated_at OR {columns}
"""
FILLED_COLUMN = "(r.filled LIKE '%\"{column}\":%' AND kept.{column} {differs} giving.{column})"

EMPTIED_OTHERWISE = """
SELECT count(DISTINCT s.id) FROM kept_selections k
JOIN workout_selections s ON s.id = k.id JOIN workout_selections_archive a ON a.kept_selection_id = k.id
    AND a.workout_id IN (SELECT id FROM workouts)
WHERE s.updated_at {differs} k.updated_at OR {columns}
"""
EMPTIED_COLUMN = "(CAST(a.filled AS text) LIKE '%\"{column}\":%' AND s.{column} = a.{column})"

PREVENTING = {
    "postgresql": """
SELECT format('the trigger %%I of %%s', tgname, tgrelid::regclass),
    format('ALTER TABLE %%s DISABLE TRIGGER %%I;', tgrelid::regclass, tgname)
FROM pg_trigger
WHERE tgrelid = to_regclass(%(table)s) AND NOT tgisinternal AND tgenabled <> 'D'
    AND tgname <> 'keep_one_workout_selection'
    AND (tgtype & 24 <> 0 OR tgtype & 6 = 6) -- UPDATE, DELETE, BEFORE INSERT
UNION ALL
SELECT format('the rule %%I of %%s', rulename, ev_class::regclass),
    format('ALTER TABLE %%s DISABLE RULE %%I;', ev_class::regclass, rulename)
FROM pg_rewrite WHERE ev_class = to_regclass(%(table)s) AND rulename <> '_RETURN' AND ev_enabled <> 'D'
UNION ALL
SELECT format('the row-level security of %%s', oid::regclass),
    format('ALTER TABLE %%s DISABLE ROW LEVEL SECURITY;', oid::regclass)
FROM pg_class WHERE oid = to_regclass(%(table)s) AND row_security_active(oid)
""",
    "sqlite": """
SELECT 'the trigger ' || name || ' of ' || tbl_name, 'DROP TRIGGER "' || name || '";'
FROM sqlite_master WHERE type = 'trigger' AND tbl_name = trim(%(table)s, '"')
""",
}


class PreventedError(Exception):
    """A batch failed a check. `what` says how; `preventing` is what may be the cause, with the SQL to disable it."""

    def __init__(self, what: str, preventing: Preventing) -> None:
        super().__init__(what)
        self.what, self.preventing = what, preventing

    def explain(self) -> str:
        return (
            f"The deduplication did not do what it should: {self.what}. This batch was rolled back: each of its"
            " selections is as it was. The batches before it stay done, and the running version can go on serving."
            f" {_advice(self.preventing)}, then run: {AGAIN} (it goes on from there).{_afterwards(self.preventing)}"
        )


def check_batch(
    cursor: Any, connection: BaseDatabaseWrapper, tables: Iterable[str], *, archived: int, removed: int, unled: int
) -> None:
    """`unled`: how many rows of `tables` still refer to a removed selection. Raises PreventedError."""
    stayed = _count(cursor, STAYED)
    if archived == removed and not stayed and not unled:
        return
    what = f"of {archived} selections archived {removed} were removed, {stayed} are still there"
    _refuse(cursor, connection, tables, what + (f", and {unled} rows refer to one of them" if unled else ""))


def check_filled(cursor: Any, connection: BaseDatabaseWrapper, columns: Sequence[str]) -> None:
    """Compares the kept rows with what they were to take from the removed ones. Raises PreventedError."""
    otherwise = _columns(FILLED_COLUMN, connection, columns)
    wrong = _count(cursor, FILLED_OTHERWISE.format(differs=DIFFERS[connection.vendor], columns=otherwise))
    if wrong:
        _refuse(cursor, connection, (), f"{wrong} kept selections did not get exactly the values of the removed ones")


def check_restored(
    cursor: Any, connection: BaseDatabaseWrapper, tables: Iterable[str], *, missing: int, wrong: int, unled: int
) -> None:
    if not (missing or wrong or unled):
        return
    found = preventing(cursor, connection, tables)
    raise CommandError(
        f"The archived selections could not be restored exactly: {missing} did not come back as they were,"
        f" {wrong} kept ones are not as before, {unled} rows of other tables could not be led back. Nothing was changed"
        f" by this step. {_advice(found)}, then run this again.{_afterwards(found)}"
    )


def emptied_otherwise(cursor: Any, connection: BaseDatabaseWrapper, columns: Sequence[str]) -> int:
    otherwise = _columns(EMPTIED_COLUMN, connection, columns)
    return _count(cursor, EMPTIED_OTHERWISE.format(differs=DIFFERS[connection.vendor], columns=otherwise))


def _columns(condition: str, connection: BaseDatabaseWrapper, columns: Sequence[str]) -> str:
    return " OR ".join(condition.format(column=column, differs=DIFFERS[connection.vendor]) for column in columns)


def _count(cursor: Any, query: str) -> int:
    cursor.execute(query)
    return int(cursor.fetchone()[0])


def _refuse(cursor: Any, connection: BaseDatabaseWrapper, tables: Iterable[str], what: str) -> NoReturn:
    raise PreventedError(what, preventing(cursor, connection, tables))


def preventing(cursor: Any, connection: BaseDatabaseWrapper, tables: Iterable[str]) -> Preventing:
    """What can prevent changes of workout_selections and of `tables`, each with the SQL that disables it."""
    found: Preventing = []
    for table in ("workout_selections", *tables):
        cursor.execute(PREVENTING[connection.vendor], {"table": table})
        found += cursor.fetchall()
    return found


def _advice(preventing: Preventing) -> str:
    if not preventing:
        return "Find out what prevents it"
    names, statements = zip(*preventing, strict=True)
    return f"What can prevent it: {', '.join(names)}. Type: {' '.join(statements)}"


def _afterwards(preventing: Preventing) -> str:
    return " Enable it again afterwards." if preventing else ""
