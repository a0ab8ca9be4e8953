"""Write repairs back to a content file's bytes. Pure.

Only the spans of scalars change, and only if the file means the same as before.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import tzinfo
from typing import Any, NamedTuple

from newsgen.content.body.convert import Body
from newsgen.content.field_reader import Inexact
from newsgen.core import frontmatter
from newsgen.core.cut_values import cut_values
from newsgen.core.front_span import is_toml
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.problems import Problem
from newsgen.core.secret import redact

Read = Callable[[Any, Body, tzinfo, dict[str, str]], tuple[Any, list[Problem]]]
_NO_BODY = Body("", ())
_PASSES = 3  # first quotes for what YAML refuses, then repairs inside them
# block scalars keep their lines; anchors and tags may mean more than their text
_NOT_OURS = "|>&*!"
_BLOCK = re.compile(r"[ ]*(?:- +)*(?:[\w.-]+: +)?")


class _Edit(NamedTuple):
    """A span of the front matter and its new text.

    `steps` lead to the field, whose new value is `value`.
    """

    start: int
    end: int
    text: str
    steps: Sequence[str | int] = ()
    value: str = ""


class Fixed(NamedTuple):
    """A file's repaired bytes, and the number of repaired values."""

    data: bytes
    values: int


def fix(data: bytes, read: Read, zone: tzinfo) -> Fixed:
    """Return the bytes with all repairs that can be written back as scalars.

    `read` is `read_article` or `read_page`. A file that is not UTF-8, holds characters that YAML
    does not allow, or cannot be read at all stays unchanged. So does TOML.
    """
    values = 0
    for _ in range(_PASSES):
        found = _fix_once(data, read, zone)
        if found.data == data:
            break
        data, values = found.data, values + found.values
    return Fixed(data, values)


def left_in_toml(data: bytes, read: Read, zone: tzinfo) -> int:
    """Return how many values of a file in TOML would be repaired. `fix` leaves TOML as it is."""
    text = redact(frontmatter.decode(data).text).text
    repairs: dict[str, str] = {}
    if is_toml(text):
        with suppress(FrontMatterError):
            parts = frontmatter.split(text)
            value = frontmatter.parse_exact(parts.front, toml=True).value if parts else None
            read(value, _NO_BODY, zone, repairs)
    return len(repairs)


def _fix_once(data: bytes, read: Read, zone: tzinfo) -> Fixed:
    decoded = frontmatter.decode(data)
    # it has the same length, so offsets in it are offsets in the file
    redacted = redact(decoded.text)
    try:
        original = data.decode("utf-8-sig")
        parts = frontmatter.split(redacted.text)
    except (UnicodeDecodeError, FrontMatterError):
        return Fixed(data, 0)
    above = parts.start if parts else 0
    as_written = decoded.text == original.replace("\r\n", "\n").replace("\r", "\n")
    if (
        parts is None
        or parts.toml
        or not as_written
        or not redacted.text.startswith(parts.front, above)
        or not _may_need(parts.front, read, zone)
    ):
        return Fixed(data, 0)
    try:
        found = _edits(parts.front, read, zone)
    except FrontMatterError:
        return Fixed(data, 0)
    edits = [
        edit
        for edit in found
        if decoded.text.startswith(parts.front[edit.start : edit.end], above + edit.start)
    ]
    kept = edits if _says_the_same(parts.front, edits, read, zone) else []
    if not kept:  # at least one of them changes the meaning: try each
        for edit in edits:
            if _says_the_same(parts.front, [*kept, edit], read, zone):
                kept.append(edit)
    crlf = [found.start() - n for n, found in enumerate(re.finditer("\r\n", original))]
    shifted = [
        edit._replace(start=_shift(crlf, above + edit.start), end=_shift(crlf, above + edit.end))
        for edit in kept
    ]
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    return Fixed(mark + _applied(original, shifted).encode(), len(kept)) if kept else Fixed(data, 0)


def _may_need(front: str, read: Read, zone: tzinfo) -> bool:
    """Return whether there may be anything to write. The fast parser answers first, because it is
    quick.
    """
    value = frontmatter.parse_fast(front)
    repairs: dict[str, str] = {}
    try:
        if value is not None:
            read(value, _NO_BODY, zone, repairs)
    except Inexact:
        return True
    return value is None or bool(repairs)


def _edits(front: str, read: Read, zone: tzinfo) -> list[_Edit]:
    """Return the edits, first to last. Raises FrontMatterError."""
    composed = frontmatter.compose(front)
    starts = [0, *(found.end() for found in re.finditer("\n", front))]
    if composed.repaired:
        quoted = composed.front.split("\n")
        places = [
            (line, starts[line - 1] + column - 1) for line, column in sorted(composed.repaired)
        ]
        ends = [*starts[1:], len(front) + 1]
        return [
            _Edit(at, ends[line - 1] - 1, quoted[line - 1][at - starts[line - 1] :])
            for line, at in places
        ]
    repairs: dict[str, str] = {}
    read(frontmatter.parse_exact(front).value, _NO_BODY, zone, repairs)
    edits: dict[int, _Edit] = {}
    for path, value in repairs.items():
        node, steps = frontmatter.find_node(composed.root, path)
        start, end = (starts[mark.line] + mark.column for mark in (node.start_mark, node.end_mark))
        if isinstance(node.value, str) and front[start] not in _NOT_OURS:
            edits[start] = _Edit(
                start,
                end,
                _written(value, node.style, front[starts[node.start_mark.line] : start]),
                steps,
                value,
            )
    return [edits[start] for start in sorted(edits)]


def _written(value: str, style: str | None, before: str) -> str:
    """Return a line of clean text as a scalar in its old style.

    A plain scalar gets quotes if it needs them. `before` is the text before it in its line.
    """
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    plain = not style and _BLOCK.fullmatch(before) and _is_plain(value)
    return value if plain else json.dumps(value, ensure_ascii=False)


def _is_plain(value: str) -> bool:
    """Return whether the text needs no quotes, alone in its line after a key or a dash."""
    import yaml

    try:
        node: Any = yaml.compose(f"- k: {value}\n- {value}", Loader=yaml.SafeLoader)
        scalars = [node.value[0].value[0][1], node.value[1]]
    except (yaml.YAMLError, AttributeError, IndexError, TypeError):
        return False
    return all(
        scalar.value == value and scalar.tag == "tag:yaml.org,2002:str" for scalar in scalars
    )


def _says_the_same(front: str, edits: Sequence[_Edit], read: Read, zone: tzinfo) -> bool:
    """Return whether the edits keep the record, all values except the repaired ones, and each
    warning of a cut value.

    With quotes, the text that YAML cut off would look like an ordinary comment.
    """
    before = frontmatter.parse_exact(front).value
    applied = _applied(front, edits)
    try:
        after = frontmatter.parse_exact(applied).value
    except FrontMatterError:
        return False
    if len(cut_values(applied, 0)) != len(cut_values(front, 0)):
        return False
    record, told = read(before, _NO_BODY, zone, {})
    for edit in edits:
        if edit.steps:
            _put(before, edit.steps, edit.value)
    if after != before:
        return False
    again, told_again = read(after, _NO_BODY, zone, {})
    lasting = [problem for problem in told if problem.severity != "repair"]
    return bool(
        again == record
        and lasting == [problem for problem in told_again if problem.severity != "repair"]
    )


def _put(value: Any, steps: Sequence[str | int], text: str) -> None:
    for step in steps[:-1]:
        value = value[step]
    value[steps[-1]] = text


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    out, at = [], 0
    for edit in edits:
        out += [text[at : edit.start], edit.text]
        at = edit.end
    return "".join([*out, text[at:]])


def _shift(crlf: Sequence[int], place: int) -> int:
    """Convert an offset in the text with LF line ends to one in the original text."""
    return place + bisect_left(crlf, place)
