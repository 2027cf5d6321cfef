"""A text without a stated encoding is decoded correctly, or the preview names the encoding that was used."""

import pytest

from tests.trainingpeaks import export, read_workouts, workout
from workouts.files.imports.plan_table import read

WEST = ["Läufe", "Café — 5 €", "Año nuevo", "Natação, manhã", "Långpass på väg", "Séance à jeun", "“Go”…", "SÉANCE"]
MIDDLE = ["Dlouhý běh", "Bieg długi", "Könnyű futás", "Lagano trčanje", "Ľahký beh, šprint"]
CASES = [
    *((text, encoding, name) for text in WEST for encoding, name in (("cp1252", "Windows-1252"), ("mac_roman", "Mac"))),
    *((text, "cp1250", "Windows-1250") for text in MIDDLE),
]


@pytest.mark.parametrize(("text", "encoding", "name"), CASES)
def test_the_words_with_accents_show_the_encoding(text: str, encoding: str, name: str) -> None:
    content = export(
        *(workout(text, f"2026-11-{day}", WorkoutDescription="Warm up, then 5 x 3 min hard.") for day in range(10, 30)),
        encoding=encoding,
    )
    assert {row.title for row in read_workouts(content)[0]} == {text}
    assert read(content).encoding.startswith(name)


@pytest.mark.parametrize("encoding", ["ascii", "utf-8", "utf-8-sig", "utf-16"])
def test_a_stated_encoding_is_used(encoding: str) -> None:
    assert read(export(workout("Run", "2026-11-23"), encoding=encoding)).encoding == "Unicode"


@pytest.mark.parametrize("noise", [b"\x81\x8d\xff" * 1000, b"\xe4" * 3_000_000, bytes(range(128, 256)) * 100])
def test_any_bytes_can_be_decoded(noise: bytes) -> None:
    content = export(workout("Run", "2026-11-23")) + noise
    assert [row.title for row in read_workouts(content)[0]] == ["Run"]
