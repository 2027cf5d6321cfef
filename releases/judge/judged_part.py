"""The verdicts on an operation that reaches the database, whether it is inside another one or not."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration, RunPython, RunSQL

from releases.applying.parts import Part
from releases.judge import circumstances
from releases.judge.facts import Facts
from releases.judge.judged_operation import TouchedTable
from releases.judge.objects import changes_data
from releases.judge.present_rows import askable
from releases.judge.rules import Circumstances, judge
from releases.judge.statements import statements_of
from releases.judge.unforetold import unforetold
from releases.judge.verdict import Action, Deferral, Key, Verdict, strongest
from releases.judge.violations import Violation, violations

FAILS = "Django will fail: {}."
CORRECT = "Correct the migration, with which plain Django fails as well."


@dataclass(frozen=True)
class Foretold:
    """A change that this plan will enter in the contract. Like releases.contract.Item for the rules."""

    deferral: Deferral
    is_entered: ClassVar = False
    waits_again: ClassVar = True  # as far as a step back looks at it

    def __str__(self) -> str:
        return self.deferral.description

    def stays(self) -> bool:
        return True

    @property
    def steps(self) -> list[dict[str, Any]]:
        return [step.to_json() for step in self.deferral.steps]

    @property
    def restore(self) -> list[dict[str, Any]]:
        return [step.to_json() for step in self.deferral.restore]


@dataclass(frozen=True)
class JudgedPart:
    """`violations` are to be looked for in the database. `texts` are its statements, as far as they are foretold."""

    part: Part
    texts: list[str]
    is_foretold: bool
    verdicts: list[Verdict]
    tables: list[TouchedTable]
    violations: list[Violation]

    @property
    def is_refused(self) -> bool:
        return strongest(self.verdicts).action is Action.REFUSED

    @property
    def is_rewritten(self) -> bool:
        """What is not foretold is judged when it runs; what RunPython does is not judged."""
        is_judged_then = not (self.is_foretold or isinstance(self.part.operation, RunPython))
        return is_judged_then or any(one.deferred or one.cancelled or one.is_prepared for one in self.verdicts)

    @property
    def changes_data(self) -> bool:
        operation = self.part.operation
        if isinstance(operation, RunPython):
            return not self.is_foretold  # it does nothing here
        return isinstance(operation, RunSQL) and changes_data(self.texts)


@dataclass
class Known:
    """What is known when an operation begins: `facts` and `waiting`, which is the contract, as those before it leave
    them. `came_back` is what each migration that is undone brought back. `rows_of` are the facts of the rows that can
    be asked; None once they may have been changed."""

    facts: Facts
    waiting: dict[Key, Any]
    backwards: bool
    came_back: Mapping[str, Set[Key]]
    rows_of: Facts | None = field(init=False)

    def __post_init__(self) -> None:
        self.rows_of = self.facts

    def judge(self, part: Part, migration: Migration, server: BaseDatabaseWrapper) -> JudgedPart:
        """The verdicts on it, or on undoing it. Follows what it does."""
        statements = statements_of(part, server, backwards=self.backwards)
        if not statements.is_foretold or (isinstance(part.operation, RunSQL) and changes_data(statements.texts)):
            self.rows_of = None
        facts, texts = self.facts, statements.texts
        given = self._circumstances(part, migration, server)
        if statements.fault and not self.backwards:
            verdicts = [Verdict(Action.REFUSED, reason=FAILS.format(statements.fault), instead=CORRECT, is_final=True)]
        elif statements.is_foretold:
            verdicts = []
        else:
            verdicts = [unforetold(part.operation, migration, server, part.after, given)]
        verdicts += [verdict for text in texts for verdict in judge(text, given)]
        for verdict in verdicts:
            self.waiting.update({deferral.key: Foretold(deferral) for deferral in verdict.deferred})
            for key in verdict.cancelled:
                self.waiting.pop(key, None)
        self.facts = given.facts
        asked = askable(violations(texts, facts), facts, self.rows_of, backwards=self.backwards)
        names = dict.fromkeys(name for text in texts for name in facts.touched_by(text))
        tables = [TouchedTable(name, facts.tables[name].bytes, facts.tables[name].rows) for name in names]
        return JudgedPart(part, texts, statements.is_foretold, verdicts, tables, list(asked))

    def _circumstances(self, part: Part, migration: Migration, server: BaseDatabaseWrapper) -> Circumstances:
        if self.backwards:
            came_back = self.came_back.get(str(migration), frozenset())
            return circumstances.undone(part, migration, self.facts, self.waiting, came_back, server)
        return circumstances.applied(part, migration, self.facts, self.waiting, server)
