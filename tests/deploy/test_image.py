"""The image, as far as it can be checked without a build."""

import re

from tests.conftest import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_every_base_is_pinned_by_digest() -> None:
    stages = re.findall(r"^FROM (\S+)(?: AS (\w+))?$", DOCKERFILE, re.MULTILINE)
    names = {name for _, name in stages}
    for base, _ in stages:
        assert base in names or re.fullmatch(r"[\w.:/-]+@sha256:[0-9a-f]{64}", base)


def test_what_it_copies_exists_and_is_in_the_build_context() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE, re.MULTILINE)
    sent = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert {path.split("/")[0] for path in copied} == set(sent)
    assert all((ROOT / path).exists() for path in copied)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - set(sent) == {"benchmarks", "rehearsal", "tests"}
