"""Descriptions that a calendar writes as HTML, such as Google's, as plain text."""

import re
from html import unescape

from django.utils.html import strip_tags

TAG = re.compile(r"</?(?:a|b|br|div|em|h[1-6]|html|i|li|ol|p|span|strong|u|ul)\b[^<>]{0,1000}>", re.IGNORECASE)
END_OF_LINE = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|ul|ol)\b[^<>]{0,1000}>", re.IGNORECASE)
ITEM = re.compile(r"<li\b[^<>]{0,1000}>", re.IGNORECASE)
BLANK = re.compile(r"\n\s*\n\s*")


def plain_text(text: str) -> str:
    """Its lines and items without tags. A text without any tag is left as it is, whatever signs are in it."""
    if not TAG.search(text):
        return text
    lines = ITEM.sub("- ", END_OF_LINE.sub("\n", text))
    return BLANK.sub("\n\n", unescape(strip_tags(lines)).replace("\N{NO-BREAK SPACE}", " ")).strip()
