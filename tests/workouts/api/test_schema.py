"""The API conforms to its own schema for any request; schemathesis generates the requests."""

import datetime
from typing import Any

import pytest
import schemathesis
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import positive_data_acceptance
from schemathesis.config import ProjectConfig, ProjectsConfig, SchemathesisConfig
from schemathesis.core.result import Ok

from workouts.accounts.tokens import issue
from workouts.models import Token, Workout

pytestmark = pytest.mark.proof

OWN, COACHS = 1, 2
REQUESTS = pytest.mark.parametrize(
    ("mode", "workout_id"),
    [
        pytest.param(GenerationMode.POSITIVE, OWN, id="right, of an own workout"),
        pytest.param(GenerationMode.POSITIVE, COACHS, id="right, of a coach's workout"),
        pytest.param(GenerationMode.POSITIVE, None, id="right, of any workout"),
        pytest.param(GenerationMode.NEGATIVE, OWN, id="wrong, of an own workout"),
    ],
)
EXAMPLES = settings(
    max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)

BEYOND_THE_SCHEMA = {
    "GET /api/workouts",
    "POST /api/workouts/import",
    "POST /api/activities",
    "POST /api/export/calendar",
}
"""The schema cannot say that a range of days may be reversed, or that a file may not be an export."""


@pytest.fixture
def token(transactional_db: None) -> str:
    for pk in (OWN, COACHS):
        Workout.objects.create(
            pk=pk,
            title="Ride",
            workout_type="Bike",
            originally_planned_day=datetime.date(2026, 11, 23),
            is_custom=pk == OWN,
        )
    return issue(User.objects.create_user("athlete"), Token.Purpose.API)


@REQUESTS
def test_every_answer_is_as_the_schema_says(mode: GenerationMode, workout_id: int | None, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
    project = ProjectConfig(parameters={"workout_id": workout_id} if workout_id else None)
    config = SchemathesisConfig(projects=ProjectsConfig(default=project))
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", WSGIHandler(), config=config, headers=headers)

    results = list(schema.get_all_operations())
    assert len(results) == 23
    for result in results:
        assert isinstance(result, Ok)
        operation = result.ok()
        if workout_id != OWN and not operation.path_parameters:
            continue
        if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.path_parameters):
            continue

        @EXAMPLES
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: schemathesis.Case[Any]) -> None:
            unlike = [positive_data_acceptance] if case.operation.label in BEYOND_THE_SCHEMA else None
            case.call_and_validate(headers=headers, excluded_checks=unlike)

        check()
