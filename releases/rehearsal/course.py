"""The course of a rehearsal: the old version, the release, the new version beside it, and the next release."""

import json
import os
import secrets
from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from releases.rehearsal.back import columns_of, step_back
from releases.rehearsal.checkouts import revision, this_tree
from releases.rehearsal.connected import refuse_other_databases
from releases.rehearsal.databases import Databases
from releases.rehearsal.observer import Observer
from releases.rehearsal.old_tests import run_old_tests
from releases.rehearsal.platforms import platform_of
from releases.rehearsal.recording import NEW, OLD, Recording
from releases.rehearsal.sample import sample
from releases.rehearsal.scenario import Request, Scenario
from releases.rehearsal.source import dump_of, restore
from releases.rehearsal.traffic import Session, Traffic, User
from releases.rehearsal.version import CONTRACT, DeployError, Version

WHOLE = "The database has everything that the models declare."
NO_STEP_BACK = "The release applied no migration, so there is no step back."
BROUGHT_BACK = "The old version can be brought back: its own release succeeds on the new schema."
SIGN = "from django.core.signing import Signer; print(Signer().sign('rehearsal'))"
IS_SIGNED = "from django.core.signing import Signer; Signer().unsign({!r})"
OTHER_KEY = (
    "The new version refuses what the old version signed: its SECRET_KEY is another one, and the old one is not in"
    " SECRET_KEY_FALLBACKS. Whoever is logged in would be logged out."
)
NAME, COMMIT, NEXT = "rehearsal", "rehearsed", "rehearsed-next"


class Course:
    """`server` is the URL of the superuser of a throwaway server. What happens goes into the recording."""

    def __init__(self, server: str, options: Namespace, scenario: Scenario, recording: Recording) -> None:
        self._databases, self._options, self._scenario = Databases(server), options, scenario
        self._recording = recording
        self._url = self._databases.create(NAME)
        self._secret = secrets.token_hex(32)
        self._traffic = Traffic(recording, options.per_second)

    def run(self) -> None:
        """Raises CannotRehearseError."""
        with ExitStack() as stack:
            new = self._version(NEW, this_tree(self._options.root, self._options.folder / "new"), self._url)
            old = None
            if self._options.old:
                tree = stack.enter_context(
                    revision(self._options.root, self._options.old, self._options.folder / "old")
                )
                old = self._version(OLD, tree, self._databases.old_url(NAME))
            for version in filter(None, (new, old)):
                refuse_other_databases(version)
            with self._recording.phase("filling the database"):
                self._fill()
            try:
                if old:
                    old.build()
                    old.release("release of the old version", commit="old")
                self._deploy(old, new)
            except DeployError as error:
                self._recording.breaking.insert(0, str(error))

    def _deploy(self, old: Version | None, new: Version) -> None:
        before = columns_of(self._url)
        new.build()
        if old:
            self._compare_keys(old, new)
        with self._observed(new, COMMIT), ExitStack() as stack:
            requests = stack.enter_context(self._old_traffic(old))
            self._recording.pause("warm-up", min(3, self._options.quiet))  # the first requests are slow
            self._recording.pause("quiet", self._options.quiet)
            try:
                if new.platform.release:
                    new.release("release", commit=COMMIT)
                requests = self._overlap(new, stack, requests)
            except DeployError:
                self._recording.pause("the old version serves on", min(2, self._options.quiet))
                with suppress(DeployError):
                    self._judge(new)
                raise
        new.manage("verify_schema")
        self._judge(new)
        old_code = self._recording.old_code(is_served=bool(old))
        self._recording.findings += [WHOLE, old_code, *self._scenario.findings(self._url)]
        if old and self._options.old_tests:
            run_old_tests(self._options.old_tests, old, new, self._databases)
        if not self._options.deploy_only:
            if old:
                self._bring_back(old, new)
            if self._recording.migrations():
                step_back(new, NAME, before, self._databases)
            else:
                self._recording.findings.append(NO_STEP_BACK)
            self._next(new, requests)

    def _compare_keys(self, old: Version, new: Version) -> None:
        signed = old.shell(SIGN)
        try:
            new.shell(IS_SIGNED.format(signed))
        except DeployError as error:
            if "BadSignature" not in str(error):
                raise
            self._recording.breaking.append(OTHER_KEY)

    def _fill(self) -> None:
        options = self._options
        if options.dump:
            restore(options.dump, self._url)
        elif options.from_url and options.sample:
            sample(options.from_url, options.sample, self._url, options.folder)
        elif options.from_url:
            restore(dump_of(options.from_url, options.folder), self._url)
        else:
            self._scenario.fill(self._url, options.rows)

    @contextmanager
    def _old_traffic(self, old: Version | None) -> Iterator[list[Request]]:
        """Yields the requests of users that the old version knows, if its server runs."""
        if old is None:
            url = self._databases.old_url(NAME)
            statements = self._scenario.statements(url)
            with self._traffic.of(OLD, lambda: Session(url, statements)):
                yield []
            return
        with old.serving(commit="old"):
            requests = self._scenario.requests(old.shell)
            with self._traffic.of(OLD, lambda: User(requests, old.port)):
                yield requests

    def _overlap(self, new: Version, old_traffic: ExitStack, requests: list[Request]) -> list[Request]:
        """Both serve; then the old version ends, and the new one goes on. Returns what its users send."""
        with new.serving(replicas=self._options.replicas, commit=COMMIT):
            requests = requests or self._scenario.requests(new.shell)
            with self._traffic.of(NEW, lambda: User(requests, new.port)):
                self._recording.pause("overlap", new.platform.overlap)
                old_traffic.close()
                self._recording.pause("the new version alone", min(2, self._options.quiet))
        return requests

    def _next(self, new: Version, requests: list[Request]) -> None:
        """The release after it makes the changes of the contract, while this version serves."""
        with (
            self._observed(new, NEXT),
            new.serving(replicas=self._options.replicas, commit=COMMIT),
            self._traffic.of(NEW, lambda: User(requests, new.port)),
        ):
            self._recording.left = CONTRACT.findall(new.release("next release", commit=NEXT))

    def _bring_back(self, old: Version, new: Version) -> None:
        """As an image that is brought back, which is released, too: over the newer schema. Then the new one again."""
        try:
            old.release("release of the old version, brought back", commit="old")
            new.release("release of the new version, again", commit=COMMIT)
        except DeployError as error:
            self._recording.breaking.append(str(error))
        else:
            self._recording.findings.append(BROUGHT_BACK)

    def _judge(self, new: Version) -> None:
        """Notes what the release foretold of each migration. Of several replicas, each may have made one."""
        lines = new.manage("releases", "--json").splitlines()
        recorded = [json.loads(line) for line in lines if line.startswith("{")]  # and not what settings print
        migrations = {one["name"]: one for release in recorded for one in release["migrations"]}
        for phase in self._recording.migrations():
            verdicts = migrations.get(phase.name, {}).get("verdicts", ())
            phase.foretold = [f"{one['operation']}: {one['verdict']}" for one in verdicts]

    @contextmanager
    def _observed(self, new: Version, commit: str) -> Iterator[None]:
        with Observer(self._url, self._recording, commit) as new.observer:
            yield
        new.observer = None

    def _version(self, name: str, root: Path, url: str) -> Version:
        options = self._options
        given = {one: os.environ[one] for one in options.take if one in os.environ}
        variables = {"SECRET_KEY": self._secret, **given, options.variable: url}
        return Version(name, root, platform_of(options, root), variables, options.variable, self._recording)
