"""The planner."""

from django.apps import AppConfig
from django.db.models.signals import pre_migrate


class WorkoutsConfig(AppConfig):
    name = "workouts"

    def ready(self) -> None:
        from workouts.takeover import refuse_unknown_database

        pre_migrate.connect(refuse_unknown_database, sender=self)
