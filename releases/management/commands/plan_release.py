"""What the next release will do to the running version, before it does."""

import json
import sys
from argparse import ArgumentParser
from importlib.util import find_spec
from textwrap import fill
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.management import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration

from releases import conf, contract
from releases.applying.parts import name_of
from releases.commands import DatabaseCommand
from releases.messages.counting import counted
from releases.postgresql.empty import is_unserved
from releases.preflight.conflicts import ADOPT
from releases.preflight.half_run import obstructing
from releases.record.pending import pending_migrations

if TYPE_CHECKING:
    from releases.judge.judged_operation import JudgedOperation, TouchedTable
    from releases.judging import Judged

WIDTH = 80
UNITS = ((1024**3, "GB"), (1024**2, "MB"), (1024, "kB"))


class Command(DatabaseCommand):
    help = "Says what the pending migrations will do to the running version. Exit code 1 if a release would refuse."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("app_label", nargs="*", help="With --worst-case: the apps to judge; all by default.")
        parser.add_argument("--json", action="store_true", help="One JSON object per operation and line.")
        parser.add_argument("--database", default=DEFAULT_DB_ALIAS, choices=tuple(connections), help="Its alias.")
        parser.add_argument(
            "--worst-case",
            action="store_true",
            help="Judge every migration as if it were applied to large tables in use on PostgreSQL. Needs no database.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if options["worst_case"]:
            judged = _worst_case(connection, options["app_label"])
        elif options["app_label"]:
            raise CommandError("App labels are for --worst-case. A release applies what is pending in all apps.")
        else:
            pending = pending_migrations(connection)
            if not options["json"]:
                self._write_contract(connection)
            if not pending:
                self._say_nothing(**options)
                return
            if obstacles := [*obstructing(connection)]:
                raise CommandError("\n".join(["A release cannot begin.", *obstacles]))
            if connection.vendor != "postgresql" and options["json"]:
                raise CommandError("There are verdicts, and so JSON, on PostgreSQL only.")
            if connection.vendor != "postgresql":
                self._list(pending)
                return
            judged = _judge(connection, pending)
        self._report(judged, **options)
        if any(one.is_refused for operations in judged.values() for one in operations):
            sys.exit(1)

    def _say_nothing(self, *, json: bool, **_: Any) -> None:
        if not json:
            self.stdout.write("No migration is pending.")

    def _write_contract(self, connection: BaseDatabaseWrapper) -> None:
        for line in contract.in_words(connection):
            self.stdout.write(line)

    def _list(self, pending: list[Migration]) -> None:
        self.stdout.write("On this database a release runs these as Django does, and judges nothing.")
        for migration in pending:
            self.stdout.write(self.style.MIGRATE_HEADING(str(migration)))
            for operation in migration.operations:
                self.stdout.write(f"  {name_of(operation)}")

    def _report(self, judged: "Judged", **options: Any) -> None:
        for migration, operations in judged.items():
            if options["json"]:
                for one in operations:
                    self.stdout.write(json.dumps(one.to_json()))
                continue
            shown = [one for one in operations if not (options["worst_case"] and one.is_as_it_is)]
            if shown:
                self.stdout.write(self.style.MIGRATE_HEADING(migration))
            for one in shown:
                style = self.style.ERROR if one.is_refused else self.style.MIGRATE_LABEL
                self.stdout.write(style(_wrapped(f"{one.operation}: {one.what}", 2)))
                for line in described(one):
                    self.stdout.write(line)
        if options["worst_case"] and not options["json"]:
            number = sum(map(len, judged.values()))
            self.stdout.write(f"Judged {counted(number, 'operation')} of {counted(len(judged), 'migration')}.")


def described(judged: "JudgedOperation") -> list[str]:
    """Indented lines of at most 80 characters, but for code."""
    verdict = judged.verdict
    lines = ["; ".join(map(sized, judged.tables))] if judged.tables else []
    says_more = judged.tables or verdict.old_version or not (judged.is_as_it_is and judged.is_foretold)
    lines += [verdict.reason] if says_more else []
    lines += [f"Lock: {verdict.lock}."] if verdict.lock else []
    lines += [f"The old version: {verdict.old_version}"] if verdict.old_version else []
    lines += [f"Accepted: {judged.accepted}"] if judged.accepted else []
    lines += verdict.instead.splitlines() if judged.is_refused else []
    return [line if line.startswith("    ") else _wrapped(line, 4) for line in lines if line]


def sized(table: "TouchedTable") -> str:
    """`shop_box, 12 MB, 300 000 rows`: the server's estimate, where it has one."""
    size = next((f"{table.bytes / unit:.0f} {name}" for unit, name in UNITS if table.bytes >= unit), "empty")
    return ", ".join([table.name, size, *([counted(table.rows, "row")] if table.rows else [])])


def _wrapped(text: str, indent: int) -> str:
    space = " " * indent
    return fill(text, WIDTH, initial_indent=space, subsequent_indent=f"{space}  ", break_on_hyphens=False)


def _judge(connection: BaseDatabaseWrapper, pending: list[Migration]) -> "Judged":
    from releases.applying.unfinished import served_facts
    from releases.judge.facts import Facts
    from releases.judging import judge_pending

    facts = Facts() if is_unserved(connection) else served_facts(connection)
    return judge_pending(connection, pending, facts, fake_initial=ADOPT in conf.read().command)


def _worst_case(connection: BaseDatabaseWrapper, app_labels: list[str]) -> "Judged":
    if missing := [name for name in ("psycopg", "postgast") if not find_spec(name)]:
        raise CommandError(f"--worst-case needs {' and '.join(missing)}. Type: pip install {' '.join(missing)}")
    installed = [config.label for config in apps.get_app_configs()]
    if unknown := [label for label in app_labels if label not in installed]:
        raise CommandError(f"No installed app has the label {unknown[0]}.")
    from releases.judging import judge_worst_case

    return judge_worst_case(connection, app_labels or installed)
