"""Decodes a file whose encoding is not known."""

import codecs
import re
from contextlib import suppress
from itertools import islice

import chardet

from workouts.files.kinds import UTF_16

UNICODE = "Unicode"
WESTERN = "cp1252"
LEGACY = {
    WESTERN: "Windows-1252 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "mac-roman": "Mac Roman",
    "iso8859-1": "Latin-1 (Western Europe)",
}
WORD = re.compile(rb'(?<![^\s,;"])[^\s,;"\x80-\xff]*+[\x80-\xff][^\s,;"]*')
MOST_WORDS, MOST_BYTES = 10_000, 100_000
APOSTROPHE = "\u2019"
MARKS = APOSTROPHE + "\u2013—\u2018“”„…•°\xd7½¼¾€£«»²³·"
RARE = "ªºƒıˆ"
"""Letters that the supported languages do not use in words."""


def decode(content: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding for people.

    UTF-8, or UTF-16 with a byte order mark; else the likeliest encoding of the words with an accent, because `ä` on a
    Mac is `Š` on Windows; else Latin-1, which can decode any byte.
    """
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig", errors="replace"), UNICODE
    if content.startswith(UTF_16):
        return content.decode("utf-16", errors="replace"), UNICODE
    with suppress(UnicodeDecodeError):
        return content.decode(), UNICODE
    encoding = _likeliest(content)
    with suppress(UnicodeDecodeError):
        return content.decode(encoding), LEGACY[encoding]
    return content.decode("latin-1"), LEGACY["iso8859-1"]


def _likeliest(content: bytes) -> str:
    """The likeliest encoding, judged by the words with accents alone: all others are the same in every encoding.

    chardet knows the languages, but takes some punctuation marks for letters. So it chooses only among the encodings in
    which the text has the fewest oddities.
    """
    found = (word[0] for word in islice(WORD.finditer(content), MOST_WORDS))
    words = b" ".join(dict.fromkeys(found))[:MOST_BYTES]
    texts = {encoding: text for encoding in LEGACY if (text := _decoded(words, encoding)) is not None}
    oddities = {encoding: _oddity(text) for encoding, text in texts.items()}
    likely = [encoding for encoding, oddity in oddities.items() if oddity == min(oddities.values())]
    guess = chardet.detect(words, include_encodings=likely, no_match_encoding=likely[0], compat_names=False)["encoding"]
    best = guess if guess in likely else likely[0]
    return WESTERN if texts[best] == texts.get(WESTERN) else best


def _decoded(words: bytes, encoding: str) -> str | None:
    with suppress(UnicodeDecodeError):
        return words.decode(encoding)
    return None


def _oddity(text: str) -> int:
    """How many letters and marks are in implausible places, as in `LŠufe`, `L‰ufe`, `ìGoîÖ`."""
    around = zip(f" {text}", text, f"{text[1:]} ", strict=False)
    return sum(_is_odd(before, letter, after) for before, letter, after in around if not letter.isascii())


def _is_odd(before: str, letter: str, after: str) -> bool:
    if not letter.isalpha():
        return letter not in MARKS or (letter != APOSTROPHE and before.isalpha() and after.isalpha())
    mixed_case = (letter.isupper() and before.islower()) or (letter.islower() and after.isupper())
    return mixed_case or before.isdigit() or after.isdigit() or letter in RARE
