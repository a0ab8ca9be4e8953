"""Sites in the manner of Hugo, Jekyll, Pelican, Eleventy, Zola, Nikola and Ghost, built unchanged.

Each folder of tests/sites named here has twelve posts, and in `expected.json` what their pages must
say: by route, the title, date, authors, topics, tags, excerpt, whether the lead image is shown, and
the links in the body.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import lxml.html
import pytest

from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from support import AS_OF

SITES = Path(__file__).parent.parent / "sites"
TOOLS = ("hugo", "jekyll", "pelican", "eleventy", "zola", "nikola", "ghost")
# Other content of some of these sites.
IGNORED = {"no-front-matter"}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_site_of_a_tool(tool: str, tmp_path: Path) -> None:
    """All twelve posts are right, and nothing else is published or reported."""
    site = shutil.copytree(SITES / tool, tmp_path / tool)
    result = build(load_config(site), BuildOptions(Clock(AS_OF)))
    problems = [(one.code, one.message, one.file) for one in result.problems]
    assert [one for one in problems if one[0] not in IGNORED] == []
    expected = json.loads((site / "expected.json").read_text("utf-8"))
    assert result.articles == len(expected) == 12
    assert {route: said(site / "site" / route[1:] / "index.html") for route in expected} == expected


def said(file: Path) -> dict[str, Any]:
    """Return the facts on an article's page."""
    page = lxml.html.fromstring(file.read_bytes())
    metas: dict[str, list[str]] = {}
    for meta in page.iter("meta"):
        metas.setdefault(meta.get("property") or meta.get("name") or "", []).append(
            meta.get("content")
        )
    body = page.find_class("article-body")[0]
    topics = metas.get("article:section", [])
    return {
        "title": metas["og:title"][0],
        "date": metas["article:published_time"][0],
        "authors": metas.get("article:author", []),
        "topics": topics,
        "tags": metas.get("article:tag", []),
        "excerpt": metas["description"][0],
        "image": any("/_media/" in image for image in metas.get("og:image", [])),
        "links": [a.get("href") for a in body.iter("a") if "play" not in (a.get("class") or "")],
    }
