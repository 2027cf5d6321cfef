"""Railway's infrastructure as code: `railway config plan`, then `railway config apply`.

What is left out here is planned as a deletion. The image is right without this file too (bin/start releases before it
serves); with it a failed release fails the deployment before any container of the new version starts.
"""

from typing import Any

from railway_sdk import define_railway, github, postgres, preserve, project, service

REPOSITORY = "OWNER/REPOSITORY"


@define_railway
def main(ctx: Any = None) -> Any:
    database = postgres("Postgres")
    web = service(
        "web",
        source=github(REPOSITORY, branch="main"),
        # One plain command: Railway runs it without a shell, in the new image, before the new version starts.
        preDeploy="python manage.py migrate --noinput --fake-initial",
        healthcheck="/readyz",
        healthcheckTimeout=300,
        deploy={
            "preDeployTimeoutSeconds": 3600,
            "overlapSeconds": 10,
            "drainingSeconds": 45,  # above gunicorn's graceful_timeout
            "restartPolicyType": "ON_FAILURE",
            "restartPolicyMaxRetries": 5,
        },
        env={
            "DATABASE_URL": database.env.DATABASE_URL,
            "SECRET_KEY": preserve(),
        },
    )
    return project("workout-planner", resources=[database, web])
