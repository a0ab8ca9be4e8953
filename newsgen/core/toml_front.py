"""Front matter in TOML 1.0: parse it, locate its fields, find `secured` in its raw text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any

from newsgen.core.patterns import lazily
from newsgen.core.text import number_text
from newsgen.core.yaml_nodes import MAX_DEPTH, FrontMatterError

_PLACE = lazily(r"\(at line (\d+), column (\d+)\)")
_PART = r"(?:[\w-]+|\"[^\"\n]*\"|'[^'\n]*')"
_NAME = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
# Longer keys cost tomllib time that grows with the square of their length.
_LONG_KEY = lazily(rf"(?<![\w-])(?:{_PART}[ \t]*\.[ \t]*){{{MAX_DEPTH}}}")
_TOO_DEEP = f"it is nested more than {MAX_DEPTH} levels deep"
_HEADER = lazily(rf"[ \t]*(\[\[?)[ \t]*({_NAME})[ \t]*\]")
_FIELD = lazily(rf"[ \t]*({_NAME})[ \t]*=[ \t]*")
_PARTS = lazily(_PART)
_STEPS = lazily(r"\.([^.\[\]]+)|\[(\d+)\]")
# A string. If it is not closed, it ends with its line; in triple quotes, with the text.
_ITEM = lazily(
    r'"""(?:[^\\]|\\.)*?(?:"""+|\Z)|"(?:[^"\\\n]|\\.)*(?:"|$)'
    r"|'''.*?(?:'''+|\Z)|'[^'\n]*(?:'|$)",
    re.S | re.M,
)
_LONG_NUMBER = lazily(r"[0-9][0-9_]{4000}")
_TRIPLE = ('"""', "'''")
_BEFORE = lazily(rf"(?:\A|[{{,\[])[ \t]*(?:{_PART}[ \t]*\.[ \t]*)*[\"']?\s*\Z")
_AFTER = lazily(rf"\s*[\"']?[ \t]*(?:\.[ \t]*{_PART}[ \t]*)*[=:\uff1a][ \t]*")
_IN_HEADER = lazily(r"[ \t]*\[[^\]\n=]*\Z")
_NEXT_HEADER = lazily(r"\n(?=[ \t]*\[)")


def parse_toml(front: str) -> Any:
    """Return the values as TOML types them. Raises FrontMatterError with line and column."""
    import tomllib  # imported here because few files are in TOML

    if found := _LONG_KEY.search(front):
        line = front.count("\n", 0, found.start()) + 1
        raise FrontMatterError(_TOO_DEEP, line, 1, "nested-too-deep")
    try:
        return tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _PLACE.search(message)
        line, column = (int(place[1]), int(place[2])) if place else (front.count("\n"), 1)
        said = message[:1].lower() + message[1:].partition(" (at ")[0]
        raise FrontMatterError(said, line, column, "malformed-toml") from None
    except ValueError:  # raised by Python for a number of thousands of digits
        found = _LONG_NUMBER.search(front)
        line = front.count("\n", 0, found.start() if found else 0) + 1
        raise FrontMatterError("a number has too many digits", line, 1, "malformed-toml") from None
    except RecursionError:
        raise FrontMatterError(_TOO_DEEP, 1, 1, "nested-too-deep") from None


def as_text(value: Any) -> Any:
    """Return the value with each scalar as text, as a field of text shows it."""
    if isinstance(value, dict):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    if isinstance(value, (date, datetime, time)):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return str(value).lower()
    return number_text(value) if isinstance(value, int) else str(value)


def locate_toml(front: str, paths: Iterable[str]) -> list[tuple[int, int]]:
    """Return line and column, from 1, of the value at each field path, or of its nearest parent."""
    places: dict[tuple[str, ...], tuple[int, int]] = {}
    table: list[str] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(front.split("\n"), 1):
        found = _HEADER.match(line)
        if found:
            table = _names(found[2])[:MAX_DEPTH]
            if found[1] == "[[":
                counts[found[2]] = counts.get(found[2], -1) + 1
                table.append(f"[{counts[found[2]]}]")
            own, column = table, found.start(2) + 1
        else:
            found = _FIELD.match(line)
            own, column = (table + _names(found[1]), found.end() + 1) if found else ([], 0)
        places.setdefault(_folded(own), (number, column))
    return [_nearest(places, path) for path in paths]


def _nearest(places: Mapping[tuple[str, ...], tuple[int, int]], path: str) -> tuple[int, int]:
    wanted = _folded([name or f"[{index}]" for name, index in _STEPS.findall(path)])
    known = (places[wanted[:n]] for n in range(len(wanted), 0, -1) if wanted[:n] in places)
    return next(known, (1, 1))


def _folded(names: list[str]) -> tuple[str, ...]:
    return tuple([name.lower() for name in names])


def _names(key: str) -> list[str]:
    return [part.strip("\"'") for part in _PARTS.findall(key)]


def secured_span(
    text: str, start: int, end: int, name: tuple[int, int], is_note: bool
) -> tuple[int, int] | None:
    """Return the span of `secured` whose name is at these offsets in front matter, if it is a key.

    A table of that name is included, up to the next table.
    """
    line = text.rfind("\n", 0, name[0]) + 1
    before, after = text[max(line, start) : name[0]], _AFTER.match(text, name[1], end)
    if _IN_HEADER.fullmatch(before) and re.compile(r"[^=\n]*\]").match(text, name[1], end):
        following = _NEXT_HEADER.search(text, name[1], end)
        return line, following.start() if following else end
    key = _BEFORE.search(before) if after else None
    if not (after and key):
        return (name[0], _rest(text, name[1], end)) if is_note else None
    begin, stop = max(line, start) + key.start(), _value_end(text, after.end(), end)
    if before[key.start() : key.start() + 1] not in ("{", ",", "["):
        return begin, _rest(text, stop, end)
    comma = re.compile(r"[ \t]*,").match(text, stop, end)
    if comma:
        return begin + 1, comma.end()
    return begin + (text[begin] != ","), stop


def _value_end(text: str, at: int, end: int) -> int:
    """Return the offset where a value ends: a string, brackets, or bare words."""
    found = _ITEM.match(text, at, end)
    if found:
        return found.end()
    if text[at : at + 1] in ("[", "{"):
        depth = 0
        for item in re.compile(rf"[\[\]{{}}]|{_ITEM.pattern}", _ITEM.flags).finditer(text, at, end):
            depth += (item[0] in "[{") - (item[0] in "]}")
            if not depth:
                return item.end()
        return end
    bare = re.compile(r"[^,}\]\n]*").match(text, at, end)
    return bare.end() if bare else at


def _rest(text: str, at: int, end: int) -> int:
    """Return the offset where the statement ends: with its line, or the last that continues it.

    It ends before three quotation marks too, which close a text around the field.
    """
    while True:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        closing = [n for mark in _TRIPLE if (n := text.find(mark, at, stop)) >= 0]
        if closing:
            return min(closing)
        following = text[stop + 1 : end].partition("\n")[0]
        if stop >= end or _HEADER.match(following) or _FIELD.match(following):
            return stop
        at = stop + 1
