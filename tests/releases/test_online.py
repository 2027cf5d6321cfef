"""Migrations as makemigrations writes them, on a large table, beside a running version."""

import pytest

from tests.conftest import Sql
from tests.releases.conftest import Project

pytestmark = pytest.mark.usefixtures("postgresql")

BOX = """class Box(models.Model):
    size = models.IntegerField()
    label = models.CharField(max_length=40, null=True)
"""
CREATE_BOX = """migrations.CreateModel("Box", [
    ("id", models.BigAutoField(primary_key=True)),
    ("size", models.IntegerField()),
    ("label", models.CharField(max_length=40, null=True)),
])"""
INDEX = "SELECT indexdef FROM pg_indexes WHERE tablename = 'shop_box' ORDER BY 1"
CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'shop_box'::regclass AND contype <> 'n' ORDER BY 1
"""


@pytest.fixture
def shop(project: Project, sql: Sql) -> Project:
    """A table of 60 000 rows, more than 2 MB."""
    project.models(BOX)
    project.migration("0001_box", CREATE_BOX)
    assert project.manage("migrate", "-v0").returncode == 0
    sql("INSERT INTO shop_box (size) SELECT n FROM generate_series(1, 60000) n")
    return project


OPERATIONS = [
    'migrations.AddIndex("Box", models.Index(fields=["size"], name="box_size"))',
    'migrations.AddConstraint("Box", models.UniqueConstraint(fields=["size"], name="one_size"))',
    'migrations.AddConstraint("Box", models.UniqueConstraint(fields=["size"], name="small", condition=models.Q(size__lt=9)))',
    'migrations.AddConstraint("Box", models.CheckConstraint(condition=models.Q(size__gt=0), name="positive"))',
    'migrations.AlterField("Box", "size", models.IntegerField(unique=True))',
    'migrations.AlterField("Box", "label", models.CharField(max_length=40, default="none"))',
    'migrations.AlterField("Box", "label", models.TextField(null=True, db_index=True))',
    'migrations.AddField("Box", "code", models.UUIDField(db_default=models.Func(function="gen_random_uuid")))',
    'migrations.AddField("Box", "colour", models.CharField(max_length=9, default="red"))',
    'migrations.AddField("Box", "amount", models.PositiveIntegerField(default=3))',
    'migrations.AddField("Box", "inside", models.OneToOneField("shop.Box", models.CASCADE, null=True))',
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_online(shop: Project, sql: Sql, operation: str) -> None:
    shop.migration("0002_change", operation)
    result = shop.manage("migrate")
    print(result.stdout, result.stderr, sql(INDEX), sql(CONSTRAINTS), sql("SELECT * FROM releases_journal"))
    print(
        sql(
            "SELECT attname, attnotnull, atthasdef FROM pg_attribute WHERE attrelid = 'shop_box'::regclass AND attnum > 0"
        )
    )
    assert result.returncode == 0
