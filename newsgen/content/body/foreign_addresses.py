"""Addresses in bodies as other tools write them: with Liquid, `{filename}` or `link://`. Pure.

Placeholders for the site's root or a file's folder are left out. The builder resolves the rest by
source file (see builder/source_links.py).
"""

from __future__ import annotations

import re

from newsgen.core.patterns import lazily

# Where an address begins: a link or image of Markdown, its definition, an attribute of HTML.
_BEFORE = r"(?P<before>\]\(\s*<?|^ {0,3}\[[^\]\n]{1,200}\]:\s*<?|(?:href|src)=[\"']?)"
_ROOT = r"\{\{-?\s*(?:site\.(?:base)?url|base_?url|config\.base_url)\s*(?:\|[^{}\n]*)?-?\}\}"
_FILTERED = (
    r"\{\{-?\s*(?:get_url\(path\s*=\s*)?(?P<quote>[\"'])(?P<path>[^\"'{}\n]*)(?P=quote)\)?"
    r"\s*(?:\|[^{}\n]*)?-?\}\}"
)
_PLACE = r"[{|](?:filename|static|attach|photo|index)[}|]"
_ADDRESS = lazily(
    rf"{_BEFORE}(?:(?P<root>(?:{_ROOT})+|__GHOST_URL__)|{_FILTERED}|{_PLACE}"
    r"|link://(?P<kind>slug|filename)/(?P<name>[^\s)>\"']*))",
    re.M | re.I,
)


def plain_addresses(text: str) -> str:
    """Return a body whose addresses are paths. Lines stay."""
    if (
        "{" in text
        or "link://" in text
        or ("|" in text and "|filename|" in text)
        or ("_" in text and "__GHOST_URL__" in text)
    ):
        text = _ADDRESS.sub(_plain, text)
    return text


def _plain(found: re.Match[str]) -> str:
    before: str = found["before"]
    if found["path"] is not None:
        return before + found["path"]
    if found["kind"]:
        name: str = found["name"].strip("/")
        return before + (f"{name}.md" if found["kind"].lower() == "slug" else name)
    return before
