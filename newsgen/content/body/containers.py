"""Convert other tools' boxes in Markdown, and remove MDX syntax. Pure.

Containers (`:::note` to `:::`) are those of Docusaurus, VuePress and Astro; `!!! note` with
indented lines is an admonition of Python-Markdown. Both become GitHub's alerts, on the same lines.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from newsgen.content.body.fences import FENCED, fenced_lines
from newsgen.core.patterns import lazily

_OPENS = lazily(
    r"(?P<indent>[ \t]*)(?P<marks>:{3,})[ \t]*\{?[ \t]*\.?(?P<kind>[A-Za-z][\w-]*)(?P<title>.*)"
)
_CLOSES = lazily(r"[ \t]*(?P<marks>:{3,})[ \t]*")
_ADMONITION = lazily(
    r"(?P<indent>[ \t]*)(?:!!!|\?\?\?\+?)[ \t]+(?P<kind>[a-z][\w-]*+)[ \t\w-]*+"
    r"(?:\"(?P<title>.*)\")?[ \t]*"
)
_MARKS = lazily(r"[*_`]|!?\[([^\[\]]*)\]\([^()\s]*\)")
# The kinds of boxes of other tools, and GitHub's alerts.
ALERTS = {
    **dict.fromkeys(("note", "info", "details", "abstract", "question", "example"), "NOTE"),
    **dict.fromkeys(("tip", "success", "hint"), "TIP"),
    "important": "IMPORTANT",
    **dict.fromkeys(("warning", "attention", "warn"), "WARNING"),
    **dict.fromkeys(("danger", "caution", "error", "bug", "failure"), "CAUTION"),
}
_DEEPEST = 10  # levels of nested boxes, because each level writes its lines again
# Comments of MDX, and imports of its components.
_MDX = lazily(
    rf"{FENCED.pattern}"
    r"|(?<!`)(?P<comment>\{/\*(?:(?!\{/\*)[^`])*?\*/\})"
    r"|^import[ \t]+(?:[\w$*{},\s]{1,300}?\sfrom[ \t]+)?[\"'][^\"'\n]+[\"'];?[ \t]*$",
    re.M,
)


class _Box(NamedTuple):
    """A container: its lines from the mark to the end, its indentation, and its first line."""

    start: int
    end: int
    indent: int
    kind: str
    title: str
    dedent: int = 0


def plain_boxes(text: str) -> str:
    """Return a body with alerts in place of other tools' boxes, without MDX. Lines stay.

    An import is left as a tag of a template language, so that it is reported.
    """
    if ("{" in text and "{/*" in text) or "\nimport " in text or text.startswith("import "):
        text = _MDX.sub(_without_mdx, text)
    if any(sign[0] in text and sign in text for sign in (":::", "!!!", "???")):
        lines = text.split("\n")
        fenced = fenced_lines(text)
        for box in (*_containers(lines, fenced), *_admonitions(lines, fenced)):
            _into_alert(lines, box)
        text = "\n".join(lines)
    return text


def _without_mdx(found: re.Match[str]) -> str:
    if found["fence"]:
        return found[0]
    return ("" if found["comment"] else "{% import %}") + "\n" * found[0].count("\n")


def _containers(lines: list[str], fenced: set[int]) -> list[_Box]:
    """Return the containers that end, the innermost first."""
    found, opened = list[_Box](), list[tuple[int, re.Match[str]]]()
    for n, line in enumerate(lines):
        if ":::" not in line or n in fenced:
            continue
        if closes := _CLOSES.fullmatch(line):
            if opened and len(opened[-1][1]["marks"]) <= len(closes["marks"]):
                start, mark = opened.pop()
                kind, title = mark["kind"].lower(), _without_options(mark["title"])
                found.append(_Box(start, n, len(mark["indent"]), kind, title))
        elif (opens := _OPENS.fullmatch(line)) and len(opened) < _DEEPEST:
            opened.append((n, opens))
    return found


def _without_options(title: str) -> str:
    """Return a title without the options in braces after it, and without its brackets."""
    title = title.rstrip(" \t:")
    if title.endswith("}"):
        title = title[: max(title.rfind("{"), 0)]
    return title.strip().removeprefix("[").removesuffix("]")


def _admonitions(lines: list[str], fenced: set[int]) -> list[_Box]:
    """Return the admonitions, last one first, so that inner ones come before outer ones."""
    found = list[_Box]()
    for n, line in enumerate(lines):
        if ("!!!" not in line and "???" not in line) or n in fenced:
            continue
        opens = _ADMONITION.fullmatch(line)
        if not opens or len(opens["indent"]) > 4 * _DEEPEST:
            continue
        indent, end = len(opens["indent"]), n + 1
        while end < len(lines) and (
            not lines[end].strip() or lines[end].startswith(" " * (indent + 4))
        ):
            end += 1
        if any(one.strip() for one in lines[n + 1 : end]):
            found.append(_Box(n, end, indent, opens["kind"], opens["title"] or "", 4))
    return found[::-1]


def _into_alert(lines: list[str], box: _Box) -> None:
    """Write a box as an alert. One of an unknown kind loses its marks; its title stays."""
    before = lines[box.start][: box.indent]
    alert = ALERTS.get(box.kind)
    title = f"**{box.title}**" if box.title else ""
    plain = _MARKS.sub(r"\1", box.title)  # the title of an alert has no Markdown
    lines[box.start] = before + (f"> [!{alert}] {plain}".rstrip() if alert else title)
    for n in range(box.start + 1, box.end):
        line = lines[n]
        inner = line[box.indent + box.dedent :] if line[: box.indent].strip() == "" else line
        lines[n] = f"{before}> {inner}".rstrip(" ") if alert else before + inner
    if not box.dedent:
        lines[box.end] = ""
