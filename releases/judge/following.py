"""Facts follow what a release does, so that what comes after is judged by what is there then."""

from collections.abc import Iterable

from releases.judge.facts import Facts
from releases.judge.renames import renamed
from releases.judge.retyping import retyped
from releases.judge.sql import kind, parsed

FOLLOWED = {"RenameStmt": renamed, "AlterTableStmt": retyped}


def followed(facts: Facts, texts: Iterable[str]) -> Facts:
    """The facts once the statements have run, as far as they rename tables, columns and indexes, and as to the columns
    that they add and what they change of columns. The same object if they do none of that."""
    for text in texts:
        if "RENAME" in text.upper() or "COLUMN" in text.upper():
            for statement in (one for one in parsed([text]) if kind(one) in FOLLOWED):
                facts = FOLLOWED[kind(statement)](facts, statement)
    return facts
