"""The keys that the models declare."""

from django.apps.registry import Apps
from django.db import models

from releases.judge.declared import keys_of, unique_keys


def test_the_keys_that_models_declare() -> None:
    keys = unique_keys()
    assert keys["workout_selections"] == {("workout_id",)}
    assert keys["auth_permission"] == {("content_type_id", "codename")}
    assert keys["tokens"] == {("user_id", "purpose")}


def test_the_keys_of_expressions_and_transforms() -> None:
    class Tag(models.Model):  # noqa: DJ008  # never shown
        name = models.CharField(max_length=9)
        kind = models.CharField(max_length=9, db_column="sort")

        class Meta:
            apps = Apps()
            app_label = "shop"
            constraints = (
                models.UniqueConstraint(models.functions.Lower("name"), "kind", name="one"),
                models.UniqueConstraint("name__lower", name="two"),
            )

    assert set(keys_of(Tag)) == {("name", "sort"), ("name",)}
