"""Undoing an operation that changes no table by itself, in words. Pure."""

import inspect
from typing import Any

from django.db.migrations import RunPython, RunSQL
from django.db.migrations.operations.base import Operation

from releases.applying.parts import code_name
from releases.repeatable.statements import texts_of

IRREVERSIBLE = "cannot be undone"


def changes(operation: Operation) -> str:
    """What undoing an operation does that deletes no rows."""
    match operation:
        case RunPython():
            return _runs(operation)
        case RunSQL():
            return _runs_sql(operation)
        case _:
            return f"undoes: {operation.describe()}"


def _runs(operation: RunPython) -> str:
    code: Any = operation.reverse_code
    if code is None:
        return IRREVERSIBLE
    if code is RunPython.noop:
        return f"leaves what {code_name(operation.code)}() did"
    reason = (inspect.getdoc(code) or "").partition("\n")[0]
    return f"runs {code_name(code)}(): {reason}" if reason else f"runs {code_name(code)}()"


def _runs_sql(operation: RunSQL) -> str:
    if operation.reverse_sql is None:
        return IRREVERSIBLE
    if not operation.reverse_sql:
        return "leaves what its SQL did"
    words = " ".join("; ".join(texts_of(operation.reverse_sql)).split())
    return f"runs SQL: {words if len(words) <= 80 else f'{words[:77]}...'}"
