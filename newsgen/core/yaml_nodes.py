"""YAML as PyYAML's node tree, with limits for untrusted articles, and errors with positions."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from typing import Any

from newsgen.core.patterns import lazily

MAX_DEPTH = 100
MAX_ALIASES = 10_000
_TOO_DEEP = f"it is nested more than {MAX_DEPTH} levels deep"
# a value that begins with a character that YAML reserves
_HASHTAG = lazily(r"[\[{,]\s*#\S")  # where YAML begins a comment inside [] and {}
_RESERVED = lazily(r"\s*(?:- +)*[\w.-]+: +[@`%*&!|>\[{?\"'-]")
_MAX_REDEFINING = 100_000  # characters; PyYAML's Python loader takes about a second for them
# NEL, LS and PS are line breaks in YAML 1.1, which PyYAML reads, but text in YAML 1.2.
BREAKS = str.maketrans("\x85\u2028\u2029", "\ufdd0\ufdd1\ufdd2")


_INTEGER = lazily(
    r"[-+]?(?:[0-9][0-9_]*|(0(?:[xX][0-9a-fA-F_]+|[oO][0-7_]+|[bB][01_]+)))", re.ASCII
)
_FLOAT = lazily(r"[-+]?(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_CONSTANTS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{
        sign + word: float(sign + word[1:])
        for sign in ("", "+", "-")
        for word in (".inf", ".Inf", ".INF")
    },
    **{word: float("nan") for word in (".nan", ".NaN", ".NAN")},
}
_MOST_DIGITS = 1000  # Python refuses to read thousands of digits


class FrontMatterError(ValueError):
    """YAML that cannot be repaired. `line` and `column` count from 1 within the front matter."""

    def __init__(
        self,
        message: str,
        line: int = 0,
        column: int = 0,
        code: str = "malformed-yaml",
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.line = line
        self.column = column


def typed_scalar(text: str) -> Any:
    """Return a plain scalar as the fast parser types it (YAML 1.2.2, section 10.3.2)."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) > _MOST_DIGITS:
        return text
    with suppress(ValueError):
        if found := _INTEGER.fullmatch(text):
            return int(text.replace("_", ""), 0 if found[1] else 10)
        if _FLOAT.fullmatch(text):
            return float(text.replace("_", ""))
    return text


def compose_nodes(front: str) -> Any:
    """Return PyYAML's node tree.

    Raises FrontMatterError, also for YAML that is nested too deep or whose aliases expand too far.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    front = front.translate(BREAKS)
    try:
        if _guard(yaml.parse(front, Loader=loader)) and len(front) < _MAX_REDEFINING:
            loader = _redefining_loader()
        return yaml.compose(front, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        problem = str(error.problem or error.context)
        if problem == "second occurrence":
            raise FrontMatterError(
                "an anchor (&name) is defined twice",
                line,
                column,
                hint="give the second one another name",
            ) from None
        # libyaml reads ahead, so its own limit may apply before ours
        if "nesting depth" in problem:
            raise FrontMatterError(_TOO_DEEP, line, column, "nested-too-deep") from None
        lines = front.split("\n")
        # after the last line if the text ends too early
        found = lines[line - 1] if 0 < line <= len(lines) else ""
        hint = _hint(problem, found, column) or _hint_above(lines[: line - 1])
        raise FrontMatterError(problem, line, column, hint=hint) from None
    except yaml.YAMLError as error:
        raise FrontMatterError(str(error).split("\n")[0]) from None


def _hint(problem: str, line: str, column: int) -> str:
    """Return a hint for a line that is not valid YAML."""
    if "escape" in problem or "hexdecimal" in problem:  # as libyaml spells it
        return "write a backslash as \\\\, or put the value in single quotes"
    if line[column - 1 : column] in ("@", "`", "%"):
        return "put the value in double quotes"
    # between [] or {}, tabs may indent
    before = line[: len(line) - len(line.lstrip("- \t"))]
    if "\t" in before and "expected ',' or" not in problem:
        return "indent with spaces: YAML does not allow tabs there"
    if _RESERVED.match(line):
        return "put the value in double quotes"
    return ""


def _hint_above(lines: list[str]) -> str:
    """Return a hint for a list that is cut by a comment: `[AI, #news]`."""
    last = next(filter(str.strip, reversed(lines)), "")
    return "put values that begin with # in double quotes" if _HASHTAG.search(last) else ""


@cache
def _redefining_loader() -> Any:
    """Return PyYAML's Python loader, changed to allow anchors that are defined again.

    YAML allows that (YAML 1.2.2, section 7.1), but libyaml refuses it.
    """
    import yaml

    class Loader(yaml.SafeLoader):
        def compose_node(self, parent: Any, index: Any) -> Any:
            if not self.check_event(yaml.AliasEvent):
                event: Any = self.peek_event()  # type: ignore[no-untyped-call]
                self.anchors.pop(event.anchor, None)
            return super().compose_node(parent, index)

    return Loader


def _guard(events: Any) -> bool:
    """Return whether an anchor is defined twice. Raises FrontMatterError beyond the limits.

    The limits are MAX_DEPTH levels, including those inside aliases, and MAX_ALIASES nodes that
    aliases expand to. A scalar counts as one more node for each thousand characters.
    """
    import yaml

    depth = weight = expanded = 0
    twice = False
    deepest = [0]  # the deepest level in each open collection and in the document
    opened: list[tuple[str | None, int]] = []
    # weight and height of each anchor; an open one has MAX_DEPTH, to refuse recursion
    known: dict[str, tuple[int, int]] = {}
    for event in events:
        if isinstance(event, yaml.AliasEvent):
            # the composer refuses unknown ones
            size, height = known.get(event.anchor or "", (0, 0))
            weight += size
            expanded += size
            if expanded > MAX_ALIASES:
                raise _refusal(
                    f"its aliases expand to more than {MAX_ALIASES:,} values",
                    event,
                    "too-many-aliases",
                )
            deepest[-1] = max(deepest[-1], depth + height)
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            opened.append((event.anchor, weight))
            if event.anchor:
                twice = twice or event.anchor in known
                known[event.anchor] = (1, MAX_DEPTH)
            weight += 1
            deepest.append(depth)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            anchor, before = opened.pop()
            reached = deepest.pop()
            deepest[-1] = max(deepest[-1], reached)
            if anchor:
                known[anchor] = (weight - before, reached - depth)
        elif isinstance(event, yaml.ScalarEvent):
            size = 1 + len(event.value) // 1000
            weight += size
            if event.anchor:
                twice = twice or event.anchor in known
                known[event.anchor] = (size, 0)
        if deepest[-1] > MAX_DEPTH:
            raise _refusal(_TOO_DEEP, event, "nested-too-deep")
    return twice


def _refusal(message: str, event: Any, code: str) -> FrontMatterError:
    mark = event.start_mark
    return FrontMatterError(message, mark.line + 1, mark.column + 1, code)
