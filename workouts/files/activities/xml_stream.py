"""Reads XML as a stream of elements, so that a large file is never in memory whole, and a hostile one is refused."""

import io
import xml.sax
import xml.sax.handler
import xml.sax.xmlreader
from collections.abc import Callable, Mapping

from defusedxml import DefusedXmlException
from defusedxml.sax import parse

from workouts.files import json_stream
from workouts.files.activities.activity import NotAnActivity
from workouts.files.kinds import UTF_16

DEEPEST, LONGEST = 50, 1_000
"""How deep elements may be nested, and how many characters of a text are read."""

Attributes = Mapping[str, str]
Opened = Callable[[list[str], Attributes], None]
Closed = Callable[[list[str], str], None]


class Elements(xml.sax.handler.ContentHandler):
    """Calls `opened` with the path to each element and its attributes, then `closed` with its path and its text.

    A path has the names of the elements without their prefixes: `["gpx", "trk", "name"]`.
    """

    def __init__(self, opened: Opened, closed: Closed) -> None:
        super().__init__()
        self.opened, self.closed = opened, closed
        self.path: list[str] = []
        self.text = ""

    def startElement(self, name: str, attrs: "xml.sax.xmlreader.AttributesImpl[str]") -> None:  # noqa: N802
        if len(self.path) == DEEPEST:
            raise NotAnActivity("The elements of this XML file are nested too deeply for a recorded activity.")
        self.path.append(name.rpartition(":")[2])
        self.text = ""
        self.opened(self.path, dict(attrs))

    def characters(self, content: str) -> None:
        if len(self.text) < LONGEST:
            self.text += content[:LONGEST]

    def endElement(self, name: str) -> None:  # noqa: N802
        self.closed(self.path, self.text.strip())
        self.path.pop()
        self.text = ""


def read_elements(content: bytes, opened: Opened, closed: Closed) -> None:
    """Raises NotAnActivity if the file is malformed, or declares entities, which could expand to gigabytes."""
    try:
        parse(_source(content), Elements(opened, closed), forbid_dtd=True)
    except DefusedXmlException as error:
        raise NotAnActivity(
            "This XML file declares a document type or entities, as no recorded activity does."
        ) from error
    except (xml.sax.SAXException, ValueError, LookupError) as error:
        raise NotAnActivity("This XML file is truncated or malformed. Export it again.") from error


def _source(content: bytes) -> xml.sax.xmlreader.InputSource:
    """From the first element on: Strava's bulk export begins with spaces, which XML forbids before a declaration.

    UTF-16 becomes UTF-8, because the declaration names the encoding that a file had before an editor saved it.
    """
    source = xml.sax.xmlreader.InputSource()
    if content.startswith(UTF_16):
        content = content.decode("utf-16").encode()
        source.setEncoding("utf-8")
    source.setByteStream(io.BytesIO(content.removeprefix(json_stream.BOM).lstrip()))
    return source
