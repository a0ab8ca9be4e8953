"""The files of the search index change only where their articles do."""

from __future__ import annotations

import json
from pathlib import Path

from support import SmallSite, read_tree

KINDS = [
    *("category", "topics", "topic", "sources", "source", "year", "month", "day", "feed", "atom"),
    *("jsonfeed", "sitemap", "icons", "headers", "manifest", "robots", "404"),
]


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    return {
        path
        for path in before.keys() | after.keys()
        if before.get(path) != after.get(path) and path.startswith("search/")
    }


def test_an_edit_changes_the_files_of_its_words(tmp_path: Path) -> None:
    """A title changes its words' files in its year and its block, a new article the newest shard.
    An article that moves to another year changes files of both. The output is always that of a
    clean build.
    """
    site = SmallSite(tmp_path / "site", without=KINDS, related={"fill": False}, per_page=1000)
    site.write("templates/base.html", "{{ page.title }}")
    for name in ("home", "article", "search"):
        site.write(f"templates/{name}.html", "{{ page.title }}")
    for i in range(520):
        day = f"2025-{i // 46 + 1:02}-{i % 28 + 1:02}T08:00:00Z"
        site.article(f"a{i}", title=f"Tide {i} word{i % 50}", publishedDateTime=day)
    for i in range(3):
        site.article(f"n{i}", publishedDateTime=f"2026-01-0{i + 1}T08:00:00Z")
    site.build()
    before = site.tree()
    shards = json.loads(before["search/index.json"])["shards"]
    assert [name for name, _ in shards] == ["2025", "2026"]
    site.article("a100", title="Ferries 100 word0", publishedDateTime="2025-03-17T08:00:00Z")
    site.build()
    after = site.tree()
    files = changed(before, after)
    words = {"ferries", "tide"}
    terms = {path for path in after if path.startswith("search/2025/t")}
    assert len(terms) == 4
    assert {path for path in files if "/c" in path} == {"search/2025/c1.json"}
    assert files & terms == {
        path
        for path in terms
        if any(
            json.loads(after[path]).get(word) != json.loads(before[path]).get(word)
            for word in words
        )
    }
    assert 0 < len(files & terms) < 4
    assert files == files & terms | {"search/2025/c1.json"}
    before = after
    site.article("n3", publishedDateTime="2026-01-04T08:00:00Z")
    site.build()
    after = site.tree()
    assert changed(before, after) == {
        *("search/2026/t0.json", "search/2026/c0.json"),
        *("search/index.json", "search/groups.json"),
    }
    site.article("a0", title="Tide 0", publishedDateTime="2026-01-05T08:00:00Z")
    site.build(jobs=2)
    found = site.tree()
    clean = tmp_path / "clean"
    site.build(output=clean, cache=tmp_path / "cache")
    assert found == read_tree(clean)
