"""The directory of a rehearsal, with the code that is deployed: this tree as git would commit it, or a revision."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from releases.rehearsal.scenario import CannotRehearseError

PREFIX = "releases-rehearsal-"


@contextmanager
def own_folder() -> Iterator[Path]:
    """For everything that a rehearsal writes, but its report. What one that was killed has left is removed."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder, _locked(Path(folder)):
        Path(folder).chmod(0o711)  # the server, which is not root's, must reach its own
        for left in Path(folder).parent.glob(f"{PREFIX}*"):
            with suppress(OSError), _locked(left):
                shutil.rmtree(left, ignore_errors=True)
        yield Path(folder)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Until this process ends, however it ends. Raises OSError if another one has it."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(opened)


def this_tree(root: Path, folder: Path) -> Path:
    """A copy of `root` without what git ignores, so that nothing is served that a build did not make.

    Without git, `root` itself.
    """
    listed = _git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    if listed.returncode:
        return root
    folder.mkdir(mode=0o700)
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_symlink() or (root / name).is_file():  # and not deleted
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target, follow_symlinks=False)
    return folder


@contextmanager
def revision(root: Path, name: str, folder: Path) -> Iterator[Path]:
    """A worktree in the new `folder`, while it is needed. Raises CannotRehearseError."""
    folder.mkdir(mode=0o700)
    _git(root, "worktree", "prune")  # of a rehearsal that was killed
    added = _git(root, "worktree", "add", "--detach", str(folder), name)
    if added.returncode:
        raise CannotRehearseError(f"--old {name}: {added.stderr.strip().splitlines()[-1]}")
    prefix = _git(root, "rev-parse", "--show-prefix").stdout.strip()  # where the project is in the repository
    try:
        yield folder / prefix
    finally:
        _git(root, "worktree", "remove", "--force", str(folder))


def _git(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = ["env", "git", *arguments]  # of which a missing one is no exception
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
