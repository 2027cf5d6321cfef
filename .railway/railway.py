"""Railway's infrastructure as code: run `railway config plan`, read it, then run `railway config apply`.

Whatever Railway has and this file leaves out is planned as a deletion: a service or a database with another name, and
its data, and every variable that is not named here. Apply only a plan without any `Delete`: of a database, a service,
a volume or a variable. docs/railway-deployment.md says what to do otherwise.

The image also works without this file (bin/start releases before it serves). With it a failed release fails the
deployment before any container of the new version starts.
"""

from typing import Any

from railway_sdk import define_railway, github, postgres, preserve, project, service

# Exactly as on Railway, capitals included: `railway status` and the dashboard show them. They are written here and not
# read from the environment, because a plan with other names would delete what it does not find.
PROJECT = "workout-planner"
DATABASE = "Postgres"
SERVICE = "web"
REPOSITORY = "OWNER/REPOSITORY"
BRANCH = "main"

# Kept as they are on Railway, set or unset: preserve() writes nothing and creates nothing. Add any other variable that
# the plan would delete.
PRESERVED = (
    *("SECRET_KEY", "MIGRATION_DATABASE_URL", "ALLOWED_HOSTS", "TIME_ZONE", "DEBUG", "LOG_LEVEL"),
    *("PORT", "WEB_CONCURRENCY", "TRUSTED_PROXIES", "READYZ_TOKEN"),
    *("RELEASE_DATABASE_WAIT", "RELEASE_LOCK_TIMEOUT", "RELEASE_BUILD_TIMEOUT"),
    *("RELEASE_STALL_BUDGET", "RELEASE_DEADLINE"),
    "CORS_ALLOWED_ORIGINS",
    # The old application's: not read here, but needed to go back to it.
    *("FLASK_ENV", "CALDAV_URL", "CALDAV_USERNAME", "CALDAV_PASSWORD", "CALDAV_CALENDAR_NAME"),
)


@define_railway
def main(ctx: Any = None) -> Any:
    if REPOSITORY == "OWNER/REPOSITORY":
        raise SystemExit(
            "REPOSITORY in .railway/railway.py is still OWNER/REPOSITORY. Nothing was planned. Set it, and set"
            " PROJECT, DATABASE, SERVICE and BRANCH as on Railway: a database with another name would be planned as a"
            " deletion. Then repeat: railway config plan"
        )
    database = postgres(DATABASE)
    web = service(
        SERVICE,
        source=github(REPOSITORY, branch=BRANCH),
        start="bin/start",  # the image's own command, stated so that the old service's start command does not stay
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
        env={"DATABASE_URL": database.env.DATABASE_URL, **{name: preserve() for name in PRESERVED}},
    )
    return project(PROJECT, resources=[database, web])
