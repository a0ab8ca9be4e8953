"""Count what pages hold, to find out whether two generators did the same work."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

_ELEMENT = re.compile(r"<(a|img|time|small|li|h2|h3|figure|aside|item|category)[ >]")
_FRAME = re.compile(
    r"<head>.*?</head>|<header class=\"site\">.*?</header>|<nav class=\"pager\">.*?</nav>", re.S
)
_OWN = (".newsgen-manifest", ".newsgen-lock")  # newsgen's own files, not part of a site
_SAMPLE = 50


def size_of(output: Path) -> tuple[int, int, int]:
    """Return the number of a site's files, their bytes, and the number of paged lists (the home
    page and one for each topic).
    """
    files = total = 0
    for folder, _, names in os.walk(output):
        for name in names:
            if name not in _OWN:
                files += 1
                total += os.stat(os.path.join(folder, name)).st_size
    return files, total, 1 + sum(1 for _ in output.glob("topics/*/index.html"))


def tally(output: Path) -> dict[str, dict[str, int]]:
    """Count elements by kind of page: 50 articles, all pages of all lists together, all months, all
    feeds. The frame of a page (head, masthead, pager) is not counted, because newsgen's lists have
    fewer pages.
    """
    articles = sorted(output.glob("articles/*/index.html"))
    lists = [
        output / "index.html",
        *output.glob("page/*/index.html"),
        *output.glob("topics/**/index.html"),
    ]
    groups = {
        "articles": articles[:: max(len(articles) // _SAMPLE, 1)][:_SAMPLE],
        "lists": lists,
        "months": [*output.glob("months/**/index.html")],
        "feeds": [path for path in output.rglob("*.xml") if path.name != "sitemap.xml"],
    }
    return {kind: dict(sorted(_count(paths).items())) for kind, paths in groups.items()}


def _count(paths: list[Path]) -> Counter[str]:
    found: Counter[str] = Counter()
    for path in paths:
        found.update(_ELEMENT.findall(_FRAME.sub("", path.read_text("utf-8"))))
    return found


def difference(found: dict[str, dict[str, int]], reference: dict[str, dict[str, int]]) -> list[str]:
    """Return the differences of two tallies, such as `lists: 12 img for 13`; nothing if they are
    equal.
    """
    return [
        f"{kind}: {found[kind].get(element, 0):,} {element} for {reference[kind].get(element, 0):,}"
        for kind in reference
        for element in sorted(found[kind].keys() | reference[kind].keys())
        if found[kind].get(element, 0) != reference[kind].get(element, 0)
    ]
