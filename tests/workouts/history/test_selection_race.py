"""Concurrent writes: nothing is lost, nothing is left over, and no request fails with an error."""

import http.client
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Manage, Sql
from tests.server import serving, web

pytestmark = pytest.mark.proof

ORPHANS = "SELECT count(*) FROM workout_selections WHERE workout_id NOT IN (SELECT id FROM workouts)"
PAIRS = 200
WORKOUT = "INSERT INTO workouts (id, title, workout_type, originally_planned_day, is_custom) VALUES "
CHOSEN = "SELECT workout_id, is_selected, CAST(current_plan_day AS text), time_of_day FROM workout_selections"

Rounds = list[list[Any]]


@pytest.fixture
def race(manage: Manage, sql: Sql, migrated: None) -> Callable[[str, int], Rounds]:
    def run(name: str, rounds: int) -> Rounds:
        outcomes = manage("shell", "-v0", "-c", f"from tests.races import repeat; repeat('{name}', {rounds})")
        assert sql(ORPHANS) == [(0,)]
        found: Rounds = json.loads(outcomes.stdout)
        return found

    return run


def test_a_move_and_a_time_of_day_are_both_kept(race: Callable[[str, int], Rounds]) -> None:
    outcomes = race("move_and_schedule", 60)
    assert [selection for selection, _ in outcomes] == [["2026-11-27", "morning"]] * 60
    assert [changes for _, changes in outcomes] == list(range(2, 122, 2))


def test_only_one_of_many_concurrent_undos_succeeds(race: Callable[[str, int], Rounds]) -> None:
    for outcome in race("undo_twice", 30):
        assert sorted(outcome) == ["AlreadyUndone", "AlreadyUndone", "Outcome"]


def test_a_selection_made_while_its_workout_is_deleted_is_refused_or_restored_with_it(
    race: Callable[[str, int], Rounds],
) -> None:
    for name in ("delete_and_change", "unadd_and_change"):
        for deleted, changed, selection in race(name, 30):
            assert deleted == "Outcome"
            assert (changed, selection) in [("Outcome", [None, "morning"]), ("DoesNotExist", None)]


def test_a_selection_that_the_old_version_inserts_is_deleted_with_its_workout_and_recorded(
    race: Callable[[str, int], Rounds],
) -> None:
    for deleted, inserted, recorded in race("delete_and_old_version", 30):
        assert deleted == "Outcome"
        assert (inserted, recorded) in [("NoneType", 1), ("IntegrityError", 0)]


def test_a_reset_and_a_change_wait_for_each_other(race: Callable[[str, int], Rounds]) -> None:
    for [selection] in race("reset_and_change", 30):
        assert selection in (None, [None, "morning"])


def test_changes_of_many_workouts_in_opposite_orders_do_not_deadlock(
    race: Callable[[str, int], Rounds],
) -> None:
    for outcome in race("opposite_orders", 10):
        assert outcome == ["Outcome"] * 4


def test_the_second_of_two_that_set_the_same_target_gets_an_error(race: Callable[[str, int], Rounds]) -> None:
    for outcome in race("same_target", 30):
        assert sorted(outcome) == ["Outcome", "Stale"]


def test_what_is_sent_twice_at_once_is_added_once(race: Callable[[str, int], Rounds]) -> None:
    assert race("same_availability", 30) == [[1]] * 30


def test_a_restore_uses_no_id_that_is_being_assigned(race: Callable[[str, int], Rounds]) -> None:
    for *restored, added, ids in race("restore_and_add", 20):
        assert added == "int"
        assert (restored, sorted(ids)[:3], len(ids)) in [
            (["Upload", "Upload"], [1, 2, 3], 4),
            (["PlanChanged", "PlanChanged"], ids, 1),
        ]


def test_both_of_hundreds_of_pairs_of_requests_to_several_workers_are_kept(
    manage: Manage, sql: Sql, environment: dict[str, str], tmp_path: Path, migrated: None
) -> None:
    manage("create_admin")
    token = manage("api_token", "admin").stdout.split()[-1]
    sql(WORKOUT + ", ".join(f"({id_}, 'w', 'Run', '2026-11-23', false)" for id_ in range(1, PAIRS + 1)))
    pair = ({"currentPlanDay": "2026-11-27"}, {"timeOfDay": "morning"})
    writes = [(id_, body) for id_ in range(1, PAIRS + 1) for body in pair]

    with serving(web(), {**environment, "WEB_CONCURRENCY": "3"}, tmp_path / "log") as server:
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda write: put_selection(server.port, token, *write), writes))
        workers = server.log().count("Booting worker")

    assert (set(statuses), workers) == ({200}, 3)
    assert sorted(sql(CHOSEN)) == [(id_, True, "2026-11-27", "morning") for id_ in range(1, PAIRS + 1)]
    assert sql("SELECT count(*) FROM changes") == [(2 * PAIRS,)]


def put_selection(port: int, token: str, workout: int, body: dict[str, str]) -> int:
    """Returns the status code."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-Proto": "https", "Content-Type": "application/json"}
    connection.request("PUT", f"/api/selections/{workout}", json.dumps(body), headers)
    status = connection.getresponse().status
    connection.close()
    return status
