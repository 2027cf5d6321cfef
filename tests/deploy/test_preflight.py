"""Obstacles to a release are reported before the first change, with what to type, and typing that is enough."""

import os
import shlex
import subprocess
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests import legacy
from tests.conftest import ROOT, Manage, Sql, container, execute
from tests.deploy import test_adversaries
from tests.postgres import PROGRAMS, standby_of, throwaway_postgres
from tests.releases.conftest import Project
from tests.schema import contents

COMMAND = ("migrate", "--noinput", "--fake-initial")
LOGS_ON_STDOUT = {
    "version": 1,
    "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
    "root": {"handlers": ["stdout"]},
}
PASSWORD = "secret-of-a-role"
EVERY_TABLE = (
    "SELECT relnamespace::regnamespace::text, relname FROM pg_class WHERE relkind = 'r' AND oid > 16383 ORDER BY 1, 2"
)

pooled_url = test_adversaries.pooled_url
Result = subprocess.CompletedProcess


@pytest.fixture
def new_role(database_url: str) -> Iterator[Callable[..., str]]:
    """Creates a role that owns nothing. Roles belong to the server, so they are dropped at the end."""
    made = []

    def make(options: str = "") -> str:
        name = f"planner_{uuid.uuid4().hex[:12]}"
        execute(database_url, f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}' {options}")
        made.append(name)
        return name

    yield make
    for name in made:
        execute(database_url, f"DROP OWNED BY {name} CASCADE")
        execute(database_url, f"DROP ROLE {name}")


def as_role(url: str, role: str, query: str = "") -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{role}:{PASSWORD}@{parts.hostname}:{parts.port}", query=query).geturl()


def obstacles(result: "Result[str]") -> list[str]:
    """What a refused release says about each obstacle, in one paragraph."""
    assert result.returncode == 1, result.stdout + result.stderr
    first, *listed, last = result.stderr.splitlines()
    assert first == "CommandError: The release cannot begin. Nothing was changed.", result.stderr
    assert last == "Then run the release again."
    assert all(line.startswith("- ") for line in listed)
    assert PASSWORD not in result.stdout + result.stderr
    return [line[2:] for line in listed]


def refusal(result: "Result[str]") -> str:
    """What a release says that does not even check for obstacles, because it would check another database."""
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stderr.startswith("CommandError: ")
    assert " Nothing was changed. " in result.stderr
    assert PASSWORD not in result.stdout + result.stderr
    return result.stderr.removeprefix("CommandError: ").removesuffix(" Then run this again.\n")


def typed(obstacle: str) -> str:
    """The statements that it says to type as a superuser."""
    return obstacle.partition("superuser: ")[2]


def succeeds(result: "Result[str]") -> None:
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.usefixtures("postgresql")
def test_missing_rights_and_tables_of_another_role_are_reported_together(
    manage: Manage, new_role: Callable[..., str], sql: Sql, engine: str, database_url: str
) -> None:
    role, other = new_role(), new_role()
    url = as_role(database_url, role)
    database = urlsplit(database_url).path[1:]
    legacy.create(sql, engine)
    sql(f"ALTER TABLE workout_selections OWNER TO {other}")
    sql(f"GRANT SELECT ON alembic_version TO {role}; REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC")
    before = contents(sql, engine)

    told = obstacles(manage(*COMMAND, DATABASE_URL=url))

    assert [typed(one) for one in told] == [
        f"GRANT CREATE ON SCHEMA public TO {role};",
        f"GRANT TEMPORARY ON DATABASE {database} TO {role};",
        f"GRANT {other} TO {role};",
        f"ALTER TABLE public.workouts OWNER TO {role};",
    ]
    assert f"workout_selections: owned by {other}, and only the owner may alter a table" in told[2]
    assert contents(sql, engine) == before
    for one in told:
        sql(typed(one))
    succeeds(manage(*COMMAND, DATABASE_URL=url))
    assert (legacy.selections(sql), legacy.archive(sql)) == legacy.settle(legacy.SELECTIONS)
    execute(as_role(database_url, other), "UPDATE workout_selections SET user_notes = 'of the old version'")


@pytest.mark.usefixtures("postgresql")
def test_a_role_that_cannot_read_the_records(
    manage: Manage, new_role: Callable[..., str], sql: Sql, engine: str, database_url: str
) -> None:
    succeeds(manage("migrate", "workouts", "0003"))
    role = new_role()
    before = contents(sql, engine)

    told = obstacles(manage(*COMMAND, DATABASE_URL=as_role(database_url, role)))

    assert "may not read and write django_migrations" in " ".join(told)
    assert contents(sql, engine) == before
    for one in told:
        sql(typed(one))
    succeeds(manage(*COMMAND, DATABASE_URL=as_role(database_url, role)))


@pytest.mark.usefixtures("postgresql")
def test_tables_that_no_pending_migration_touches_may_have_any_owner(
    manage: Manage, new_role: Callable[..., str], sql: Sql, database_url: str
) -> None:
    """`auth` is migrated and belongs to another role: only the right to reference its tables is missing."""
    succeeds(manage("migrate", "auth"))
    role = new_role()
    sql(f"GRANT CREATE ON SCHEMA public TO {role}; GRANT SELECT, INSERT ON django_migrations TO {role}")
    sql(f"GRANT SELECT, INSERT ON django_content_type, auth_permission TO {role}")

    told = obstacles(manage("migrate", "admin", DATABASE_URL=as_role(database_url, role)))

    assert sorted(map(typed, told)) == [
        f"GRANT REFERENCES ON public.auth_user TO {role};",
        f"GRANT REFERENCES ON public.django_content_type TO {role};",
    ]
    assert "admin.0001_initial creates a foreign key to auth_user" in told[0]
    for one in told:
        sql(typed(one))
    succeeds(manage("migrate", "admin", DATABASE_URL=as_role(database_url, role)))


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("scope", ["ROLE {role}", "DATABASE {database}", "ROLE {role} IN DATABASE {database}"])
def test_a_database_that_was_made_read_only(
    manage: Manage, new_role: Callable[..., str], sql: Sql, database_url: str, scope: str
) -> None:
    role, database = new_role("SUPERUSER"), urlsplit(database_url).path[1:]
    url = as_role(database_url, role)
    scope = scope.format(role=role, database=database)
    sql(f"ALTER {scope} SET default_transaction_read_only = on")

    told = obstacles(manage(*COMMAND, DATABASE_URL=url))

    assert [typed(one) for one in told] == [
        f"BEGIN READ WRITE; ALTER {scope} RESET default_transaction_read_only; COMMIT;"
    ]
    assert sql(EVERY_TABLE) == []
    execute(url, typed(told[0]))
    succeeds(manage(*COMMAND, DATABASE_URL=url))


@pytest.mark.usefixtures("postgresql")
def test_a_url_that_asks_for_read_only_sessions(manage: Manage, sql: Sql, database_url: str) -> None:
    (told,) = obstacles(manage(*COMMAND, DATABASE_URL=f"{database_url}?options=-cdefault_transaction_read_only%3Don"))

    assert told.endswith("Remove that from DATABASE_URL.")
    assert sql(EVERY_TABLE) == []


@pytest.mark.usefixtures("postgresql")
def test_a_standby_and_a_server_that_is_read_only_as_a_whole(manage: Manage) -> None:
    with throwaway_postgres() as primary:
        execute(primary.url, "CREATE TABLE letters (id integer)")
        primary.stop()
        with standby_of(primary) as standby:
            (told,) = obstacles(manage(*COMMAND, DATABASE_URL=standby.url))
            assert told == "The server is a standby, which accepts no changes. Set DATABASE_URL to the primary server."
        primary.start()
        execute(primary.url, "ALTER ROLE ALL SET default_transaction_read_only = on")
        (told,) = obstacles(manage(*COMMAND, DATABASE_URL=primary.url))
        execute(primary.url, typed(told))
        alter_system(primary.url, "ALTER SYSTEM SET default_transaction_read_only = on")
        (told,) = obstacles(manage(*COMMAND, DATABASE_URL=primary.url))
        assert execute(primary.url, "SELECT relname FROM pg_class WHERE relname ~ '^django_'") == []
        alter_system(primary.url, typed(told).partition(";")[0])
        succeeds(manage(*COMMAND, DATABASE_URL=primary.url))


def alter_system(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(statement)
        session.execute("SELECT pg_reload_conf()")


@pytest.mark.usefixtures("postgresql")
def test_records_in_a_schema_that_search_path_does_not_show(
    manage: Manage, new_role: Callable[..., str], sql: Sql, database_url: str
) -> None:
    role = new_role("SUPERUSER")
    url = as_role(database_url, role)
    sql("CREATE SCHEMA planner")
    succeeds(manage("migrate", "workouts", "0003", DATABASE_URL=f"{url}?options=-csearch_path%3Dplanner"))
    before = sql(EVERY_TABLE)

    (told,) = obstacles(manage(*COMMAND, DATABASE_URL=url))

    assert told.startswith('django_migrations: in schema planner, which is not in the search_path ("$user", public) of')
    assert sql(EVERY_TABLE) == before
    sql(typed(told).partition(" A release would")[0])
    succeeds(manage(*COMMAND, DATABASE_URL=url))
    assert {schema for schema, _ in sql(EVERY_TABLE)} == {"planner"}
    assert sql("SELECT 1 FROM planner.releases_release WHERE outcome = 'succeeded'")


@pytest.mark.usefixtures("postgresql")
def test_new_tables_beside_those_of_another_schema_are_refused_with_what_to_type(
    manage: Manage, sql: Sql, database_url: str, environment: dict[str, str]
) -> None:
    sql("CREATE SCHEMA tenant")
    tenant = f"{database_url}?options=-csearch_path%3Dtenant"
    succeeds(manage("migrate", "contenttypes"))

    (told,) = obstacles(manage(*COMMAND, DATABASE_URL=tenant))

    words = shlex.split(told.partition("type first: ")[2])
    subprocess.run(words, cwd=ROOT, env={**environment, "DATABASE_URL": tenant}, check=True, capture_output=True)
    succeeds(manage(*COMMAND, DATABASE_URL=tenant))
    assert len(sql("SELECT 1 FROM pg_tables WHERE schemaname = 'tenant'")) > 20


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("path", ["tenant", "tenant,%22one,%5C%20two%22"])
def test_a_url_with_the_wrong_search_path(manage: Manage, sql: Sql, database_url: str, path: str) -> None:
    sql("CREATE SCHEMA tenant")
    succeeds(manage("migrate", "contenttypes"))

    (told,) = obstacles(manage(*COMMAND, DATABASE_URL=f"{database_url}?options=-csearch_path%3D{path}"))

    parameter = told.partition("Give DATABASE_URL the parameter ")[2].split()[0]
    succeeds(manage(*COMMAND, DATABASE_URL=f"{database_url}?{parameter}"))
    assert {schema for schema, _ in sql(EVERY_TABLE)} == {"public"}


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize("exists", [True, False])
def test_a_search_path_that_shows_nothing(
    manage: Manage, new_role: Callable[..., str], sql: Sql, database_url: str, *, exists: bool
) -> None:
    role = new_role()
    if exists:
        sql("CREATE SCHEMA planner")
    sql(f"ALTER ROLE {role} SET search_path = planner")

    told = obstacles(manage(*COMMAND, DATABASE_URL=as_role(database_url, role)))

    grant, create = f"GRANT USAGE, CREATE ON SCHEMA planner TO {role};", f"CREATE SCHEMA planner AUTHORIZATION {role};"
    assert [typed(one) for one in told] == [grant if exists else create]
    sql(typed(told[0]))
    succeeds(manage(*COMMAND, DATABASE_URL=as_role(database_url, role)))


@pytest.mark.usefixtures("postgresql")
@pytest.mark.parametrize(
    "path",
    ["''", "nowhere, ''", "planner", "'nowhere, public'"],
    ids=["empty", "partly empty", "closed", "quoted as one name"],
)
def test_a_search_path_that_shows_nothing_of_what_exists(
    manage: Manage, new_role: Callable[..., str], sql: Sql, database_url: str, path: str
) -> None:
    role = new_role()
    url, database = as_role(database_url, role), urlsplit(database_url).path[1:]
    sql(f"CREATE SCHEMA planner; GRANT USAGE, CREATE ON SCHEMA planner TO {role}")
    succeeds(manage("migrate", "workouts", "0003", DATABASE_URL=f"{url}?options=-csearch_path%3Dplanner"))
    if path == "planner":
        sql(f"REVOKE USAGE ON SCHEMA planner FROM {role}")
    sql(f"ALTER DATABASE {database} SET search_path = {path}")

    (told,) = obstacles(manage(*COMMAND, DATABASE_URL=url))

    sql(typed(told))
    succeeds(manage(*COMMAND, DATABASE_URL=url))
    assert {schema for schema, _ in sql(EVERY_TABLE)} == {"planner"}


@pytest.mark.usefixtures("postgresql")
def test_a_direct_connection_to_another_database_than_the_applications(
    release: Manage,
    manage: Manage,
    new_database: Callable[[], str],
    pooled_url: Callable[[str], str],
    sql: Sql,
    database_url: str,
) -> None:
    """Nothing would be pending in the other one: the release would succeed, and the application would find no table."""
    other, pooled = new_database(), pooled_url("transaction")
    succeeds(release(DATABASE_URL=other))
    recorded = manage("releases", "--json", DATABASE_URL=other).stdout

    told = refusal(release(DATABASE_URL=pooled, MIGRATION_DATABASE_URL=other))

    assert told.startswith(
        f"MIGRATION_DATABASE_URL points to another database ({urlsplit(other).path[1:]} at 127.0.0.1:"
    )
    assert sql(EVERY_TABLE) == []
    succeeds(release(DATABASE_URL=pooled, MIGRATION_DATABASE_URL=database_url))

    for command in ("verify_schema --repair", "rollback --noinput"):
        told = refusal(manage(*command.split(), DATABASE_URL=pooled, MIGRATION_DATABASE_URL=other))
        assert told.startswith("MIGRATION_DATABASE_URL points to another database")
        assert manage("releases", "--json", DATABASE_URL=other).stdout == recorded
        succeeds(manage(*command.split(), DATABASE_URL=pooled, MIGRATION_DATABASE_URL=database_url))


@pytest.mark.usefixtures("postgresql")
def test_a_direct_connection_of_another_user_is_the_same_database(
    release: Manage, new_role: Callable[..., str], pooled_url: Callable[[str], str], sql: Sql, database_url: str
) -> None:
    role, pooled = new_role(), pooled_url("transaction")
    sql(f"GRANT CREATE ON SCHEMA public TO {role}; CREATE SCHEMA elsewhere AUTHORIZATION {role}")
    direct = as_role(database_url, role)

    told = refusal(release(DATABASE_URL=pooled, MIGRATION_DATABASE_URL=f"{direct}?options=-csearch_path%3Delsewhere"))

    assert told.startswith("The application's tables are in schema public, and MIGRATION_DATABASE_URL uses schema")
    assert told.endswith("Give MIGRATION_DATABASE_URL the parameter options=-csearch_path%3Dpublic,elsewhere instead.")
    sql(f"ALTER ROLE {role} SET search_path = elsewhere")
    told = refusal(release(DATABASE_URL=pooled, MIGRATION_DATABASE_URL=direct))
    assert sql(EVERY_TABLE) == []
    sql(typed(told))
    succeeds(release(DATABASE_URL=pooled, MIGRATION_DATABASE_URL=direct))


@pytest.mark.usefixtures("postgresql")
def test_an_application_that_cannot_reach_its_database(manage: Manage, sql: Sql, database_url: str) -> None:
    parts = urlsplit(database_url)
    unreachable = parts._replace(netloc=f"{parts.username}:{PASSWORD}@127.0.0.1:1").geturl()

    told = refusal(
        manage(*COMMAND, DATABASE_URL=unreachable, MIGRATION_DATABASE_URL=database_url, RELEASE_DATABASE_WAIT="0.5")
    )

    assert told.startswith("DATABASE_URL does not answer (")
    assert sql(EVERY_TABLE) == []
    succeeds(manage(*COMMAND, DATABASE_URL=database_url, MIGRATION_DATABASE_URL=database_url))


@pytest.mark.usefixtures("postgresql")
def test_a_new_database_that_cannot_hold_every_text(manage: Manage, sql: Sql, database_url: str) -> None:
    parts, name = urlsplit(database_url), urlsplit(database_url).path[1:]
    latin = f"{name}_latin"
    url = parts._replace(path=f"/{latin}").geturl()
    with psycopg.connect(database_url, autocommit=True) as session:
        session.execute(f"CREATE DATABASE {latin} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
        try:
            execute(url, "CREATE TABLE letters AS SELECT 'légère' AS words")
            (told,) = obstacles(manage(*COMMAND, DATABASE_URL=url))
            assert f"The encoding of database {latin} is LATIN1, and Django's is UTF8" in told
            assert execute(url, EVERY_TABLE) == [("public", "letters")]
            create, copy = typed(told).removesuffix(" Then set DATABASE_URL to it.").split("; Copy the data with: ")
            session.execute(create)
            environment = {
                **os.environ,
                "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
                "PGHOST": str(parts.hostname),
                "PGPORT": str(parts.port),
                "PGUSER": str(parts.username),
                "PGPASSWORD": str(parts.password),
            }
            subprocess.run(copy.partition(" Then ")[0], shell=True, env=environment, check=True, capture_output=True)
            url = parts._replace(path=f"/{latin}_utf8").geturl()
            succeeds(manage(*COMMAND, DATABASE_URL=url))
            assert execute(url, "SELECT words FROM letters") == [("légère",)]
        finally:
            session.execute(f"DROP DATABASE {latin} WITH (FORCE)")
            session.execute(f"DROP DATABASE IF EXISTS {latin}_utf8 WITH (FORCE)")


@pytest.mark.parametrize("rights", ["444 755", "644 555"], ids=["file", "directory"])
def test_a_file_that_cannot_be_written(sqlite_project: Project, rights: str) -> None:
    """The settings of the planner would refuse the directory themselves, so this is another project."""
    file = Path(sqlite_project.database_url.removeprefix("sqlite:///"))
    file.parent.mkdir()
    succeeds(sqlite_project.manage(*COMMAND))
    sqlite_project.models("class Book(models.Model):\n    pages = models.IntegerField(null=True)\n")
    sqlite_project.migration("0002_pages", 'migrations.AddField("book", "pages", models.IntegerField(null=True))')
    before = contents(partial(execute, sqlite_project.database_url), "sqlite")
    for path, mode in zip((file, file.parent), rights.split(), strict=True):
        path.chmod(int(mode, 8))

    told = obstacles(without_privileges(sqlite_project))

    subprocess.run(told[0].partition("As root: ")[2], shell=True, check=True)
    assert contents(partial(execute, sqlite_project.database_url), "sqlite") == before
    succeeds(without_privileges(sqlite_project))


def test_a_directory_that_does_not_exist(sqlite_project: Project) -> None:
    (told,) = obstacles(sqlite_project.manage(*COMMAND))
    subprocess.run(told.partition("Type: ")[2], shell=True, check=True)
    succeeds(sqlite_project.manage(*COMMAND))


@pytest.fixture
def sqlite_project(new_project: Callable[[str], Project], engine: str, tmp_path: Path) -> Project:
    if engine != "sqlite":
        pytest.skip("a server's files are its own")
    project = new_project(f"sqlite:///{tmp_path}/volume/db.sqlite3")
    project.settings(f"LOGGING = {LOGS_ON_STDOUT}")
    project.models("class Book(models.Model):\n    pass\n")
    key = '("id", models.BigAutoField(primary_key=True))'
    project.migration("0001_initial", f'migrations.CreateModel("Book", [{key}])')
    return project


def without_privileges(project: Project) -> "Result[str]":
    """Runs as an ordinary user, to whom file permissions apply. The tests may run as root."""
    prefix = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    environment = {**container(project.database_url), "PYTHONPATH": str(ROOT)}
    command = [*prefix, "python", "manage.py", *COMMAND]
    return subprocess.run(
        command, cwd=project.root, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
