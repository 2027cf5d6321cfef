"""The code that is deployed: this tree as git would commit it, or a revision of it. Each in a directory of its own."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from releases.rehearsal.scenario import CannotRehearseError

TREE = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]


@contextmanager
def this_tree(root: Path) -> Iterator[Path]:
    """A copy of `root` without what git ignores, so that nothing is served that a build did not make.

    Without git, `root` itself.
    """
    listed = subprocess.run(TREE, cwd=root, capture_output=True, check=False)
    if listed.returncode:
        yield root
        return
    with tempfile.TemporaryDirectory(prefix="rehearsal-new-") as folder:
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (root / name).is_file():  # and not deleted
                target = Path(folder, name)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(root / name, target)
        yield Path(folder)


@contextmanager
def revision(root: Path, name: str) -> Iterator[Path]:
    """A temporary worktree. Raises CannotRehearseError."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-old-") as folder:
        tree = Path(folder, "tree")
        _git(root, "worktree", "prune")  # of a rehearsal that was killed
        added = _git(root, "worktree", "add", "--detach", str(tree), name)
        if added.returncode:
            raise CannotRehearseError(f"--old {name}: {added.stderr.strip().splitlines()[-1]}")
        prefix = _git(root, "rev-parse", "--show-prefix").stdout.strip()  # where the project is in the repository
        try:
            yield tree / prefix
        finally:
            _git(root, "worktree", "remove", "--force", str(tree))


def _git(root: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
