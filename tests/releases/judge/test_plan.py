"""The verdicts on the operations of a migration."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from releases.judge.judged_operation import JudgedOperation
from releases.judge.plan import Situation, judge_plan
from releases.judge.verdict import Action
from releases.judge.worst_case import facts_of
from tests.releases.judge.box import later


def plan(*operations: Operation, **fields: Any) -> list[JudgedOperation]:
    """Of a model Box with `fields`, in the worst case."""
    options: dict[str, Any] = {"unique_together": {("size", "note")}} if "note" in fields else {}
    given: list[tuple[str, Any]] = [("id", models.BigAutoField(primary_key=True)), *fields.items()]
    return plan_of(ModelState("shop", "Box", given, options), *operations)


def plan_of(model: ModelState, *operations: Operation) -> list[JudgedOperation]:
    state = ProjectState()
    state.add_model(model)
    kind = type("Migration", (Migration,), {"operations": list(operations)})
    return judge_plan([kind("0002_change", "shop")], state, Situation(facts_of(state, connection)), connection)


def actions(judged: list[JudgedOperation]) -> list[Action]:
    return [one.verdict.action for one in judged]


def test_an_index_of_a_field_is_found_by_its_columns() -> None:
    (one,) = plan(migrations.AlterField("Box", "size", models.IntegerField()), size=models.IntegerField(db_index=True))
    assert (one.verdict.action, one.tables[0].name) == (Action.ONLINE, "shop_box")
    assert later(one.verdict) == ["DROP INDEX CONCURRENTLY IF EXISTS shop_box_size_2219d76d"]


def test_a_unique_constraint_of_fields_is_found_by_its_columns() -> None:
    operations = [
        migrations.AlterField("Box", "size", models.IntegerField()),
        migrations.AlterUniqueTogether("Box", set()),
    ]
    judged = plan(*operations, size=models.IntegerField(unique=True), note=models.TextField())
    assert actions(judged) == [Action.DEFERRED, Action.DEFERRED]


def test_what_an_earlier_operation_of_the_plan_made_is_as_django_makes_it() -> None:
    fields: list[tuple[str, Any]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("size", models.IntegerField(unique=True)),
    ]
    judged = plan(
        migrations.CreateModel("Crate", fields, {"unique_together": {("id", "size")}}),
        migrations.AlterField("Crate", "size", models.CharField(max_length=9)),
        migrations.AlterUniqueTogether("Crate", set()),
        migrations.RenameModel("Crate", "Chest"),
        migrations.DeleteModel("Chest"),
    )
    assert actions(judged) == [Action.AS_IS] * 5


def test_a_primary_key_that_becomes_wider_is_refused_with_the_keys_to_it() -> None:
    (one,) = plan(migrations.AlterField("Box", "id", models.CharField(max_length=9, primary_key=True)))
    assert one.verdict.action is Action.REFUSED


def test_a_small_table_keeps_its_key_for_the_large_ones_that_refer_to_it() -> None:
    state = ProjectState()
    state.add_model(ModelState("shop", "Shelf", [("id", models.AutoField(primary_key=True))]))
    shelf = models.ForeignKey("shop.Shelf", models.CASCADE)
    state.add_model(ModelState("shop", "Box", [("id", models.AutoField(primary_key=True)), ("shelf", shelf)]))
    facts = facts_of(state, connection)
    small = {**facts.tables, "shop_shelf": replace(facts.tables["shop_shelf"], is_large=False)}
    big = migrations.AlterField("Shelf", "id", models.BigAutoField(primary_key=True))
    kind = type("Migration", (Migration,), {"operations": [big]})
    (one,) = judge_plan([kind("0002_big", "shop")], state, Situation(replace(facts, tables=small)), connection)
    assert "In the model:\n    id = models.AutoField(primary_key=True)" in one.verdict.instead


def test_a_renamed_foreign_key_keeps_its_column() -> None:
    (one,) = plan(
        migrations.RenameField("Box", "inside", "within"), inside=models.ForeignKey("shop.Box", models.CASCADE)
    )
    assert "within = models.ForeignKey(db_column='inside_id', on_delete=models.CASCADE" in one.verdict.instead


def test_a_renamed_column_of_the_same_field_keeps_its_name() -> None:
    new = models.IntegerField(db_column="width")
    (one,) = plan(migrations.AlterField("Box", "size", new), size=models.IntegerField())
    assert one.verdict.instead == (
        "In the model and in this operation:\n    size = models.IntegerField(db_column='size')"
    )


def test_a_parameter_of_sql_is_quoted() -> None:
    (one,) = plan(migrations.RunSQL([("UPDATE shop_box SET size = %s WHERE note LIKE '%%x'", [7])]))
    assert one.verdict.now == ["UPDATE shop_box SET size = 7 WHERE note LIKE '%x'"]


def test_an_operation_that_django_cannot_run_is_refused_before_those_ahead_of_it_are_committed() -> None:
    removed, together = migrations.RemoveField("Box", "note"), migrations.AlterUniqueTogether("Box", set())
    judged = plan(removed, together, size=models.IntegerField(), note=models.TextField())
    assert actions(judged) == [Action.DEFERRED, Action.REFUSED]
    assert judged[1].verdict.reason == "Django will fail: FieldDoesNotExist: Box has no field named 'note'."
    (badly_filled,) = plan(migrations.AddField("Box", "day", models.DateField(default=1)))
    assert "TypeError" in badly_filled.verdict.reason


def test_an_operation_that_changes_no_table_says_so() -> None:
    (one,) = plan(migrations.AlterModelOptions("Box", {"ordering": ["size"]}), size=models.IntegerField())
    assert (one.verdict.action, one.tables, one.verdict.reason) == (Action.AS_IS, (), "Changes no table.")


def test_an_operation_that_fails_without_a_server_cannot_be_foretold() -> None:
    class Count(Operation):
        def state_forwards(self, app_label: str, state: ProjectState) -> None:
            pass

        def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
            from_state.apps.get_model("shop", "Box").objects.using(schema_editor.connection.alias).get()

    (one,) = plan(Count(), size=models.IntegerField())
    assert one.verdict.reason.startswith("What it does cannot be foretold.")


@pytest.mark.parametrize("table", ["shop_box", '"Box"', 'sales"."box'])
def test_no_new_row_misses_a_column_of_a_table_that_goes(table: str) -> None:
    """The autodetector removes relations before their model, and leaves their constraints."""
    fields: list[tuple[str, Any]] = [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())]
    rule = models.UniqueConstraint(fields=["size"], nulls_distinct=False, name="one_size")
    box = ModelState("shop", "Box", fields, {"db_table": table, "constraints": [rule]})
    judged = plan_of(box, migrations.RemoveField("Box", "size"), migrations.DeleteModel("Box"))
    assert actions(judged) == [Action.DEFERRED, Action.DEFERRED]
