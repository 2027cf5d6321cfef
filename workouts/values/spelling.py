"""Words as they are typed, on a keyboard that may lack the letters of the text. Pure."""

import re
import unicodedata
from collections import defaultdict

MARK = "[\u0300-\u036f\u3099\u309a]"
"""Accents that are characters of their own, as some systems store them."""
ALPHABETS = range(0xC0, 0x3100)
"""Those with accents, from Latin to kana."""
WHOLE = {"o": "ø", "l": "ł", "d": "đð", "i": "ıİ"}
"""Letters that Unicode does not take apart."""
PAIRS = {"ae": "äæ", "oe": "öœø", "ue": "ü", "ss": "ß"}


def pattern(word: str) -> str:
    """A regular expression for `word` in any spelling, without regard to case: `laufe` also finds `Läufe`.

    For PostgreSQL and for Python. It names both cases: in the locale C PostgreSQL ignores that of ASCII only.
    """
    plain = "".join(map(_plain, unicodedata.normalize("NFC", word.lower().replace("ß", "ss"))))
    return "".join(map(_part, re.findall("|".join([*PAIRS, "."]), plain, re.DOTALL)))


def _part(letters: str) -> str:
    spelled = "".join(_letter(one) for one in letters)
    return f"(?:{spelled}|[{_both_cases(PAIRS[letters])}])" if letters in PAIRS else spelled


def _letter(letter: str) -> str:
    if letter.isalpha():
        return f"[{_both_cases(letter + ACCENTED.get(letter, ''))}]{MARK}*"
    return re.escape(letter)


def _both_cases(letters: str) -> str:
    return letters + "".join(upper for upper in map(str.upper, letters) if len(upper) == 1)


def _plain(letter: str) -> str:
    """Without its accents. What consists of several letters, such as a Korean syllable, stays whole."""
    found = re.sub(MARK, "", unicodedata.normalize("NFD", letter))
    return found if len(found) < 2 else letter


def _accented() -> dict[str, str]:
    """The accented letters, in lower case, by the plain letter."""
    found = defaultdict(str, WHOLE)
    for letter in map(chr, ALPHABETS):
        plain = _plain(letter)
        if plain not in ("", letter) and letter == letter.lower():
            found[plain] += letter
    return dict(found)


ACCENTED = _accented()
