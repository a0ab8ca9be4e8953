"""Removal of the field `secured` from a file's text, before any parser sees it.

`secured` is an encrypted note of the tool that wrote the file. A parser cannot be trusted to find
it: after an unclosed quote, a block scalar or a stray `---`, it becomes part of a title or of the
body. So newsgen finds it in the raw text, line by line, and overwrites it with spaces. All other
characters keep their line and column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from newsgen.core.front_span import front_span, is_toml
from newsgen.core.patterns import lazily
from newsgen.core.toml_front import secured_span


def _letter(letter: str) -> str:
    """Return a pattern for a letter in either case, or as an escape in double quotes.

    Escapes are those of YAML 1.2.2, section 5.7.
    """
    codes = "|".join(
        rf"\\x{code:02x}|\\u{code:04x}|\\U{code:08x}" for code in (ord(letter), ord(letter.upper()))
    )
    return f"(?:{letter}|{codes})"


# Spaces, and invisible characters that an editor may have put beside the name. A file with one
# damaged byte is read as Windows-1252, and the tool that wrote it may have read it so too. Then
# these begin with the letters in _MISREAD, and other characters of that encoding follow.
_MISREAD = "[\u00c2\u00c3\u00e2\u00e3\u00ef]"
_MISREAD_REST = (
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014"
    "\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122\ufffd]"
)
_WIDE_COLON = "(?:\u00ef\u00bc\u0161|\u00c3\u00af\u00c2\u00bc\u00c5\u00a1)"  # U+FF1A, misread
_GAP = (
    "(?:[ \t\u00a0\u00ad\u200b-\u200f\u2060\ufeff]"
    f"|(?!{_WIDE_COLON}){_MISREAD}(?:(?!{_WIDE_COLON}){_MISREAD_REST})*+)*"
)
_END = rf"(?:(?![\w-])|(?={_MISREAD}))"
_TAGS = rf"(?:[!&][^\s,\[\]{{}}]*{_GAP})*"  # tags and anchors
_NAME = lazily(
    r"(?<![0-9A-Za-z_-])" + r"(?:\\\n[ \t]*)?".join(map(_letter, "secured")) + _END, re.I
)
# The same without escapes, which few files have. It is tried only where the letters are.
_PLAIN_NAME = re.compile(r"(?<![0-9A-Za-z_-])[sS][eE][cC][uU][rR][eE][dD]" + _END)
_ESCAPE = re.compile(r"\\[xuU\n]")
_MARGIN = re.compile(r"[ \t]*(?:-[ \t]+)*")
_LEADING = re.compile(rf"[ \t]*(?:\.\.[ \t]+)?(?:[-?:][ \t]+)*{_TAGS}{_GAP}[\"']?{_GAP}")
_IN_BRACKETS = lazily(rf"[\[{{,][ \t]*(?:\?[ \t]+)?{_TAGS}{_GAP}[\"']?{_GAP}\Z")
_MARK_AFTER = f"(?:[:\uff1a=]|{_WIDE_COLON})"
_COLON = re.compile(rf"{_GAP}[\"']?{_GAP}{_MARK_AFTER}")
_ALONE = lazily(rf"{_GAP}[\"']?{_GAP}(?:#.*)?\n(?:[ \t]*(?:#.*)?\n)*([ \t]*):(?=\s)")
_FAR = 300  # characters before a name that are examined
# What a note looks like: words in the alphabet of base64, its percent encoding and its variants, or
# behind a colon a long word with capitals within that ends its line.
_WORD = r"[\w+/=.%:~-]"
# What there may be between the name and a note: quotation marks of any language, other colons,
# arrows, marks of tables. A link's text and an address are prose.
_BETWEEN = rf"(?:[^\w\n()\[\]<.!?/#&]|{_WIDE_COLON}|(?!{_WIDE_COLON}){_MISREAD}{_MISREAD_REST}*+)"
_NOTE = lazily(
    rf"{_BETWEEN}{{0,12}}(?!https?:|www\.)"
    rf"(?:{_WORD}{{8,400}};{_WORD}{{4}}|(?=[A-Za-z+/_-]{{0,400}}[\d=%]){_WORD}{{24}}"
    rf"|(?<=[:=])[ \t\"']*(?=[A-Za-z\d+/]*[a-z][A-Z]){_WORD}{{16,400}};?[\"']?\s*(?:\n|\Z))"
)
_ONE_WORD = lazily(r"[ \t]*[\"']?(?=[^\n]{8})[^\s\"';]+(?:;[ \t]*[^\s\"';]*)*[\"']?[ \t]*(?:\n|\Z)")
_WRAPPED = lazily(rf"[\"']?(?:(?:{_WORD}|;){{8,}}|[\w+/-]*={{1,2}})[\"']?[ \t]*\Z")
# A line that begins with another key, or closes a bracket, does not continue the line above.
_PROPER = lazily(
    r"""(?:\.\.[ \t]+)?"""
    r"""(?:"[^"\n]*"|'[^'\n]*'|[^\W\d][\w .$/-]{0,60}|<<|\d+)[ \t]*:(?:[ \t]|\Z)|[\]}]|-->"""
)
_FIELD = lazily(
    rf"(?:[?:][ \t]+)*{_TAGS}(?:\"[\w.$-]+\"|'[\w.$-]+'|[\w.$-]+)[ \t]*:(?:[ \t]|\Z)"
    r"|[?:](?:[ \t]|\Z)|[{}]"
)
_OWN_LINE = lazily(
    rf"{_GAP}[\"'?]?{_GAP}{_NAME.pattern}(?:{_COLON.pattern}|{_GAP}[\"']?{_GAP}\Z)", re.I
)
_BLANK_LINE = lazily(r"\n[ \t]*(?=\n)")
_FENCE = lazily(r"(?:---|\.\.\.)[ \t]*\Z")
_QUOTED = lazily(r""""(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_SCALAR = re.compile(r"""\s*(?:"(?:[^"\\]++|\\.)*+"|'(?:[^']|'')*')""", re.S)
_BEFORE_VALUE = re.compile(rf"\s*{_TAGS}")
_BRACKET = lazily(r"""[\[\]{}]|"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'""", re.S)
_REST = re.compile(r"[ \t]*(?:[,\]}].*|(?:[ \t]#.*)?)(?=\n|\Z)")
# A value inside brackets that ends at the next key or the closing bracket.
_CLEAN = lazily(
    r"""[ \t]*(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'"""
    r"""|[^\s"'\[\]{},&*!|>%@`#][^,\[\]{}\n]*|)[ \t]*"""
    r"""(?:,(?=\s*(?:\Z|["'\]}]|[\w-]+[ \t]*:))|(?=[\]}]))"""
)
_MARK = lazily(r"(?:(?<=[\s\[{,:])|^)([&*])([^\s,\[\]{}:]+)", re.M)
_ANCHORED = re.compile(rf"&([^\s,\[\]{{}}]+){_GAP}(?:!\S*{_GAP})?[\"']?\Z")
_SEEN = re.compile(r"\S+")
_MOST = 50  # how often it may be a key in one file


class Redacted(NamedTuple):
    """A file's text without `secured`, with its length unchanged.

    `taken` holds what was removed. `in_body` is the offset of the first removal in the body, -1 if
    there is none. `refused` is the reason why the field could not be removed alone, and `at` the
    offset of the cause; then the whole text is blank.
    """

    text: str
    taken: tuple[str, ...] = ()
    in_body: int = -1
    refused: str = ""
    at: int = -1


class _Key(NamedTuple):
    """An occurrence of the field in a text.

    `begin` and `value` are the offsets of the field and its value. Lines indented further than
    `column` belong to the field. `bracketed` is true inside brackets.
    """

    begin: int
    value: int
    column: int
    bracketed: bool = False


def redact(text: str) -> Redacted:
    """Remove `secured` from a content file's text, as `decode` returns it. Pure.

    In front matter it is removed wherever its name is a key, with the rest of its line and the
    lines that continue it. In the body it is removed from the first lines, as long as each looks
    like a field, and wherever a note follows its name.
    """
    escaped = "\\" in text and _ESCAPE.search(text)
    names = _NAME.finditer(text) if escaped else _plain_names(text)
    first_name = next(names, None)
    if first_name is None:
        return Redacted(text)
    start, end, body = front_span(text)
    toml = is_toml(text)
    fields = _end_of_fields(text, body)
    spans: list[tuple[int, int]] = []
    line = at = shared = -1
    for found in chain((first_name,), names):
        line = max(line, text.rfind("\n", max(line, 0), found.start()) + 1)
        if found.start() < at:
            continue
        if len(spans) == _MOST:
            return _refused(
                text, spans, f"the file names `secured` more than {_MOST} times", found.start()
            )
        if not toml and found.start() < fields and _is_shared(text[:fields], line, found):
            shared = found.start()
        if toml and start <= found.start() < end:
            is_note = bool(_NOTE.match(text, found.end()))
            if span := secured_span(text, start, end, found.span(), is_note):
                at = span[1]
                spans.append(span)
            continue
        key = _key(text, start, line, found, found.start() < fields)
        if key:
            at = _end(text, end if found.start() < end else len(text), key, found.start() < end)
            if end <= found.start() < fields:  # what looks like front matter, up to a blank line
                blank = _BLANK_LINE.search(text, key.value)
                at = max(at, _end(text, blank.start() if blank else len(text), key, True))
            spans.append((key.begin, at))
    out = _blanked(text, spans)
    for first, last in spans:
        if not toml and _is_joined(text[first:last], out[:fields]):
            shared = first
    if shared >= 0:
        return _refused(text, spans, "an anchor or alias joins `secured` to another field", shared)
    return Redacted(
        out, _taken(text, spans), next((first for first, _ in spans if first >= body), -1)
    )


def _plain_names(text: str) -> Iterator[re.Match[str]]:
    """Yield each match of the name without escapes. The text is searched as bytes, one for each
    character, with the letters in lower case. This takes half of a pattern's time, in each article.
    """
    flat = text.encode("ascii", "replace").lower()
    at = flat.find(b"secured")
    while at >= 0:
        if found := _PLAIN_NAME.match(text, at):
            yield found
        at = flat.find(b"secured", at + 1)


def _refused(text: str, spans: list[tuple[int, int]], why: str, at: int) -> Redacted:
    return Redacted(_blank(text), _taken(text, spans), -1, why, at)


def _taken(text: str, spans: list[tuple[int, int]]) -> tuple[str, ...]:
    return tuple([text[first:last] for first, last in spans])


def _blank(text: str) -> str:
    return _SEEN.sub(lambda found: " " * len(found[0]), text)


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    out, at = [], 0
    for first, last in spans:
        out += [text[at:first], _blank(text[first:last])]
        at = last
    return "".join([*out, text[at:]])


def _end_of_fields(text: str, body: int) -> int:
    """Return the offset where the field-like lines at the start of the body end.

    These are lines that look like a field, are indented, or are the remains of a stray `---`.
    """
    at = body
    while at < len(text):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        line = text[at:stop]
        if (
            line.strip()
            and line[0] not in " \t-#"
            and not (_FIELD.match(line) or _FENCE.match(line) or _OWN_LINE.match(line))
        ):
            break
        at = stop + 1
    return min(at, len(text))


def _is_joined(taken: str, fields: str) -> bool:
    """Return whether an anchor or alias in what was removed belongs to one in the other fields."""
    own = _MARK.findall(taken) if "&" in taken or "*" in taken else []
    marks = set(_MARK.findall(fields)) if own else set()
    return any(("*" if mark == "&" else "&", name) in marks for mark, name in own)


def _is_shared(fields: str, line: int, found: re.Match[str]) -> bool:
    """Return whether the name has an anchor used elsewhere: `x: &k secured` and `*k : ...`."""
    anchored = _ANCHORED.search(fields, max(line, found.start() - _FAR), found.start())
    return bool(anchored and ("*", anchored[1]) in _MARK.findall(fields))


def _key(text: str, start: int, line: int, found: re.Match[str], in_fields: bool) -> _Key | None:
    """Return the field if this name is its key."""
    before = (
        text[line : found.start()]
        if found.start() - line < _FAR
        else "x" + text[found.start() - _FAR : found.start()]
    )
    first = found.start() - len(before)
    leading, colon = _LEADING.fullmatch(before), _COLON.match(text, found.end())
    margin = _MARGIN.match(before).end()  # type: ignore[union-attr]  # it always matches
    if in_fields:
        if leading and colon:
            return _Key(first + margin, colon.end(), margin, _open(text[start : found.start()]))
        alone = _ALONE.match(text, found.end()) if leading else None
        if alone:
            return _Key(first + margin, alone.end(), min(margin, len(alone[1])))
        within = _IN_BRACKETS.search(before) if colon else None
        if (
            within
            and colon
            and (before[within.start()] != "," or _open(text[start : found.start()]))
        ):
            return _Key(first + within.start() + 1, colon.end(), margin, True)
    elif leading and colon and _ONE_WORD.match(text, colon.end()):
        return _Key(first + margin, colon.end(), margin)
    elif (
        leading
        and (alone := _ALONE.match(text, found.end()))
        and _ONE_WORD.match(text, alone.end())
    ):
        return _Key(first + margin, alone.end(), min(margin, len(alone[1])))
    return _Key(found.start(), found.end(), margin) if _NOTE.match(text, found.end()) else None


def _open(text: str) -> bool:
    """Return whether braces are open at the end of a text."""
    if "{" not in text:
        return False
    plain = _QUOTED.sub("", text)
    return plain.count("{") > plain.count("}")


def _end(text: str, limit: int, key: _Key, in_front: bool) -> int:
    """Return the offset where the field ends.

    It ends with its line, where its quotes or brackets are closed, or with the last line that
    continues it.
    """
    if key.bracketed and (clean := _CLEAN.match(text, key.value, limit)):
        return clean.end()
    end = _closed(text, limit, key.value)
    at = end + 1
    while at < limit:
        stop = text.find("\n", at, limit)
        stop = limit if stop < 0 else stop
        line = text[at:stop].lstrip(" \t")
        if line and line[0] != "#":
            if not _goes_on(line, stop - at - len(line), key.column, in_front):
                break
            end = stop
        at = stop + 1
    return end


def _goes_on(line: str, indent: int, column: int, in_front: bool) -> bool:
    """Return whether a line, without its indent, continues a field at this column."""
    if _FENCE.match(line) and not indent:
        return False
    if indent > column or (indent == column and (line[0] == ":" or line[:2] in ("-", "- "))):
        return True
    if _WRAPPED.match(line):
        return True
    # In front matter, an unindented line that is not a key can only continue a value that was
    # wrapped or is unclosed.
    return in_front and not indent and not _PROPER.match(line) and line[:2] not in ("- ", "? ")


def _closed(text: str, limit: int, value: int) -> int:
    """Return the end of the line on which the value ends.

    This is its first line, unless it is in quotes or brackets that are closed.
    """
    tags = _BEFORE_VALUE.match(text, value, limit)
    at = tags.end() if tags else value
    last = _SCALAR.match(text, at, limit)
    after = (
        last.end()
        if last
        else _balanced(text, limit, at)
        if text[at : at + 1] in ("[", "{")
        else -1
    )
    rest = _REST.match(text, after, limit) if after >= 0 else None
    stop = text.find("\n", value, limit)
    return rest.end() if rest else limit if stop < 0 else stop


def _balanced(text: str, limit: int, at: int) -> int:
    """Return the offset after the bracket that closes the one opened here, or -1 without one."""
    depth = 0
    for found in _BRACKET.finditer(text, at, limit):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if not depth:
            return found.end()
    return -1
