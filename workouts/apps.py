"""The planner."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.backends.signals import connection_created
from django.db.models.signals import pre_migrate


class WorkoutsConfig(AppConfig):
    name = "workouts"

    def ready(self) -> None:
        from workouts.accounts.logins import forget_expired_sessions
        from workouts.models.far_dates import read_far_dates
        from workouts.takeover import refuse_unknown_database

        pre_migrate.connect(refuse_unknown_database, sender=self)
        connection_created.connect(read_far_dates)
        user_logged_in.connect(forget_expired_sessions)
