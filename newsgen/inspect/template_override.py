"""Compare a site's template with the theme's: the file, its blocks, or single translations."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from newsgen.core import frontmatter
from newsgen.core.frontmatter import FrontMatterError
from newsgen.render.templates import DEFAULT_PREFIX, THEME_PREFIX, Template

_EXTENDS = re.compile(r"""{%[-+]?\s*extends\s+["']([^"']+)["']\s*[-+]?%}\n?""")
_COMMENT = re.compile(r"{#.*?#}", re.S)
_BLOCK_TAG = re.compile(
    r"{#.*?#}|{%[-+]?\s*raw\s*[-+]?%}.*?{%[-+]?\s*endraw\s*[-+]?%}|{%[-+]?\s*(?:block\s+(?P<name>\w+)[^%]*|(?P<end>endblock)[^%]*)%}",
    re.S,
)
_SUPER = re.compile(r"[ \t]*{{[-+]?\s*super\(\)\s*[-+]?}}[ \t]*\n?")
_ENTRY = re.compile(r"^([^\s#:][^:\n]*):[^\n]*\n?(?:[ \t]+[^\n]*\n?)*", re.M)


class Block(NamedTuple):
    """A block of a template: where its tags begin and end, and the text between them."""

    start: int
    end: int
    inner: str


def differences(templates: Mapping[str, Template], name: str, ours: str) -> str:
    """Return unified diffs from the theme's template to `ours`, the site's text, or "" if equal.

    If the site's template extends the theme's, each block is compared with the theme's block, in
    which `super()` is expanded. A file of translations is merged with the theme's, so only its own
    entries are compared.
    """
    theirs, file = templates[THEME_PREFIX + name], templates[name].file
    extended = _EXTENDS.search(_COMMENT.sub("", ours))
    if name.endswith(".yaml"):
        return _unified(*_changed_words(theirs.text, ours), theirs.file, file)
    if extended and extended[1] == THEME_PREFIX + name:
        return "".join(_block_differences(templates, name, ours))
    return _unified(theirs.text, ours, theirs.file, file)


def _block_differences(templates: Mapping[str, Template], name: str, ours: str) -> Iterator[str]:
    lineage, file = list(_lineage(templates, THEME_PREFIX + name)), templates[name].file
    rest, last = "", 0
    for block_name, block in sorted(find_blocks(ours).items(), key=lambda item: item[1].start):
        if block.start < last:
            continue  # inside the previous block
        rest, last = rest + ours[last : block.start], block.end
        own = ours[block.start : block.end]
        for template in lineage:
            theirs = find_blocks(template.text).get(block_name)
            if theirs:
                kept = theirs.inner.removeprefix("\n")
                changed = (
                    template.text[: theirs.start]
                    + kept.join(_SUPER.split(own))
                    + template.text[theirs.end :]
                )
                yield _unified(
                    template.text, changed, template.file, f"{file} (block {block_name})"
                )
                break
        else:
            yield _unified("", own, f"no block {block_name}", file)
    yield _unified("", _own_lines(rest + ours[last:], lineage[0].text), lineage[0].file, file)


def _own_lines(text: str, theirs: str) -> str:
    """Return the lines outside all blocks, such as imports and macros, that the theme's lacks."""
    known = set(theirs.splitlines())
    lines = _EXTENDS.sub("", _COMMENT.sub("", text)).splitlines()
    return "".join(f"{line}\n" for line in lines if line.strip() and line not in known)


def _lineage(templates: Mapping[str, Template], name: str) -> Iterator[Template]:
    """Yield the theme's template, then those of the theme that it extends."""
    while name in templates:
        yield templates[name]
        extended = _EXTENDS.search(templates[name].text)
        above = extended[1] if extended else ""
        name = above if above.startswith(DEFAULT_PREFIX) else THEME_PREFIX + above


def find_blocks(text: str) -> dict[str, Block]:
    """Return the blocks of a template by name, including nested ones."""
    found: dict[str, Block] = {}
    open_tags: list[re.Match[str]] = []
    for tag in _BLOCK_TAG.finditer(text):
        if tag["name"]:
            open_tags.append(tag)
        elif tag["end"] and open_tags:
            begin = open_tags.pop()
            found[begin["name"]] = Block(begin.start(), tag.end(), text[begin.end() : tag.start()])
    return found


def _changed_words(theirs: str, ours: str) -> tuple[str, str]:
    """Return the translations that the site changes: as in the theme, and as in the site."""
    before, after = _values(theirs), _values(ours)
    own = {
        entry[1]: entry[0]
        for entry in _ENTRY.finditer(ours)
        if before.get(entry[1]) != after.get(entry[1])
    }
    return "".join(entry[0] for entry in _ENTRY.finditer(theirs) if entry[1] in own), "".join(
        own.values()
    )


def _values(text: str) -> dict[str, Any]:
    with suppress(FrontMatterError):
        value = frontmatter.parse_exact(text).value
        if isinstance(value, dict):
            return value
    return {}


def _unified(theirs: str, ours: str, from_file: str, to_file: str) -> str:
    lines = difflib.unified_diff(
        theirs.splitlines(keepends=True), ours.splitlines(keepends=True), from_file, to_file
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)
