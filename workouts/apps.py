"""The planner."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import pre_migrate


class WorkoutsConfig(AppConfig):
    name = "workouts"

    def ready(self) -> None:
        from workouts.accounts.logins import forget_expired_sessions
        from workouts.takeover import refuse_unknown_database

        pre_migrate.connect(refuse_unknown_database, sender=self)
        user_logged_in.connect(forget_expired_sessions)
