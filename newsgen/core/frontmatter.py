"""Front matter: split a file, parse it with a fast or an exact parser, locate fields.

Front matter is YAML between lines `---`, TOML between lines `+++`, or a mapping in JSON, which is
parsed as the YAML that it is (YAML 1.2.2, section 1.3). Fields in lines without a fence, as Pelican
and Nikola have them, and those in a head of HTML are turned into YAML.

The schema decides the type of a scalar, not the parser, so both parsers may return a scalar as its
text. The fast parser (in Rust) converts YAML 1.2 numbers and booleans itself. Where that would lose
the text as written, or where the fast parser refuses the input, the exact parser decides. It uses
PyYAML's node tree, keeps every scalar as text, and is the only one that knows positions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from newsgen.core.alias_names import ALIASES, folded
from newsgen.core.front_span import find_span, language_of_code
from newsgen.core.html_head import html_head_as_yaml
from newsgen.core.line_fields import line_fields_as_yaml
from newsgen.core.patterns import lazily
from newsgen.core.toml_front import as_text, locate_toml, parse_toml
from newsgen.core.yaml_nodes import FrontMatterError as FrontMatterError
from newsgen.core.yaml_nodes import compose_nodes, typed_scalar

try:
    import yaml_rs
except ImportError:  # no wheel for this platform: the exact parser does all the work, slower
    yaml_rs = None  # type: ignore[assignment]

MAX_BYTES = 300_000  # limit of the front matter, see docs/security.md: twice that of real files
_MAX_REPAIRING = 20_000_000  # characters parsed again in all, to repair one file

# The characters that YAML excludes (YAML 1.2.2, section 5.1), with NUL and lone surrogates, and the
# noncharacters from U+FDD0 on, because BREAKS uses three of them as placeholders.
_NOT_YAML = lazily(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# C1 controls appear where UTF-8 or Windows-1252 was read as Latin-1. NEL is an exception: YAML
# allows it.
_CP1252 = {
    code: bytes([code]).decode("cp1252", "ignore") or chr(code)
    for code in range(0x80, 0xA0)
    if code != 0x85
}
# Windows-1252 leaves five bytes undefined, so a misread character may mix both, as in `â€\x9d`.
_BYTES = {shown: code for code, shown in _CP1252.items()} | {chr(n): n for n in range(0x80, 0x100)}
_NEXT = re.escape("".join(shown for shown, code in _BYTES.items() if code < 0xC0))
_C1 = re.compile(f"[\xc2-\xf4][{_NEXT}]{{1,3}}|[\x80-\x84\x86-\x9f]")
_IS_C1 = re.compile("[\x80-\x84\x86-\x9f]")
_HARMLESS = bytes({9, 10, 13, *range(32, 127), *range(128, 256)} - {0xC2, 0xEF})
_UNBREAKS = str.maketrans("\ufdd0\ufdd1\ufdd2", "\x85\u2028\u2029")
# A character escaped as a surrogate pair, as in JSON. YAML has no such escape.
_PAIR = lazily(r"(?<!\\)((?:\\\\)*)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
# Input that the two parsers could read differently: tags, anchors, aliases, keys that are not plain
# names, values that YAML 1.1 and 1.2 read differently inside [] and {}, and nesting that is deep or
# on one line, which could overflow the fast parser's stack.
_ODD_VALUE = re.compile(r": +(?:[!&*]|[|>].*\n(?! +[^ \n]))")
_ODD_LINE = re.compile(r"\n(?: {16,}+[^ \n]|--- |\.\.\. | *(?:[!&*?:,|>]|- +[!&*?:|>-]))")
_ODD_FLOW = re.compile(
    r"[\[{,]\s*[!&*?:|>@%`-]|:\s+[?:|>@%`]|:[\]},:?|>!&*@%`]|(?:[:-] +|\n *)[\[{](?!.*[\]}] *\n)"
)
_MAX_BRACKETS = 30
_COLON = lazily(r"""(\s*(?:-\s+)*[\w.-]+:[ ]+)([^\s"'\[\]{}|>&*!%@`#][^\n]*?:(?:[ ][^\n]*|))""")
_COMMENT = lazily(r"[ \t]#.*")
_STEP = lazily(r"\.([^.\[\]]+)|\[(\d+)\]")
_NULLS = ("", "~", "null", "Null", "NULL")


_MOST_BYTES = 4 * MAX_BYTES  # a character takes at most four bytes in UTF-8
_OPEN_BYTES = lazily(
    rb"(?:\xef\xbb\xbf)?[ \t\r\n]*(?:---(?:[ \t]*(?:json|ya?ml|toml))?|\+\+\+)[ \t]*"
    rb"(?:#[^\r\n]*)?[\r\n]"
)
_CLOSE_BYTES = lazily(rb"[\r\n](?:---|\.\.\.|\+\+\+)[ \t]*(?:[\r\n]|\Z)")


class Text(NamedTuple):
    """A file as text with LF line ends.

    `encoding` is the encoding that was detected, `dropped` the number of removed control characters
    that YAML does not allow.
    """

    text: str
    encoding: str
    dropped: int = 0


class Parts(NamedTuple):
    """The front matter and the body of a file.

    `start` is the offset of the front matter, `above` the number of lines before it. `toml` is
    true for TOML; JSON is YAML.
    """

    front: str
    body: str
    start: int
    above: int
    toml: bool = False


def decode(data: bytes) -> Text:
    """Decode bytes as UTF-8, or as Windows-1252 if they are not valid UTF-8."""
    try:
        text, encoding = data.decode().removeprefix("\ufeff"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = (
            data.removeprefix(b"\xef\xbb\xbf").decode("cp1252", "replace"),
            "windows-1252",
        )
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    # A cheap check of the bytes: only a C0 control, or the lead byte of C1 or U+FFFE, can mean such
    # a character.
    if data.translate(None, _HARMLESS):
        text = _C1.sub(_as_meant, text.replace("\ufeff", ""))
        text, dropped = _NOT_YAML.subn("", text)
        return Text(text, encoding, dropped)
    return Text(text, encoding)


def _as_meant(found: re.Match[str]) -> str:
    shown = found[0]
    if not _IS_C1.search(shown):
        return shown  # left to `repair`
    size = 1 + (shown[0] >= "\xc2") + (shown[0] >= "\xe0") + (shown[0] >= "\xf0")
    try:
        meant = bytes([_BYTES[one] for one in shown[:size]]).decode()
    except UnicodeDecodeError:
        return shown.translate(_CP1252)
    return meant + shown[size:].translate(_CP1252)


def check_size(data: bytes) -> None:
    """Check that the front matter ends within the allowed size, before the file is decoded.

    Decoding and splitting take many times the file's size in memory. Raises FrontMatterError if the
    front matter must be too large or is not closed.
    """
    if (
        len(data) <= _MOST_BYTES
        or not _OPEN_BYTES.match(data)
        or _CLOSE_BYTES.search(data, _OPEN_BYTES.match(data).end() - 1, _MOST_BYTES)  # type: ignore[union-attr]
    ):
        return
    raise _too_large() if _CLOSE_BYTES.search(data, _MOST_BYTES - 8) else _unclosed()


def decode_head(data: bytes) -> Text:
    """Decode the first lines of a file, as many as may hold front matter."""
    return decode(
        data if len(data) <= 2 * _MOST_BYTES else data[: data.rfind(b"\n", 0, 2 * _MOST_BYTES) + 1]
    )


def _too_large() -> FrontMatterError:
    return FrontMatterError(
        f"the front matter is over {MAX_BYTES:,} characters", 1, 1, "front-matter-too-large"
    )


def _unclosed(end: str = "a line with ---") -> FrontMatterError:
    return FrontMatterError(
        f"the front matter is not closed by {end}", 1, 1, "unclosed-front-matter"
    )


def split(text: str) -> Parts | None:
    """Return the front matter and the body, or None if the text has no front matter.

    Raises FrontMatterError if the front matter is not closed, too large, or code.
    """
    span = find_span(text)
    if not span:
        if language := language_of_code(text):
            message = f"the front matter is {language}, which newsgen does not run"
            hint = "write the fields as YAML, TOML or JSON"
            raise FrontMatterError(message, 0, 1, "front-matter-code", hint)
        return None
    if span.end < 0:
        raise _unclosed(_ENDS["yaml" if "---" in text[: span.start] else span.kind])
    front = text[span.start : span.end]
    if len(front) > MAX_BYTES:
        raise _too_large()
    if span.kind in _AS_YAML:
        front = _AS_YAML[span.kind](front)
    elif "\\" in front and "\\u" in front and span.kind != "toml":
        front = _PAIR.sub(
            lambda pair: pair[1] + bytes.fromhex(pair[2] + pair[3]).decode("utf-16-be"), front
        )
    above = text.count("\n", 0, span.start)
    return Parts(front, text[span.body :], span.start, above, span.kind == "toml")


_AS_YAML = {"lines": line_fields_as_yaml, "html": html_head_as_yaml}
_ENDS = {"yaml": "a line with ---", "toml": "a line with +++", "json": "a brace }"}


def parse_fast(front: str) -> Any:
    """Parse YAML quickly, or return None where only the exact parser may decide.

    That is the case for malformed YAML, duplicate keys, and features that the two parsers could
    read differently.
    """
    lines = "\n" + front
    if yaml_rs is None or "\t" in front or _ODD_VALUE.search(front) or _ODD_LINE.search(lines):
        return None
    if ("[" in front or "{" in front) and (
        front.count("[") + front.count("{") > _MAX_BRACKETS or _ODD_FLOW.search(lines)
    ):
        return None
    try:
        return yaml_rs.loads(front, parse_datetime=False, alias_limits=_NO_ALIASES)
    except yaml_rs.YAMLDecodeError:
        return None


_NO_ALIASES = None if yaml_rs is None else yaml_rs.AliasLimits(max_total_replayed_events=0)


class Duplicate(NamedTuple):
    """A repeated key: its field path, and the value of an earlier one."""

    path: str
    earlier: Any


class Exact(NamedTuple):
    """A YAML value whose scalars are all text (null is None), and what was unusual about it.

    `duplicates` holds repeated keys. The last one counts. `repaired` holds the line and
    column, from 1, of plain scalars that contain a colon and were read as text. `root` is YAML's
    node tree, `plain` the value as TOML types it.
    """

    value: Any
    duplicates: tuple[Duplicate, ...]
    repaired: tuple[tuple[int, int], ...]
    root: Any = None
    plain: Any = None

    def typed(self) -> Any:
        """Return the value with numbers and booleans as YAML 1.2 or TOML types them."""
        return self.plain if self.root is None else _construct(self.root, "$", [], typed_scalar)


def parse_exact(front: str, toml: bool = False) -> Exact:
    """Parse front matter with every scalar as its text.

    Raises FrontMatterError with line and column.
    """
    if toml:
        value = parse_toml(front)
        return Exact(as_text(value), (), (), plain=value)
    composed = compose(front)
    duplicates: list[Duplicate] = []
    value = None if composed.root is None else _construct(composed.root, "$", duplicates)
    return Exact(value, tuple(duplicates), composed.repaired, composed.root)


class Composed(NamedTuple):
    """PyYAML's node tree (None for an empty text), and the text it was parsed from.

    Plain scalars with a colon were quoted in that text; `repaired` is as in `Exact`.
    """

    root: Any
    repaired: tuple[tuple[int, int], ...]
    front: str


def compose(front: str) -> Composed:
    """Return the node tree, with plain scalars that contain a colon quoted.

    An example is `name: DM: Diablo Immortal`. Only lines that the parser refuses are changed, one
    at a time. Raises FrontMatterError.
    """
    repaired: list[tuple[int, int]] = []
    lines = front.split("\n")
    blank = 0
    while True:
        try:
            return Composed(compose_nodes(front), tuple(repaired), front)
        except FrontMatterError as error:
            line = lines[error.line - 1] if 0 < error.line <= len(lines) else ""
            # an empty line (YAML 1.2.2, section 6.4), which libyaml refuses
            if line.isspace() and blank * len(front) <= _MAX_REPAIRING:
                lines = ["" if one.startswith("\t") and one.isspace() else one for one in lines]
                lines[error.line - 1] = ""
                front = "\n".join(lines)
                blank += 1
                continue
            found = _COLON.fullmatch(line)
            if not found or len(repaired) * len(front) > _MAX_REPAIRING:
                raise
            value = _COMMENT.sub("", found[2]).rstrip()
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            lines[error.line - 1] = f'{found[1]}"{escaped}"{found[2][len(value) :]}'
            repaired.append((error.line, len(found[1]) + 1))
            front = "\n".join(lines)


def locate_fields(text: str, paths: Sequence[str], whole: bool = False) -> list[tuple[int, int]]:
    """Return line and column of the value at each path, such as `$.related[3].title`.

    They count from 1 within the file, which has front matter or, with `whole`, is YAML. A path that
    does not exist has the position of its nearest existing parent. If the YAML cannot be parsed,
    all are (0, 0).
    """
    try:
        parts = None if whole else split(text)
    except FrontMatterError:
        parts = None
    if parts and parts.toml:
        marks = locate_toml(parts.front, paths)
        return [(line + parts.above, column) for line, column in marks]
    front, above = (parts.front, parts.above) if parts else (text, 0)
    try:
        root = compose(front).root
    except FrontMatterError:
        return [(0, 0)] * len(paths)
    if root is None:
        return [(1, 1)] * len(paths)
    nodes = [find_node(root, path)[0].start_mark for path in paths]
    return [(mark.line + 1 + above, mark.column + 1) for mark in nodes]


def find_node(root: Any, path: str) -> tuple[Any, list[str | int]]:
    """Return PyYAML's node at a field path, or its nearest existing parent, and the steps to it.

    A field may be there under an alias or in another spelling, and a single value may represent a
    list of one.
    """
    import yaml

    node, steps = root, list[str | int]()
    for name, index in _STEP.findall(path):
        if index == "0" and not isinstance(node, yaml.SequenceNode):
            continue
        if name and isinstance(node, yaml.MappingNode):
            fields = {key.value: value for key, value in node.value if isinstance(key.value, str)}
            aliases = (alias for alias, field in ALIASES.items() if field == name and node is root)
            found = next((one for one in (name, *aliases) if one in fields), name)
            child = fields.get(found) or next(
                (value for key, value in fields.items() if folded(key) == folded(name)), None
            )
        elif index and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
            child = node.value[int(index)]
        else:
            child = None
        if child is None:
            break
        node = child
        steps.append(name or int(index))
    return node, steps


def _construct(
    node: Any, path: str, duplicates: list[Duplicate], typed: Callable[[str], Any] | None = None
) -> Any:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        if node.tag == "tag:yaml.org,2002:null" and node.value in _NULLS:
            return None
        text = node.value.translate(_UNBREAKS)
        return typed(text) if typed and not node.style else text
    if isinstance(node, yaml.SequenceNode):
        return [
            _construct(item, f"{path}[{i}]", duplicates, typed) for i, item in enumerate(node.value)
        ]
    out: dict[str, Any] = {}
    for key_node, value_node in node.value:
        name = (
            key_node.value.translate(_UNBREAKS)
            if isinstance(key_node, yaml.ScalarNode)
            else str(key_node.start_mark)
        )
        if name in out:
            duplicates.append(Duplicate(f"{path}.{name}", out[name]))
        out[name] = _construct(value_node, f"{path}.{name}", duplicates, typed)
    return out
