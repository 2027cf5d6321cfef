"""The old version's own tests on the new schema: what fails only there would break while both versions run."""

import re

from releases.rehearsal.databases import Databases
from releases.rehearsal.version import DeployError, Version

FAILED = re.compile(r"^(?:FAIL(?:ED)?|ERROR):? (.+?)(?: - (.*))?$", re.MULTILINE)  # of pytest and unittest
SUITE = "suite"  # Django's test runner adds `test_`


def run_old_tests(command: list[str], old: Version, new: Version, databases: Databases) -> None:
    """The tests that fail on the old version's own schema, too, are left out. Raises DeployError."""
    failed = _failures(command, [old, new], databases)
    known = _failures(command, [old], databases) if failed else {}
    broken = [f"{test}{why and ': '}{why}" for test, why in failed.items() if test not in known]
    old.recording.breaking += [f"Would break while both versions run: {one}" for one in broken]
    old.recording.findings += [] if broken else ["No test of the old version fails only on the new schema."]


def _failures(command: list[str], releasing: list[Version], databases: Databases) -> dict[str, str]:
    """The tests of the first version that fail, and why, on a schema that the versions released one after the other."""
    old = releasing[0]
    url = databases.create(SUITE)
    try:
        for version in releasing:
            version.release(f"schema for the tests, by {version.name}", url=url)
        databases.create(f"test_{SUITE}", template=SUITE)
        done = old.run(command, url=url, TEST_DATABASE_URL=url)
    finally:
        databases.drop(SUITE)
        databases.drop(f"test_{SUITE}")
    output = done.stdout + done.stderr
    failures = dict(FAILED.findall(output)) if done.returncode else {}
    if done.returncode and not failures:
        raise DeployError(f"The old version's tests did not run: {(output.strip().splitlines() or ['no output'])[-1]}")
    return failures
