"""Less to send: a board is mostly repeated markup."""

import re

from django import template
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import strip_spaces_between_tags

register = template.Library()
LINE_BREAK = re.compile(r"\s*\n\s*")


class CompactNode(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        return LINE_BREAK.sub(" ", strip_spaces_between_tags(self.nodelist.render(context).strip()))


@register.tag
def compact(parser: Parser, token: Token) -> CompactNode:
    """As `spaceless`, and without the indentation inside of tags. Not for texts whose line breaks are shown."""
    nodelist = parser.parse(("endcompact",))
    parser.delete_first_token()
    return CompactNode(nodelist)
