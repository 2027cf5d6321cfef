"""Words as they are typed, on a keyboard that may lack the letters of the text. Pure."""

import re
import unicodedata
from collections import defaultdict

MARK = "[\u0300-\u036f]*"
"""Accents that are characters of their own, as some systems store them."""
LATIN = range(0xC0, 0x180)
WHOLE = {"o": "ø", "l": "ł", "d": "đð"}
"""Letters that Unicode does not take apart."""
PAIRS = {"ae": "äæ", "oe": "öœø", "ue": "ü", "ss": "ß"}


def pattern(word: str) -> str:
    """A regular expression for `word` in any spelling, without regard to case: `laufe` also finds `Läufe`.

    For PostgreSQL and for Python. It names both cases: in the locale C PostgreSQL ignores that of ASCII only.
    """
    plain = _without_marks(word.lower().replace("ß", "ss"))
    return "".join(map(_part, re.findall("|".join([*PAIRS, "."]), plain, re.DOTALL)))


def _part(letters: str) -> str:
    spelled = "".join(_letter(one) for one in letters)
    return f"(?:{spelled}|[{_both_cases(PAIRS[letters])}])" if letters in PAIRS else spelled


def _letter(letter: str) -> str:
    if letter.isalpha():
        return f"[{_both_cases(letter + ACCENTED.get(letter, ''))}]{MARK}"
    return re.escape(letter)


def _both_cases(letters: str) -> str:
    return letters + letters.upper()


def _without_marks(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def _accented() -> dict[str, str]:
    """The accented letters of Latin alphabets, in lower case, by the plain letter."""
    found = defaultdict(str, WHOLE)
    for letter in map(chr, LATIN):
        plain = _without_marks(letter)
        if letter.islower() and plain != letter:
            found[plain] += letter
    return dict(found)


ACCENTED = _accented()
