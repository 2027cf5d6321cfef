"""Which tables a migration creates, alters and refers to is read from its operations."""

import pytest
from django.db import connection
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState
from django.db.models import CASCADE, CharField, ForeignKey, IntegerField, ManyToManyField

from releases.preflight.pending import Pending

KEY = ("id", IntegerField(primary_key=True))
BEFORE = [
    operations.CreateModel("Author", [KEY, ("name", CharField(max_length=9))], {"db_table": "people"}),
    operations.CreateModel("Tag", [KEY]),
    operations.CreateModel("Book", [KEY, ("by", ForeignKey("shop.Author", CASCADE)), ("tags", ManyToManyField("Tag"))]),
    operations.CreateModel("Report", [KEY], {"managed": False}),
    operations.CreateModel("Famous", [], {"proxy": True}, bases=("shop.Author",)),
]
BOOKS = {"shop_book", "shop_book_tags"}
CHOICES = CharField(max_length=9, choices=[("a", "A")], help_text="As on the cover.")


def read(*then: operations.base.Operation) -> Pending:
    migration = type("Migration", (Migration,), {"operations": list(then)})("0002_then", "shop")
    state, pending = ProjectState(), Pending(connection)
    for operation in BEFORE:
        operation.state_forwards("shop", state)
    pending.follow(migration, state)
    return pending


@pytest.mark.parametrize(
    ("operation", "altered"),
    [
        (operations.AddField("Author", "age", IntegerField(null=True)), {"people"}),
        (operations.AlterField("Author", "name", CharField(max_length=99)), {"people"}),
        (operations.AlterField("Author", "name", CHOICES), set()),
        (operations.AlterModelOptions("Author", {"ordering": ["name"]}), set()),
        (operations.RemoveField("Book", "tags"), BOOKS),
        (operations.DeleteModel("Book"), BOOKS),
        (operations.RenameModel("Author", "Person"), {"people", *BOOKS}),
        (operations.AddField("Report", "age", IntegerField(null=True)), set()),
        (operations.DeleteModel("Famous"), set()),
        (operations.RunSQL("SELECT 1"), {"people", "shop_tag", *BOOKS}),
        (operations.RunPython(print), {"people", "shop_tag", *BOOKS}),
        (operations.RunPython(operations.RunPython.noop), set()),
        (operations.RunSQL(operations.RunSQL.noop), set()),
        (operations.SeparateDatabaseAndState(state_operations=[operations.DeleteModel("Book")]), set()),
        (operations.SeparateDatabaseAndState([operations.DeleteModel("Tag")]), {"shop_tag"}),
    ],
    ids=lambda value: "" if isinstance(value, set) else type(value).__name__,
)
def test_the_tables_that_an_operation_alters(operation: operations.base.Operation, altered: set[str]) -> None:
    pending = read(operation)
    assert pending.altered == dict.fromkeys(altered, "shop.0002_then")
    assert not pending.created


def test_tables_are_known_by_their_current_names() -> None:
    pending = read(operations.AlterModelTable("Tag", "labels"), operations.AddField("Tag", "age", IntegerField()))
    assert pending.altered.keys() == {"shop_tag", "labels"}


def test_new_tables_and_the_foreign_keys_that_are_made() -> None:
    free = ForeignKey("shop.Tag", CASCADE, db_constraint=False)
    pending = read(
        operations.CreateModel("Shelf", [KEY, ("books", ManyToManyField("shop.Book")), ("tag", free)]),
        operations.AddField("Tag", "author", ForeignKey("shop.Author", CASCADE)),
    )
    assert pending.created.keys() == {"shop_shelf", "shop_shelf_books"}
    assert pending.referenced.keys() == {"shop_book", "people"}
    assert pending.altered.keys() == {"shop_tag"}
