"""The history of releases."""

import json

from tests.releases.conftest import Project

DEPLOYED = {"CI_COMMIT": "0123456789abcdef", "CI_ID": "d-1"}


def history(project: Project) -> list[dict[str, object]]:
    return [json.loads(line) for line in project.manage("releases", "--json").stdout.splitlines()]


def test_commit_and_deployment_are_read_from_the_variables_of_the_settings(project: Project) -> None:
    project.settings('RELEASES |= {"COMMIT_VARIABLE": "CI_COMMIT", "DEPLOYMENT_VARIABLE": "CI_ID"}')

    assert project.manage("migrate", "-v0", **DEPLOYED).returncode == 0
    assert project.manage("migrate", "-v0").returncode == 0

    assert [(one["commit"], one["deployment"]) for one in history(project)] == [("", ""), ("0123456789abcdef", "d-1")]


def test_a_failed_release_is_recorded_with_its_error(project: Project) -> None:
    project.migration("0001_lost", "migrations.RunSQL('SELECT * FROM nowhere')")

    result = project.manage("migrate")

    assert result.returncode == 1
    (release,) = history(project)
    assert release["outcome"] == "failed"
    assert result.stderr.endswith(f"CommandError: {release['error']}\n")
    table = project.manage("releases").stdout
    assert "failed" in table
    assert "Migration shop.0001_lost failed" in table
