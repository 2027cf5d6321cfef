"""A body that is too large is refused before it is parsed, at every address and for every client."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

LIMIT = 11 * 1024 * 1024
SENTENCE = "The request is larger than 11 MB; the limit for a file is 10 MB. Nothing was changed."


@pytest.mark.parametrize("path", ["/login/", "/imports/", "/admin/login/", "/nowhere", "/api/workouts"])
def test_it_is_refused_everywhere_and_nothing_is_written_to_disk(path: str, settings: Any, tmp_path: Path) -> None:
    """Django's own limit does not count the files of a form."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "none: writing there would fail"
    response = Client().post(path, {"file": SimpleUploadedFile("a.csv", b"x" * LIMIT)})
    assert response.status_code == 413
    assert SENTENCE in response.content.decode()
    assert (response["Content-Type"] == "application/json") == path.startswith("/api/")
    assert "script-src" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_file_up_to_it_needs_no_disk(settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "none: writing there would fail"
    response = Client().post("/login/", {"file": SimpleUploadedFile("a.csv", b"x" * (LIMIT - 1024))})
    assert response.status_code == 200


@pytest.mark.parametrize(("length", "status"), [(str(LIMIT), 200), (str(LIMIT + 1), 413), ("9" * 30, 413)])
def test_the_length_decides(length: str, status: int) -> None:
    assert Client().get("/login/", CONTENT_LENGTH=length).status_code == status


@pytest.mark.parametrize("length", ["", "-1", "x", "²"])
def test_an_invalid_length_is_left_to_django(length: str) -> None:
    assert Client().get("/login/", CONTENT_LENGTH=length).status_code == 200


def test_a_probe_is_answered_without_checking_its_body() -> None:
    assert Client().get("/livez", CONTENT_LENGTH=str(LIMIT + 1)).status_code == 200
