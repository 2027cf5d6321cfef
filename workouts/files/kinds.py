"""Recognizes other kinds of files by how they begin, so that a refusal can name them."""

import codecs
import re

from workouts.files import json_stream

HEAD, NAMES = 1024, 8
"""How many bytes are inspected, and how many names of a JSON object."""

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
"""The byte order marks with which such a text begins."""

IMAGE, ACTIVITY, CALENDAR = "an image", "a recorded activity", "a calendar file (.ics)"
WEB_PAGE, STRUCTURED = "a web page (.html)", "a structured workout"

BINARY = {
    rb"%PDF-": "a PDF document (.pdf)",
    rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|RIFF....WEBP|....ftyp(?:heic|heix|mif1|avif)": IMAGE,
    rb".{8}\.FIT": f"{ACTIVITY} (.fit)",
    rb"\xd0\xcf\x11\xe0": "an old Office document (.xls)",
    rb"\x1f\x8b": "a compressed file (.gz)",
    rb"Rar!|7z\xbc\xaf": "an archive (.rar, .7z)",
    rb"PK\x03\x04|PK\x05\x06": "a ZIP archive (.zip)",
    rb"SQLite format 3": "an SQLite database",
}
TEXT = {
    rb"begin:vcalendar": CALENDAR,
    rb"\[course header\]": f"{STRUCTURED} (.erg, .mrc)",
    rb"<!doctype html|<html": WEB_PAGE,
    rb"(?:<.*)?<gpx": f"{ACTIVITY} (.gpx)",
    rb"(?:<.*)?<trainingcenterdatabase": f"{ACTIVITY} (.tcx)",
    rb"(?:<.*)?<workout_file": f"{STRUCTURED} (.zwo)",
    rb"(?:<.*)?<svg": f"{IMAGE} (.svg)",
    rb"<.*<html": WEB_PAGE,
    rb"<\?xml": "an XML file (.xml)",
    rb"(?=[^\r\n{]*\btitle\b)(?=[^\r\n{]*\bworkouttype\b)[^\r\n{]*\bworkoutday\b": "a TrainingPeaks export (.csv)",
    rb"[^\r\n{]*\boriginallyplannedday\b": "an export.csv of this planner, for spreadsheets",
}
"""Patterns for the lower-case text, without leading whitespace."""


def kind_of(content: bytes) -> str:
    """The kind, such as `a calendar file (.ics)`; empty for other tables and unknown content."""
    head = content[:HEAD]
    text = (head.decode("utf-16", "ignore").encode() if head.startswith(UTF_16) else head).lower()
    text = text.removeprefix(json_stream.BOM).lstrip()
    found = (
        name
        for kinds, start in ((BINARY, head), (TEXT, text))
        for pattern, name in kinds.items()
        if re.match(pattern, start, re.DOTALL)
    )
    return next(found, "") or (_json(content) if text.startswith((b"{", b"[")) else "")


def described(content: bytes) -> str:
    """The kind as a sentence; empty if it is unknown."""
    kind = kind_of(content)
    return f"This is {kind}." if kind else ""


def _json(content: bytes) -> str:
    names = ", ".join(f"“{name[:40]}”" for name in json_stream.names(content, NAMES))
    return f"a JSON file (.json), an object with {names}" if names else "a JSON file (.json)"
