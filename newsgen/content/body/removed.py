"""List what the sanitiser removes from a body, for `newsgen check`. Pure, in linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsgen.content.body.sanitiser import ALLOWED, ATTRIBUTES, CLASSES
from newsgen.content.body.tokens import tokens
from newsgen.core.problems import Problem

_FENCE = re.compile(r"[ >]*(?:[-*+]|\d{1,9}[.)])?[ >]*(`{3,}|~{3,})")
_CODE = re.compile(r"(?<!`)(`{1,9})(?!`)[^\n]{0,500}?(?<!`)\1(?!`)")
_TAG = re.compile(r"(?<![\\\w])<([a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>])[^<>]{0,1000}>?")
_MOST = 20
# attributes that newsgen replaces itself, or reads
_REPLACED = frozenset({"name", "align", "rel", "loading", "decoding", "target", "class", "style"})


def removed_html(text: str) -> list[Problem]:
    """Return a repair for each tag and attribute of a body that is not allowed on pages."""
    found: list[Problem] = []
    for n, line in _prose(text):
        for tag in _TAG.finditer(_CODE.sub("", line)):
            found += [
                Problem("repair", "removed-html", f"{what} is left out", line=n)
                for what in _removed(tag[1].lower(), tag[0])
            ]
        if len(found) >= _MOST:
            return found[:_MOST]
    return found


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with tags outside blocks of code, with their numbers."""
    fence, blank = "", True
    for n, line in enumerate(text.split("\n"), 1):
        sign = _FENCE.match(line)
        if fence:
            closes = sign and sign[1].startswith(fence) and not line[sign.end() :].strip("`~ ")
            fence = "" if closes else fence
            continue
        if sign:
            fence = sign[1]
        elif "<" in line and not (blank and line.startswith(("    ", "\t"))):
            yield n, line
        blank = not line.strip() or (blank and line.startswith(("    ", "\t")))


def _removed(name: str, tag: str) -> Iterator[str]:
    if name == "iframe":  # reported by its host
        return
    if name not in ALLOWED:
        yield f"<{name}>"
        return
    known = ATTRIBUTES.get(name, set()) | ATTRIBUTES["*"] | _REPLACED
    attributes = next(iter(tokens(tag if tag.endswith(">") else f"{tag}>"))).attributes
    for key, value in attributes.items():
        if key not in known and key.isascii() and key.isprintable():
            yield f"the attribute {key} of <{name}>"
        elif key == "style" and not value.strip().startswith("text-align"):
            yield f"the attribute style of <{name}>"
        elif key == "class" and not set(value.split()) <= CLASSES.get(name, {value}):
            yield f"the class of <{name}>"
