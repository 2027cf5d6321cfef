"""A trigger that fills a column as long as an old version may write NULL there."""

from releases.judge.sql import Node, fill_name, name_of, quote
from releases.judge.verdict import Deferral, Step, Verdict


def fill(relation: Node, column: str, value: str, verdict: Verdict) -> None:
    """Creates it, and enters in the contract that it is dropped."""
    table, name = name_of(relation), quote(fill_name(name_of(relation), column))
    verdict.now += fill_trigger(name, table, column, value)
    dropped = Step(f"DROP TRIGGER IF EXISTS {name} ON {table}; DROP FUNCTION IF EXISTS {name}()")
    what = f"drop the trigger that fills {relation.relname}.{column}"
    verdict.deferred.append(Deferral("fill", table, column, what, (dropped,)))


def fill_trigger(name: str, table: str, column: str, value: str) -> list[str]:
    """Statements that make every write of NULL a write of `value`.

    The trigger itself names no column: the server would refuse to change the type of that.
    """
    body = f"BEGIN IF NEW.{quote(column)} IS NULL THEN NEW.{quote(column)} := {value}; END IF; RETURN NEW; END"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $fill${body}$fill$",
        f"CREATE OR REPLACE TRIGGER {name} BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
