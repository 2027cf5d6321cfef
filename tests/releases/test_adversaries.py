"""The release against everything that a busy PostgreSQL can do to it, with real connections and processes."""

import pytest

from tests import legacy
from tests.conftest import Manage, Sql
from tests.writers import OLD_VERSION, Writers

pytestmark = pytest.mark.usefixtures("postgresql_only")


@pytest.fixture
def postgresql_only(engine: str) -> None:
    if engine != "postgresql":
        pytest.skip("needs a server")


def live_and_archived(sql: Sql) -> set[int]:
    archived = {row[0] for row in sql("SELECT selection_id FROM workout_selections_archive")}
    return archived | legacy.selections(sql).keys()


@pytest.mark.parametrize("round_number", range(5))
def test_the_old_version_writes_and_nobody_notices(
    release: Manage, sql: Sql, engine: str, database_url: str, round_number: int
) -> None:
    legacy.create(sql, engine)
    writers = Writers(database_url)

    with writers.at_work(*OLD_VERSION):
        result = release()

    assert result.returncode == 0, result.stdout + result.stderr
    assert writers.errors == []
    assert writers.writes > 100
    assert {row.id for row in legacy.SELECTIONS} | writers.ids <= live_and_archived(sql)
    assert sql("SELECT 1 FROM workout_selections GROUP BY workout_id HAVING count(*) > 1") == []
