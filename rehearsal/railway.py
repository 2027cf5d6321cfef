"""What .railway/railway.py tells Railway to do."""

import importlib.util
import shlex
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

FILE = Path(__file__).resolve().parent.parent / ".railway/railway.py"


@dataclass(frozen=True)
class Platform:
    """Commands as words: neither is run by a shell. Times in seconds."""

    pre_deploy: list[str]
    start: list[str]
    health_path: str
    health_timeout: float
    overlap: float
    draining: float


def platform() -> Platform:
    spec = importlib.util.spec_from_file_location("railway_configuration", FILE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with mock.patch.object(module, "REPOSITORY", "a/rehearsal"):  # it plans nothing before that is filled in
        graph = module.main().to_graph()
    (deploy,) = (one["deploy"] for one in graph["resources"] if one["type"] == "service")
    (command,) = deploy["preDeployCommand"]
    return Platform(
        shlex.split(command),
        shlex.split(deploy["startCommand"]),
        deploy["healthcheckPath"],
        deploy["healthcheckTimeout"],
        deploy["overlapSeconds"],
        deploy["drainingSeconds"],
    )
