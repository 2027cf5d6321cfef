"""Rows that violate what a later operation adds: found before the first change, whatever earlier ones do."""

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project
from tests.releases.test_natural_changes import first
from tests.releases.test_online import SETTINGS

pytestmark = pytest.mark.usefixtures("postgresql")

MODELS = """class A(models.Model):
    n = models.IntegerField()
    other = models.IntegerField(default=1)
    may = models.IntegerField(null=True)
"""
FILL = "INSERT INTO shop_a (n, other, may) SELECT 7, n, nullif(n, 2) FROM generate_series(1, 3) n"
UNIQUE = 'migrations.AddConstraint("a", models.UniqueConstraint(fields=["n"], name="one"))'
FILLED = 'migrations.AlterField("a", "may", models.IntegerField(default=3))'
RULE = 'migrations.AddConstraint("a", models.{})'


@pytest.fixture
def shop(project: Project, sql: Sql) -> Project:
    first(project, MODELS)
    sql(FILL)
    return project


@pytest.mark.parametrize(
    ("earlier", "large"),
    [
        ('migrations.RemoveField("a", "other")', 0),
        (FILLED, 0),
        (FILLED, 10**9),
        ('migrations.AlterField("a", "other", models.IntegerField(default=2, db_comment="x"))', 10**9),
        ('migrations.AlterField("a", "other", models.BigIntegerField(null=True))', 10**9),
        ('migrations.RenameField("a", "other", "more")', 0),
        ('migrations.RunSQL("CREATE VIEW shown AS SELECT 1")', 0),
    ],
)
def test_another_column_was_changed_before(shop: Project, earlier: str, large: int) -> None:
    shop.settings(f"{SETTINGS}\nRELEASES['LARGE_TABLE'] = {large}")
    shop.settings('RELEASES["ACCEPTS"] = {"shop": {"AlterField": "test", "RenameField": "test"}}')
    shop.migration("0002_x", earlier, UNIQUE)
    planned = shop.manage("plan_release")
    assert planned.returncode == 1, planned.stdout
    assert "Rows violate it: there are 3 with the same n." in " ".join(planned.stdout.split())


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ('CheckConstraint(condition=models.Q(may__lt=3), name="c")', "there are 2."),
        ('UniqueConstraint(fields=["may", "n"], name="c")', "there are 2 with the same may, n."),
        ('CheckConstraint(condition=models.Q(may__isnull=False), name="c")', ""),
        ('CheckConstraint(condition=models.Q(may__lt=4), name="c")', ""),
    ],
)
def test_what_was_filled_before_has_its_new_values(shop: Project, rule: str, words: str) -> None:
    shop.migration("0002_x", FILLED, RULE.format(rule))
    planned = shop.manage("plan_release")
    assert planned.returncode == bool(words), planned.stdout
    assert words in " ".join(planned.stdout.split())


def test_a_column_of_another_type_is_not_asked(shop: Project) -> None:
    """Its values may be others by then."""
    shop.settings('RELEASES["ACCEPTS"] = {"shop": {"AlterField": "test"}}')
    text = 'migrations.AlterField("a", "n", models.CharField(max_length=9))'
    shop.migration("0002_x", text, UNIQUE)
    assert shop.manage("plan_release").returncode == 0
