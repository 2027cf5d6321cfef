"""What a page that is loaded again reads. Not behind a pooler: the statistics of a table belong to a connection."""

from contextlib import closing

import pytest
from django.db import connection
from django.test import Client

from tests.workouts.conftest import Plan

WEEK = "/week/2026-11-23"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no snapshots")
def test_the_rows_are_read_only_if_a_transaction_has_ended_since(athlete: Client, plan: Plan) -> None:
    """Also one that began before they were read."""
    plan("Run", "2026-11-23")
    page = athlete.get(WEEK)

    def reload() -> int:
        return athlete.get(WEEK, headers={"If-None-Match": page.headers["ETag"]}).status_code

    def scans() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_force_next_flush()")
            cursor.execute("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'workouts'")
            return int(cursor.fetchone()[0])

    with closing(connection.copy()) as other:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("UPDATE workouts SET title = 'Bike'")
        assert reload() == 304
        before = scans()
        assert (reload(), scans()) == (304, before)
        other.commit()
    assert reload() == 200
