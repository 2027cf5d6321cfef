"""Which statements a release makes repeatable, and which lock a table, recognized by their text. Pure.

Outside a transaction each of the former commits by itself, and fails at what it had created if it is only run again.
"""

import re
from typing import Any

IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
NAME = rf"{IDENTIFIER}(?:\s*\.\s*{IDENTIFIER})?"
GAP = r"(?:\s|--[^\n]*\n|/\*.*?\*/)"
END = r"\s*;?\s*\Z"


def _statement(words: str) -> re.Pattern[str]:
    """A space in `words` matches white space and comments."""
    return re.compile(f"{GAP}*{words.replace(' ', f'{GAP}+')}", re.IGNORECASE | re.DOTALL)


CREATE_INDEX = _statement(
    rf"CREATE (?P<unique>UNIQUE )?INDEX CONCURRENTLY (?:IF NOT EXISTS )?(?:(?P<name>{IDENTIFIER}) )?"
    rf"ON (?:ONLY )?(?P<table>{NAME})(?P<rest>[^;]*?){END}"
)
DROP_INDEX = _statement(rf"DROP INDEX CONCURRENTLY (?:IF EXISTS )?(?P<name>{NAME})(?: RESTRICT)?{END}")
REINDEX = _statement(
    rf"REINDEX(?:{GAP}*\((?:(?P<option>[^)]*\bCONCURRENTLY\b[^)]*)|[^)]*)\))? (?P<kind>INDEX|TABLE|SCHEMA|DATABASE)"
    rf"(?(option)| CONCURRENTLY)(?: (?P<name>{NAME}))?{END}"
)
ADD_CHECK = _statement(
    rf"ALTER TABLE (?:ONLY )?(?P<table>{NAME}) ADD CONSTRAINT (?P<name>{IDENTIFIER})"
    rf" (?P<check>CHECK\b[^;]*?)(?P<not_valid> NOT VALID)?{END}"
)
VALIDATE = _statement(rf"ALTER TABLE (?:ONLY )?{NAME} VALIDATE CONSTRAINT {IDENTIFIER}{END}")

# Readers and writers queue behind these, unless they are concurrent or block only other schema changes.
LOCKS_TABLE = re.compile(
    rf"{GAP}*(?:ALTER|CREATE|DROP|LOCK|TRUNCATE|COMMENT|REINDEX|CLUSTER)\b", re.IGNORECASE | re.DOTALL
)
LOCKS_NOBODY_OUT = re.compile(
    r"\bCONCURRENTLY\b|\bSHARE\s+UPDATE\s+EXCLUSIVE\b|\bVALIDATE\s+CONSTRAINT\b", re.IGNORECASE
)


def texts_of(sql: Any) -> list[str]:
    """The statements of RunSQL: `sql` is a string, or a list of strings and of pairs with parameters."""
    if isinstance(sql, str):
        return [sql] if sql else []
    return [one if isinstance(one, str) else one[0] for one in sql]


def locks_table(sql: str) -> bool:
    """Whether ordinary statements queue behind `sql` while it waits for its lock, judged by its text."""
    return bool(LOCKS_TABLE.match(sql)) and not LOCKS_NOBODY_OUT.search(sql)


def is_repeatable(sql: str) -> bool:
    """Whether `sql`, once committed, may be run again under a release."""
    return any(pattern.match(sql) for pattern in (CREATE_INDEX, DROP_INDEX, REINDEX, ADD_CHECK, VALIDATE))
