"""The text of a file whose encoding nobody named."""

import codecs
import re
from contextlib import suppress
from itertools import islice

import chardet

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
"""Letters of Unicode that these languages do not write inside words."""


def decode(content: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding for people.

    UTF-8, or UTF-16 with a byte order mark; else what the words with an accent in them are likeliest in, because what
    is `ä` to a Mac is `Š` to Windows. In Latin-1 every byte has a meaning.
    """
    if content.startswith(codecs.BOM_UTF8):
        return content.decode("utf-8-sig", errors="replace"), UNICODE
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace"), UNICODE
    with suppress(UnicodeDecodeError):
        return content.decode(), UNICODE
    encoding = _likeliest(content)
    with suppress(UnicodeDecodeError):
        return content.decode(encoding), LEGACY[encoding]
    return content.decode("latin-1"), LEGACY["iso8859-1"]


def _likeliest(content: bytes) -> str:
    """Of the whole file the words without accents would decide, which are the same in all.

    chardet knows the languages, but takes a few marks for letters; so what would be odd is left out before it is asked.
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
    """How many letters and marks are where nobody writes them, as in `LŠufe`, `L‰ufe`, `ìGoîÖ`."""
    around = zip(f" {text}", text, f"{text[1:]} ", strict=False)
    return sum(_is_odd(before, letter, after) for before, letter, after in around if not letter.isascii())


def _is_odd(before: str, letter: str, after: str) -> bool:
    if not letter.isalpha():
        return letter not in MARKS or (letter != APOSTROPHE and before.isalpha() and after.isalpha())
    mixed_case = (letter.isupper() and before.islower()) or (letter.islower() and after.isupper())
    return mixed_case or before.isdigit() or after.isdigit() or letter in RARE
