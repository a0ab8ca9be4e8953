"""Find SVG files that could run code in a reader's browser. Pure.

Articles are untrusted, and a browser runs the scripts of an SVG file that a reader opens. So a file
beside an article is published only if it is well-formed and holds nothing active. Anything unknown
counts as active.
"""

from __future__ import annotations

import re
from typing import Any
from xml.parsers import expat

from newsgen.core.patterns import lazily

_LARGEST = 5_000_000  # bytes
_XHTML = "http://www.w3.org/1999/xhtml"
_ACTIVE = frozenset(
    [
        "script",
        "foreignobject",
        "handler",
        "listener",
        "iframe",
        "embed",
        "object",
        "audio",
        "video",
        "canvas",
    ]
)
_ANIMATED = frozenset(("from", "to", "by", "values"))
_SPACES = lazily("[\x00-\x20]")
_SCHEME = lazily(r"[a-z][a-z0-9+.-]*:", re.I)
_HARMLESS = lazily(r"(?:https?:|mailto:|data:image/(?:png|jpeg|gif|webp)[;,])", re.I)


class _Active(Exception):
    """The file contains something active, named in the message."""


def why_active(data: bytes) -> str:
    """Return why an SVG file may not be published, "" if it may."""
    if len(data) > _LARGEST:
        return f"has over {_LARGEST:,} bytes"
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = _element
    parser.ProcessingInstructionHandler = _instruction
    parser.EntityDeclHandler = _entity
    try:
        parser.Parse(data, True)
    except _Active as error:
        return str(error)
    except (expat.ExpatError, ValueError, LookupError):
        return "is not well-formed XML"
    return ""


def _element(name: str, attributes: dict[str, str]) -> None:
    space, _, local = name.rpartition(" ")
    if local.lower() in _ACTIVE or space == _XHTML:
        raise _Active(f"holds the element {local}")
    for key, value in attributes.items():
        own = key.rpartition(" ")[2].lower()
        if own.startswith("on"):
            raise _Active(f"holds the attribute {own}")
        plain = _SPACES.sub("", value)
        address = own in ("href", "src") and _SCHEME.match(plain) and not _HARMLESS.match(plain)
        if address or (own in _ANIMATED and _SCHEME.search(plain)):
            raise _Active(f"holds an address in {own} that is not allowed")


def _instruction(target: str, _: str) -> None:
    raise _Active(f"holds the instruction {target}")


def _entity(name: str, *_: Any) -> None:
    raise _Active(f"declares the entity {name}")
