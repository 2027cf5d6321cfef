"""When the engine asks the server whether a connection still works, seen in what the server ran last."""

from collections.abc import Callable, Iterator

import pytest
from django.db import DataError
from django.db.utils import ConnectionHandler
from pytest_django import DjangoDbBlocker

from config.databases import parse_database_url
from tests.conftest import Sql
from workouts.postgresql import base
from workouts.postgresql.base import DatabaseWrapper

LAST = "SELECT query FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def connection(engine: str, database_url: str, django_db_blocker: DjangoDbBlocker) -> Iterator[DatabaseWrapper]:
    if engine == "sqlite":
        pytest.skip("the engine of PostgreSQL")
    opened = ConnectionHandler({"default": parse_database_url(database_url)})["default"]
    assert isinstance(opened, DatabaseWrapper)
    with django_db_blocker.unblock():
        yield opened
        opened.close()


@pytest.fixture
def last(connection: DatabaseWrapper, sql: Sql) -> Callable[[], str]:
    """The last statement of the connection, which has just answered."""
    run(connection, "SELECT 'before'")
    pid = connection.connection.info.backend_pid
    assert connection.is_usable()
    run(connection, "SELECT 'after'")
    return lambda: str(sql(LAST, pid)[0][0])


def run(connection: DatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def next_request(connection: DatabaseWrapper) -> None:
    connection.close_if_unusable_or_obsolete()
    connection.close_if_health_check_failed()


def test_a_server_that_answered_just_now_is_not_asked(connection: DatabaseWrapper, last: Callable[[], str]) -> None:
    next_request(connection)
    assert last() == "SELECT 'after'"


def test_after_a_pause_it_is_asked(
    connection: DatabaseWrapper, last: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "TRUSTED_SECONDS", 0)
    next_request(connection)
    assert last() == "SELECT 1"


def test_a_session_that_the_server_ended_is_replaced(
    connection: DatabaseWrapper, last: Callable[[], str], sql: Sql
) -> None:
    ended = connection.connection.info.backend_pid
    sql("SELECT pg_terminate_backend(%s, 5000)", ended)
    next_request(connection)
    run(connection, "SELECT 'again'")
    assert connection.connection.info.backend_pid != ended


def test_after_an_error_it_is_asked(connection: DatabaseWrapper, last: Callable[[], str]) -> None:
    connection.errors_occurred = True
    next_request(connection)
    assert last() == "SELECT 1"


def test_a_transaction_that_failed_is_not_usable(connection: DatabaseWrapper, last: Callable[[], str]) -> None:
    run(connection, "BEGIN")
    with pytest.raises(DataError, match="division by zero"):
        run(connection, "SELECT 1/0")
    assert not connection.is_usable()
