"""Requests of a logged-in athlete to the new version."""

from benchmarks import requests
from benchmarks.load import Load
from rehearsal.deploy import Deploy

WORKOUTS = 30  # that every made-up database has


def loads_of(deploy: Deploy) -> list[Load]:
    """Reads and writes, in a session of a user that is made for them."""
    session = deploy.manage("shell", "-v0", "-c", requests.LOGIN).strip()
    loads = requests.loads(session)
    return [loads["PUT selections"], loads["the week page"]]
