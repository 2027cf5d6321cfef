"""What each platform does with a deploy, read from the project's own files."""

import json
import os
import re
import shlex
import tomllib
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from releases.rehearsal.scenario import CannotRehearseError

ANY_REPOSITORY = "a/rehearsal"
COMMAND = re.compile(r"^CMD (\[.*\])$", re.MULTILINE)
# Its buildpack collects static files only if the project has the command.
HEROKU_BUILD = ["sh", "-c", "! python manage.py help collectstatic || python manage.py collectstatic --noinput"]
COLLECTSTATIC = re.compile(r"python manage\.py (collectstatic[^&|;\\\n]*)")


@dataclass(frozen=True)
class Platform:
    """Commands as words, none is run by a shell; times in seconds. Without `release`, `start` releases by itself.

    `needs` names the commands that there must be; `kill` sends SIGTERM to the main process, or to all.
    """

    build: list[str]
    release: list[str]
    start: list[str]
    commit_variable: str
    health_path: str = ""
    health_host: str = "127.0.0.1"
    health_timeout: float = 300
    overlap: float = 0
    draining: float = 0
    needs: tuple[str, ...] = ("start",)
    kill: Callable[[int, int], None] = os.kill


def railway(root: Path) -> Platform:
    """Pre-deploy command, start, health check, overlap, SIGTERM, draining: `.railway/railway.py` or `railway.json`."""
    services = _railway_services(root)
    is_clear = len(services) < 2
    deploy = services[0] if is_clear and services else {}
    command = deploy.get("preDeployCommand") or []
    start = shlex.split(deploy.get("startCommand") or "") or _image_command(root) or _procfile(root, "web")
    return Platform(
        build=_build(root),
        release=shlex.split(command if isinstance(command, str) else " ".join(command)),
        start=start if is_clear else [],
        commit_variable="RAILWAY_GIT_COMMIT_SHA",
        health_path=deploy.get("healthcheckPath") or "",
        health_host="healthcheck.railway.app",
        health_timeout=deploy.get("healthcheckTimeout") or 300,
        overlap=deploy.get("overlapSeconds") or 0,
        draining=deploy.get("drainingSeconds") or 0,
        needs=("start",) if is_clear else ("release", "start"),
    )


def heroku(root: Path) -> Platform:
    """Release phase, start, routing once the port is bound: the `Procfile`. With preboot, both versions serve."""
    commands = HEROKU_BUILD, _procfile(root, "release"), _procfile(root, "web"), "HEROKU_SLUG_COMMIT"
    needs = ("release", "start")
    return Platform(*commands, health_timeout=60, overlap=10, draining=30, needs=needs, kill=os.killpg)


def kubernetes(root: Path) -> Platform:
    """Each pod releases before it serves, all at once: the image's command, or the lines of the `Procfile`."""
    start = _image_command(root) or _pod(root)
    return Platform(_build(root), [], start, "GIT_COMMIT", "/readyz", "10.0.0.7", overlap=5, draining=30)


PROFILES: dict[str, Callable[[Path], Platform]] = {"railway": railway, "heroku": heroku, "kubernetes": kubernetes}


def platform_of(options: Namespace, root: Path) -> Platform:
    """The profile, with what was given instead. Raises CannotRehearseError."""
    given = {one.name: value for one in fields(Platform) if (value := getattr(options, one.name, None)) is not None}
    platform = replace(PROFILES[options.platform](root), **given)
    if missing := [f"--{name}" for name in platform.needs if not getattr(platform, name)]:
        raise CannotRehearseError(
            f"No file says for {options.platform} what to run. Name the commands: {', '.join(missing)}."
        )
    return platform


def _railway_services(root: Path) -> list[dict[str, Any]]:
    """How each is deployed."""
    python = root / ".railway/railway.py"
    if python.exists():
        names: dict[str, Any] = {"__file__": str(python), "__name__": "railway_configuration"}
        exec(compile(python.read_text(), python, "exec"), names)  # noqa: S102
        # The file may refuse to be used before its repository is named, which does not matter here.
        names |= {name: ANY_REPOSITORY for name, value in names.items() if value == "OWNER/REPOSITORY"}
        return [one["deploy"] for one in names["main"]().to_graph()["resources"] if one.get("deploy")]
    read = {"railway.json": json.loads, "railway.toml": tomllib.loads}
    return [read[name](text).get("deploy", {}) for name in read if (text := _text(root / name))]


def _procfile(root: Path, process: str) -> list[str]:
    """A line of it, as its shell runs it; nothing if there is none."""
    found = re.search(rf"^{process}: *(.+)$", _text(root / "Procfile"), re.MULTILINE)
    if not found:
        return []
    is_one_command = process == "web" and not re.search("[;&|]", found[1])  # so that it gets the signals
    return ["sh", "-c", f"exec env {found[1].removeprefix('exec ')}" if is_one_command else found[1]]


def _pod(root: Path) -> list[str]:
    release, start = _procfile(root, "release"), _procfile(root, "web")
    return ["sh", "-c", f"{{ {release[2]}; }} && {start[2]}"] if release and start else start


def _build(root: Path) -> list[str]:
    """What the image collects; nothing if it does not."""
    found = COLLECTSTATIC.search(_text(root / "Dockerfile"))
    return ["python", "manage.py", *shlex.split(found[1])] if found else []


def _image_command(root: Path) -> list[str]:
    found = COMMAND.search(_text(root / "Dockerfile"))
    return list(json.loads(found[1])) if found else []


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""
