"""Those who use the application during a rehearsal go on, whatever happens to their connections."""

import pytest

from releases.rehearsal.postgres import throwaway_postgres
from releases.rehearsal.traffic import Session
from tests.memory import TEMPORARY

pytestmark = pytest.mark.either_engine


def test_a_session_whose_server_is_away_fails_until_it_is_back() -> None:
    with throwaway_postgres(TEMPORARY) as server:
        session = Session(server.url, [])
        assert session.act() == ("SELECT 1", "")
        server.stop()
        failed = [session.act(), session.act()]
        server.start()
        assert session.act() == ("SELECT 1", "")
        session.close()
    assert [bool(error) for _, error in failed] == [True, True]
