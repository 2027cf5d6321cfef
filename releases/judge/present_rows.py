"""Which violations can be looked for before a release: what it changes of rows until then is known, or nothing."""

from collections.abc import Iterable, Iterator

from releases.judge.facts import Column, Facts, Table
from releases.judge.sql import named_columns, parse, touched
from releases.judge.types import is_compatible
from releases.judge.violations import Violation


def askable(
    violations: Iterable[Violation], facts: Facts, before: Facts | None, *, backwards: bool
) -> Iterator[Violation]:
    """Those of an operation, or of undoing it. `facts` are those when it begins, and `before` what stands now; None if
    rows may have been changed by then."""
    for one in violations:
        if one.is_later:
            if not backwards:
                yield one
        elif before is not None and _is_of_present_rows(one, facts, before):
            yield one


def _is_of_present_rows(violation: Violation, facts: Facts, before: Facts) -> bool:
    """Whether the tables and columns that it names have these names and values now, too."""
    names = named_columns(parse(violation.query)[0])
    return all(_is_same(facts.tables.get(one), before.tables.get(one), names) for one in touched(violation.query))


def _is_same(now: Table | None, before: Table | None, names: set[str]) -> bool:
    """Without columns that are added. A table that gets the name of another one has another size."""
    if now is None or before is None:
        return now is before
    same_table = (now.bytes, now.rows) == (before.bytes, before.rows)
    return same_table and all(_has_same_values(now.columns.get(name), before.columns.get(name)) for name in names)


def _has_same_values(now: Column | None, before: Column | None) -> bool:
    if now is None or before is None:
        return now is before
    return is_compatible(before.type, now.type) and now.collation == before.collation
