"""Fixtures for tests of the planner's pages and of its API."""

import os
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.api_client import ApiClient
from workouts.models import Workout

Plan = Callable[..., Workout]


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("athlete")


@pytest.fixture
def athlete(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


@pytest.fixture
def api(user: User) -> ApiClient:
    return ApiClient(user)


@pytest.fixture
def plan(db: None) -> Plan:
    """Plans a workout: `plan("Long run", "2026-11-23", tss=80.0, selection={"is_selected": False})`."""

    def make(title: str, day: str, selection: dict[str, object] | None = None, **fields: object) -> Workout:
        values = {"workout_type": "Run", "originally_planned_day": day, **fields}
        workout = Workout.objects.create(title=title, **values)
        if selection is not None:
            workout.selections.create(**{"updated_at": timezone.now(), **selection})
        return workout

    return make


@pytest.fixture(autouse=True)
def covered_once(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring coverage takes a third of a process's start; for the planner, processes on SQLite are enough."""
    if engine != "sqlite":
        for name in [name for name in os.environ if name.startswith("COVERAGE")]:
            monkeypatch.delenv(name)
