"""Random sequences of changes: the release and its contract leave what Django's own migrate would, and take nothing
from the version before."""

import contextlib
import itertools
import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.databases import Databases
from tests.releases.catalogue import SCHEMA
from tests.releases.conftest import Project
from tests.releases.old_statements import columns_of, filling, statements_of
from tests.releases.random_changes import START, Models, changes, is_one_release, written
from tests.releases.test_online import SETTINGS, migrate_as_django, rows_of, succeeds

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("new_database")]

Rows = list[tuple[object, ...]]

OTHER_TYPE = "of another type waits to be dropped"
FILL = """
INSERT INTO shop_shelf (serial) SELECT n FROM generate_series(1, 3) n;
INSERT INTO shop_box (serial, red, green, blue_id) SELECT n, nullif(n % 3, 0), 'text ' || n, n % 3 + 1
FROM generate_series(1, 300) n;
INSERT INTO shop_lid (serial, red_id, blue) SELECT n, n, n FROM generate_series(1, 30) n;
INSERT INTO shop_box_grey (box_id, shelf_id) SELECT n, n % 3 + 1 FROM generate_series(1, 9) n;
"""
DEFERRABLE = "deferrable unique constraints"  # ON CONFLICT DO NOTHING allows none on its table
RANDOM = ("uuid", "timestamp with time zone")  # types of which values differ between two runs


class Release:
    """The models after it, and what was changed."""

    def __init__(self, models: Models, descriptions: list[str]) -> None:
        self.models, self.descriptions = models, descriptions

    def __repr__(self) -> str:
        return str(self.descriptions)


@st.composite
def releases(draw: st.DrawFn) -> list[Release]:
    """One to four releases of one to three changes each."""
    models, found, numbers = START, list[Release](), itertools.count()
    for _ in range(draw(st.integers(1, 4))):
        before, descriptions = models, list[str]()
        for _ in range(draw(st.integers(1, 3))):
            possible = dict(changes(models, next(numbers)))
            possible = {what: becomes for what, becomes in possible.items() if is_one_release(before, becomes)}
            kinds = sorted({what.split(" = ")[0] for what in possible})
            kind = draw(st.sampled_from(kinds))
            what = draw(st.sampled_from(sorted(one for one in possible if one.split(" = ")[0] == kind)))
            models = possible[what]
            descriptions.append(what)
        found.append(Release(models, descriptions))
    return found


class OldVersion(threading.Thread):
    """Sends the statements of the version at `url` to the one under test, each in a transaction that it rolls back."""

    def __init__(self, old: str, url: str) -> None:
        super().__init__(daemon=True)
        self.statements, self.url, self.errors = statements_of(old), url, set[str]()
        self.leaving = threading.Event()

    def run(self) -> None:
        while not self.leaving.is_set():
            self.once(0.01)

    def once(self, pause: float = 0) -> None:
        with psycopg.connect(self.url, prepare_threshold=None) as connection:
            for statement in self.statements:
                try:
                    connection.execute(statement)
                except (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable):
                    pass
                except psycopg.Error as error:
                    if DEFERRABLE not in str(error):
                        self.errors.add(f"{statement}: {error}")
                connection.rollback()
                self.leaving.wait(pause)


@contextlib.contextmanager
def old_version(old: str, url: str) -> Iterator[None]:
    """Its statements must succeed within, and once more at the end."""
    version = OldVersion(old, url)
    version.once()
    assert version.errors == set(), "before the release"
    version.start()
    try:
        yield
    finally:
        version.leaving.set()
        version.join()
    version.once()
    assert sorted(version.errors) == []


def data(url: str) -> dict[str, Rows]:
    """The rows of each table."""
    found = {}
    for table, columns in columns_of(url).items():
        listed = ", ".join(sorted(f'"{one.name}"' for one in columns if one.type not in RANDOM))
        found[table] = rows_of(url, f'SELECT {listed} FROM "{table}" ORDER BY "{columns[0].name}"')
    return found


def fill(*urls: str) -> None:
    """The same rows in the tables of each that are empty in the first."""
    statements = filling(urls[0])
    for url in urls:
        with psycopg.connect(url) as connection:
            for statement in statements:
                connection.execute(statement)


NewShop = Callable[[], Project]


@pytest.fixture(scope="module")
def start(engine: str, tmp_path_factory: pytest.TempPathFactory, lasting_databases: Databases) -> Project:
    """The first release, with rows in its tables."""
    if engine != "postgresql":
        pytest.skip("needs a server")
    project = Project(tmp_path_factory.mktemp("start") / "project", lasting_databases.make())
    project.settings(SETTINGS)
    project.models(written(START))
    succeeds(project, "makemigrations", "shop", "-n", "release_1")
    succeeds(project, "migrate", "-v0")
    with psycopg.connect(project.database_url) as connection:
        connection.execute(FILL)
    project.end()
    return project


@pytest.fixture
def new_shop(start: Project, new_project: Callable[[str], Project], databases: Databases) -> NewShop:
    """Copies the first release and its database. Drops the databases of the example before."""

    def make() -> Project:
        databases.drop()
        databases.made.clear()
        project = new_project(databases.make(start.database_url))
        shutil.copytree(start.root, project.root, dirs_exist_ok=True)
        return project

    return make


def release(project: Project, number: int, after: Models) -> bool:
    """False if it is refused, rightly, because a column of the same name and another type waits to be dropped."""
    project.models(written(after))
    succeeds(project, "makemigrations", "shop", "-n", f"release_{number}", "--noinput")
    result = project.manage("migrate")
    if OTHER_TYPE in result.stderr:
        return False
    assert result.returncode == 0, result.stdout + result.stderr
    return True


def sequences(test: Callable[..., None]) -> Callable[..., None]:
    """Calls it with random ones: the same at each run, or EXAMPLES=1000 others."""
    more = os.environ.get("EXAMPLES")
    checked = settings(
        max_examples=int(more or 4),
        derandomize=not more,
        database=None,
        phases=[Phase.generate],  # an example takes seconds: too long to look for a simpler one
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    return checked(given(sequence=releases())(test))


@sequences
def test_each_release_with_its_contract(new_shop: NewShop, databases: Databases, sequence: list[Release]) -> None:
    shop = new_shop()
    url, plain = shop.database_url, databases.make(shop.database_url)
    for number, one in enumerate(sequence, 2):
        with old_version(databases.make(plain), url):
            assert release(shop, number, one.models)
        succeeds(shop, "migrate", "--finish")
        migrate_as_django(shop, plain)
        assert_same(url, plain)
        fill(plain, url)
    succeeds(shop, "makemigrations", "--check", "shop")
    succeeds(shop, "migrate", "shop", "0001")
    migrate_as_django(shop, plain, "0001")
    assert_same(url, plain)


@sequences
def test_many_releases_before_any_contract(new_shop: NewShop, databases: Databases, sequence: list[Release]) -> None:
    """The first version is connected and works all the time, and is released once more; then back, and forwards."""
    shop = new_shop()
    url, plain = shop.database_url, databases.make(shop.database_url)
    first = databases.make(url)
    with psycopg.connect(url, application_name="version zero"), old_version(first, url):
        for number, one in enumerate(sequence, 2):
            if not release(shop, number, one.models):
                (shop.root / f"shop/migrations/{number:04}_release_{number}.py").unlink()
                break
        release_the_first_again(shop)
        succeeds(shop, "migrate", "shop", "0001")
    found, wanted = schema(url, names=False), schema(first, names=False)
    assert (found - wanted, wanted - found) == (Counter(), Counter())
    assert {table: without_null(rows, data(first)[table]) for table, rows in data(url).items()} == {
        table: without_null(rows, rows) for table, rows in data(first).items()
    }
    succeeds(shop, "migrate")
    succeeds(shop, "migrate", "--finish")
    migrate_as_django(shop, plain)
    found, wanted = schema(url), schema(plain)
    assert (found - wanted, wanted - found) == (Counter(), Counter())


@sequences
def test_many_migrations_in_one_release(new_shop: NewShop, databases: Databases, sequence: list[Release]) -> None:
    """What one of them leaves for later is there when the next one changes the same."""
    shop = new_shop()
    url, plain = shop.database_url, databases.make(shop.database_url)
    for number, one in enumerate(sequence, 2):
        shop.models(written(one.models))
        succeeds(shop, "makemigrations", "shop", "-n", f"release_{number}", "--noinput")
    with old_version(databases.make(plain), url):
        result = shop.manage("migrate")
        if OTHER_TYPE in result.stderr:
            return
        assert result.returncode == 0, result.stdout + result.stderr
    succeeds(shop, "verify_schema")
    succeeds(shop, "migrate", "--finish")
    migrate_as_django(shop, plain)
    assert_same(url, plain)
    succeeds(shop, "migrate", "shop", "0001")
    migrate_as_django(shop, plain, "0001")
    assert_same(url, plain)


def release_the_first_again(project: Project) -> None:
    """As an image that is brought back: without the migrations that it does not have."""
    models, migrations = project.root / "shop/models.py", project.root / "shop/migrations"
    newer, text = [one for one in migrations.glob("0*.py") if one.stem > "0002"], models.read_text()
    for one in newer:
        one.rename(one.with_suffix(".newer"))
    project.models(written(START))
    succeeds(project, "migrate")
    for one in newer:
        one.with_suffix(".newer").rename(one)
    models.write_text(text)


def assert_same(url: str, plain: str, *, names: bool = True) -> None:
    """The schema and the data. Without `names`, those of indexes and constraints may differ."""
    found, wanted = schema(url, names=names), schema(plain, names=names)
    assert (found - wanted, wanted - found) == (Counter(), Counter())
    assert data(url) == data(plain)


def schema(url: str, *, names: bool = True) -> Counter[tuple[object, ...]]:
    rows = rows_of(url, SCHEMA)
    return Counter(rows if names else map(nameless, rows))


def without_null(rows: Rows, like: Rows) -> Rows:
    """Without the values that are NULL in `like`: a default may have replaced them."""
    return [
        tuple(value for value, other in zip(row, others, strict=True) if other is not None)
        for row, others in zip(rows, like, strict=True)
    ]


def nameless(row: tuple[object, ...]) -> tuple[object, ...]:
    what, of, name, definition, *more = row
    if what not in ("constraint", "index"):
        return row
    return (what, of, str(definition).replace(f"INDEX {name} ON", "INDEX ON"), *more)
