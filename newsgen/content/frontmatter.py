"""Front matter: split a file, parse its YAML fast or exactly, find where a field stands.

Scalars are typed by the schema, not by the parser: both parsers may hand over a scalar as the
text that stands in the file. The fast one (Rust) resolves YAML 1.2 numbers and booleans on its
own; wherever that loses what was written, or the fast one refuses, the exact one decides. It is
PyYAML's node tree, with every scalar as text, and it is the only one that knows positions.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

try:
    import yaml_rs
except ImportError:  # a platform without a wheel: the exact parser does it all, slower
    yaml_rs = None  # type: ignore[assignment]

MAX_BYTES = 1_000_000  # front matter, docs/interface.md
MAX_DEPTH = 100
MAX_ALIASES = 10_000

_OPEN = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
# What YAML's own character set leaves out (YAML 1.2.2, section 5.1), NUL and lone surrogates among it.
_NOT_YAML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_HARMLESS = bytes({9, 10, 13, *range(32, 127), *range(128, 256)} - {0xC2, 0xEF})
_DEEP = ("\n" + " " * 60, "- - - - ", "? ? ? ? ")
_COLON = re.compile(r"""^(\s*(?:-\s+)*[\w.-]+:[ ]+)([^\s"'\[\]{}|>&*!%@`#][^\n]*?:(?:[ ][^\n]*|))$""")


class FrontMatterError(ValueError):
    """YAML that no repair mends. `line` and `column` count from 1 within the front matter."""

    def __init__(self, message: str, line: int = 0, column: int = 0, code: str = "malformed-yaml") -> None:
        super().__init__(message)
        self.code = code
        self.line = line
        self.column = column


class Text(NamedTuple):
    """A file as text with LF line ends; `encoding` is what its bytes turned out to be,
    `dropped` counts control characters that YAML does not allow."""

    text: str
    encoding: str
    dropped: int = 0


class Parts(NamedTuple):
    """A file's YAML and body."""

    front: str
    body: str


class Mended(NamedTuple):
    """Front matter whose plain scalars with a colon were quoted, and on which lines."""

    front: str
    lines: tuple[int, ...]


def decode(data: bytes) -> Text:
    """The bytes as UTF-8, or as Windows-1252 where they are not."""
    try:
        text, encoding = data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = data.removeprefix(b"\xef\xbb\xbf").decode("cp1252", "replace"), "windows-1252"
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # Bytes tell cheaply whether the text can hold such a character: a C0 control, or the lead byte of C1 and U+FFFE.
    if data.translate(None, _HARMLESS):
        text, dropped = _NOT_YAML.subn("", text)
        return Text(text, encoding, dropped)
    return Text(text, encoding)


def split(text: str) -> Parts | None:
    """The front matter and the body, or None where the text has no front matter.

    Raises FrontMatterError where it is not closed or too large.
    """
    opened = _OPEN.match(text)
    if not opened:
        return None
    closed = _CLOSE.search(text, opened.end() - 1)
    if not closed:
        raise FrontMatterError("the front matter is not closed by a line with ---", 1, 1, "unclosed-front-matter")
    front = text[opened.end() : closed.start() + 1]
    if len(front) > MAX_BYTES:
        raise FrontMatterError(f"the front matter is over {MAX_BYTES:,} characters", 1, 1, "front-matter-too-large")
    return Parts(front, text[closed.end() :])


def parse_fast(front: str) -> Any:
    """The YAML as Python values, quickly, or None where only the exact parser may decide:
    malformed, duplicate keys, aliases or nesting out of the ordinary."""
    if yaml_rs is None or front.count("[") + front.count("{") > MAX_DEPTH // 2 or any(mark in front for mark in _DEEP):
        return None
    try:
        return yaml_rs.loads(front, parse_datetime=False, alias_limits=_ALIASES)
    except yaml_rs.YAMLDecodeError:
        return None


_ALIASES = None if yaml_rs is None else yaml_rs.AliasLimits(max_total_replayed_events=MAX_ALIASES)


class Exact(NamedTuple):
    """The YAML with every scalar as its text (null as None), and what was odd about it.

    `duplicates` holds the field paths of keys that stand twice (the last one counts).
    """

    value: Any
    duplicates: tuple[str, ...]
    mended: tuple[int, ...]


def parse_exact(front: str) -> Exact:
    """The YAML as written. Raises FrontMatterError with line and column."""
    mended = Mended(front, ())
    try:
        node = _compose(front)
    except FrontMatterError:
        mended = quote_colons(front)
        if not mended.lines:
            raise
        node = _compose(mended.front)
    duplicates: list[str] = []
    value = None if node is None else _construct(node, "$", duplicates)
    return Exact(value, tuple(duplicates), mended.lines)


def quote_colons(front: str) -> Mended:
    """Quote plain scalars that hold a colon, as in `name: DM: Diablo Immortal`."""
    out, mended = [], []
    for number, line in enumerate(front.split("\n"), 1):
        found = _COLON.match(line)
        if found:
            escaped = found[2].rstrip().replace("\\", "\\\\").replace('"', '\\"')
            line = f'{found[1]}"{escaped}"'
            mended.append(number)
        out.append(line)
    return Mended("\n".join(out), tuple(mended))


def locate_field(text: str, path: str) -> tuple[int, int]:
    """Line and column, from 1 within the file, of the value at a path such as `$.related[3].title`.

    The file may have front matter or be YAML as a whole. Where the path does not exist, the
    nearest parent that does; (0, 0) where the YAML cannot be read.
    """
    import yaml

    try:
        parts = split(text)
        front, above = (parts.front, 1) if parts else (text, 0)
        try:
            node = _compose(front)
        except FrontMatterError:
            node = _compose(quote_colons(front).front)
    except FrontMatterError:
        return 0, 0
    if node is None:
        return 1, 1
    for name, index in re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path):
        if name and isinstance(node, yaml.MappingNode):
            child = next((v for k, v in reversed(node.value) if k.value == name), None)
        elif index and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
            child = node.value[int(index)]
        else:
            child = None
        if child is None:
            break
        node = child
    return node.start_mark.line + 1 + above, node.start_mark.column + 1


def _compose(front: str) -> Any:
    """PyYAML's node tree. Raises FrontMatterError; refuses what is too deep or expands too far."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _guard(yaml.parse(front, Loader=loader))
        return yaml.compose(front, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise FrontMatterError(str(error.problem or error.context), line, column) from None
    except yaml.YAMLError as error:
        raise FrontMatterError(str(error).split("\n")[0]) from None


def _guard(events: Any) -> None:
    """Refuse more than MAX_DEPTH levels, and aliases that expand to more than MAX_ALIASES nodes."""
    import yaml

    depth = expanded = 0
    sizes: dict[str, int] = {}
    open_anchors: list[tuple[str | None, int]] = []
    total = 0
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            size = sizes.get(event.anchor or "", 1)
            expanded += size
            total += size
            if expanded > MAX_ALIASES:
                raise _refusal(f"its aliases expand to more than {MAX_ALIASES:,} values", event, "too-many-aliases")
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            total += 1
            open_anchors.append((event.anchor, total))
            if depth > MAX_DEPTH:
                raise _refusal(f"it is nested more than {MAX_DEPTH} levels deep", event, "nested-too-deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            anchor, before = open_anchors.pop()
            if anchor:
                sizes[anchor] = total - before + 1
        elif isinstance(event, yaml.ScalarEvent):
            total += 1


def _refusal(message: str, event: Any, code: str) -> FrontMatterError:
    mark = event.start_mark
    return FrontMatterError(message, mark.line + 1, mark.column + 1, code)


def _construct(node: Any, path: str, duplicates: list[str]) -> Any:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        plain_null = node.style is None and node.value in ("", "~", "null", "Null", "NULL")
        return None if plain_null or (node.tag == "tag:yaml.org,2002:null" and not node.value) else node.value
    if isinstance(node, yaml.SequenceNode):
        return [_construct(item, f"{path}[{i}]", duplicates) for i, item in enumerate(node.value)]
    out: dict[str, Any] = {}
    for key_node, value_node in node.value:
        name = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.start_mark)
        if name in out:
            duplicates.append(f"{path}.{name}")
        out[name] = _construct(value_node, f"{path}.{name}", duplicates)
    return out
