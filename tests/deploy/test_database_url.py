"""DATABASE_URL means what it means to libpq, or is refused by name, without printing any value."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.db.utils import ConnectionHandler
from hypothesis import example, given
from hypothesis import strategies as st

from config.databases import BASE_DIR, parse_database_url
from tests.conftest import Sql, execute
from tests.postgres import free_port, throwaway_postgres

SPECIAL = "#/?[]%@: &=+;,\\'\""


@pytest.mark.parametrize(
    ("url", "sslmode"),
    [
        ("postgres://u:p@db.example:5432/d", "require"),
        ("postgresql://u:p@postgres.railway.internal/d", "require"),
        ("postgresql+psycopg2://u:p@db.example/d", "require"),
        ("POSTGRES://u:p@db.example/d", "require"),
        ("postgresql://u:p@localhost,db.example/d", "require"),
        ("postgresql://u:p@localhost/d?hostaddr=10.0.0.7", "require"),
        ("postgresql://u:p@db.example/d?sslmode=verify-full", "verify-full"),
        ("postgresql://u:p@db.example/d?sslrootcert=system", "verify-full"),
        ("postgresql://u:p@localhost/d?ssl=true", "require"),
        ("postgresql://u:p@localhost/d", None),
        ("postgresql://u:p@localhost:5432,127.0.0.1:5433/d", None),
        ("postgresql://u:p@[::1]/d", None),
        ("postgresql://u:p@%2Fvar%2Frun%2Fpostgresql/d", None),
        ("postgresql:///d?host=/var/run/postgresql", None),
    ],
)
def test_tls_unless_the_url_says_otherwise_or_the_host_is_this_machine(url: str, sslmode: str | None) -> None:
    database = parse_database_url(url)

    assert database["ENGINE"] == "workouts.postgresql"
    assert database["OPTIONS"].get("sslmode") == sslmode
    assert database["OPTIONS"]["connect_timeout"] == 10
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (600, True)
    assert database["DISABLE_SERVER_SIDE_CURSORS"] is False


def test_djangos_own_parameters_in_a_url() -> None:
    database = parse_database_url("postgres://u:p@h/d?conn_max_age=60&pgbouncer=true&connect_timeout=3")

    assert (database["CONN_MAX_AGE"], database["DISABLE_SERVER_SIDE_CURSORS"]) == (60, True)
    assert database["OPTIONS"] == {"connect_timeout": 3, "sslmode": "require"}


@given(st.text(st.characters(codec="ascii", min_codepoint=32) | st.sampled_from(SPECIAL), min_size=1))
@example("a/b?c=d@e")
@example("12/x")
@example("hunter2@other/d?x=")
def test_a_password_is_read_verbatim_or_refused_and_never_points_elsewhere(password: str) -> None:
    encoded = parse_database_url(f"postgres://u:{quote(password, safe='')}@h/d")
    assert (encoded["PASSWORD"], encoded["HOST"], encoded["NAME"], encoded["PORT"]) == (password, "h", "d", "")
    try:
        plain = parse_database_url(f"postgres://u:{password}@h/d")
    except ValueError:
        assert set(password) & set(SPECIAL)
    else:
        assert plain == encoded or "%" in password


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("postgres://u:hun#ter2@h/d", "It contains a #: write %23."),
        ("postgres://u:hun%ter2@h/d", "It contains a % that encodes nothing: write %25."),
        ("postgres://u:hun ter2@h/d", "It contains a space or a line break: write a space as %20."),
        ("postgres://u:hun[ter2@h/d", "The user name or the password contains a [ or ]: write %5B or %5D."),
        ("postgres://u:hun@ter2@h/d", "The user name or the password contains an @: write %40."),
        ("postgres://u:hun/ter2@h/d", "An @ follows a / or ?: in the user name and the password write %2F and %3F,"),
        ("postgres://u:hun?ter2=1@h/d", "An @ follows a / or ?: in the user name and the password write %2F and %3F,"),
        ("postgres://u:hunter2@h/d/e", "The name of the database contains a /: write %2F."),
        ("postgres://u:hunter2@h/d?options=-c+a%3Db", "The parameters contain a +: write %20 for a space,"),
        ("postgres://:hunter2@h/d", "The URL names no user."),
        ("postgres://u:hunter2@h", "The URL names no database."),
        ("postgres://u:hunter2@h:port/d", "The port must be a number from 1 to 65535; an IPv6 address needs"),
        ("postgres://u:hunter2@::1:5432/d", "The port must be a number from 1 to 65535; an IPv6 address needs"),
        ("postgres://u:hunter2@a,b,c/d?port=1,2", "There must be one port, or one for each host."),
        ("postgres://u:hunter2%00@h/d", "Not a URL that libpq can read."),
        ("postgres://h/d?password=hun&ter2=x", "One is not a libpq parameter: remove it."),
        ("postgres://h/d?schema=hunter2", "schema is not a libpq parameter: write options=-csearch_path%3DNAME"),
        ("postgres://h/d?statement_timeout=9", "write options=-cstatement_timeout%3DMILLISECONDS instead."),
        ("postgres://h/d?pool_mode=hunter2", "pool_mode is not a libpq parameter: remove it."),
        ("postgres://h/d?replication=database", "replication is not a libpq parameter: remove it."),
        ("postgres://h/d?sslmode=allow&sslmode=hunter2", "sslmode is given twice: combine the two, or remove one."),
        ("postgres://h/d?conn_max_age=hunter2", "conn_max_age takes a whole number."),
        ("postgres://h/d?pgbouncer=hunter2", "pgbouncer takes true or false."),
        ("postgres://h/d?ssl=hunter2", "ssl takes only true; otherwise write sslmode=MODE."),
        ("postgres://h/d?sslmode=hunter2", "libpq does not accept the value of sslmode. Use disable, allow, prefer,"),
        ("postgres://h/d?require_auth=hunter2", "libpq does not accept the value of require_auth."),
        ("postgres://h/d?sslrootcert=system&sslmode=allow", "libpq does not accept these together: "),
        ("mysql://u:hunter2@h/d", "Only PostgreSQL and SQLite files are supported."),
        ("sqlite://", "Only PostgreSQL and SQLite files are supported."),
        ("sqlite://:memory:", "Only PostgreSQL and SQLite files are supported."),
        ("sqlite://hunter2/file", "Write sqlite:////absolute/path with four slashes, sqlite:///path beside"),
        ("sqlite:////hunter2?mode=ro", "SQLite takes no parameters. In the path write ? as %3F and # as %23."),
        ("sqlite:////hunter2#1", "SQLite takes no parameters. In the path write ? as %3F and # as %23."),
        ("${{Postgres.DATABASE_URL}}", "Not a database URL. Use postgresql://USER:PASSWORD@HOST:PORT/NAME, or sqlite"),
        ("hunter2", "Not a database URL."),
    ],
)
def test_refused_by_name(url: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as error:
        parse_database_url(url)

    assert message in str(error.value)
    assert "hun" not in str(error.value)
    assert "ter2" not in str(error.value)


def test_every_parameter_that_libpq_documents_is_known() -> None:
    documented = {one.keyword.decode(): "1" for one in psycopg.pq.Conninfo.get_defaults() if one.dispchar != b"D"}
    query = "&".join(f"{name}={value}" for name, value in documented.items())

    with pytest.raises(ValueError, match="libpq does not accept the value of sslmode") as refusal:
        parse_database_url(f"postgres://u:p@h/d?{query}")
    assert "is not a libpq parameter" not in str(refusal.value)


def test_an_sqlite_file_is_beside_manage_py_unless_its_path_is_absolute(tmp_path: Path) -> None:
    assert parse_database_url("sqlite:///a%20file")["NAME"] == str(BASE_DIR / "a file")
    assert parse_database_url(f"sqlite:///{tmp_path}/file")["NAME"] == str(tmp_path / "file")


def ask(url: str, statement: str) -> object:
    """The answer over a connection with the settings that Django makes of the URL."""
    parameters = ConnectionHandler({"default": parse_database_url(url)})["default"].get_connection_params()
    with psycopg.connect(**parameters) as connection:
        row = connection.execute(statement).fetchone()
    assert row
    return row[0]


@pytest.fixture
def server_url(new_database: Callable[[], str], engine: str) -> str:
    if engine != "postgresql":
        pytest.skip("needs a server")
    return new_database()


def test_what_a_refusal_says_to_write_works(server_url: str) -> None:
    for said, setting, value in (
        ("options=-csearch_path%3DNAME", "search_path", "NAME"),
        ("options=-cstatement_timeout%3D5000%20-clock_timeout%3D7000", "lock_timeout", "7s"),
        ("options=-crole%3Dpg_monitor", "role", "pg_monitor"),
    ):
        assert ask(f"{server_url}?{said}", f"SHOW {setting}") == value


def test_the_next_host_is_tried_if_one_is_down_or_read_only(server_url: str) -> None:
    here = urlsplit(server_url)
    with throwaway_postgres() as standby:
        execute(standby.url, f"ALTER ROLE postgres PASSWORD '{here.password}'")
        standby_port = urlsplit(standby.url).port
        changed = here._replace(netloc=f"{here.username}:{here.password}@127.0.0.1:{standby_port}").geturl()
        execute(changed.replace(here.path, "/postgres"), "SELECT 1")
        with psycopg.connect(changed.replace(here.path, "/postgres"), autocommit=True) as session:
            session.execute(f"CREATE DATABASE {here.path[1:]}")
            session.execute(f"ALTER DATABASE {here.path[1:]} SET default_transaction_read_only = on")
        hosts = f"127.0.0.1:{free_port()},127.0.0.1:{standby_port},127.0.0.1:{here.port}"
        url = here._replace(netloc=f"{here.username}:{here.password}@{hosts}").geturl()

        assert ask(url, "SELECT current_setting('port')::int") == here.port
        assert ask(f"{url}?target_session_attrs=any", "SELECT current_setting('port')::int") == standby_port


def test_names_and_passwords_with_every_special_character(server_url: str, sql: Sql) -> None:
    name = "db " + SPECIAL
    server = urlsplit(server_url)
    with psycopg.connect(server_url, autocommit=True) as session:
        for kind, clause in (("ROLE", "LOGIN PASSWORD {}"), ("DATABASE", "")):
            statement = f"CREATE {kind} {{}} {clause}"
            session.execute(psycopg.sql.SQL(statement).format(psycopg.sql.Identifier(name), SPECIAL))
        user, password, database = (quote(part, safe="") for part in (name, SPECIAL, name))
        try:
            url = f"postgres://{user}:{password}@{server.hostname}:{server.port}/{database}"
            assert ask(url, "SELECT current_database() || current_user") == name * 2
        finally:
            for kind in ("DATABASE", "ROLE"):
                session.execute(psycopg.sql.SQL(f"DROP {kind} {{}}").format(psycopg.sql.Identifier(name)))
