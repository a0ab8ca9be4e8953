"""The changes between two editions, in an editor's words and as addresses."""

from __future__ import annotations

import json

from support import SmallSite

from .publishing import published, run


def test_in_words(site: SmallSite) -> None:
    """New, gone, corrected, edited and moved stories have title and address, as lines, as JSON, and
    as addresses only.
    """
    site.article("leaves")
    site.article("moves")
    site.article("renamed", body="The same")
    first = published(site)
    site.article("new", title="A new one")
    (site.root / "content/leaves.md").unlink()
    site.article(
        "one",
        publishedDateTime="2026-01-29T08:00:00Z",
        corrections=[{"date": "2026-01-30", "text": "Two, not three."}],
    )
    site.article("two", body="More is known.")
    site.article("moves", category="World")
    (site.root / "content/renamed.md").rename(site.root / "content/other-name.md")
    done = published(site)
    found = run(site, "diff")
    assert found == done["difference"]

    def titles(kind: str) -> list[str]:
        return sorted(one["title"] for one in found[kind])

    at = "https://wire.example"
    assert titles("new") == ["A new one"]
    assert found["gone"] == [{"title": "Story leaves", "url": f"{at}/news/leaves/"}]
    assert titles("corrected") == ["Story one"]
    assert "Story two" in titles("edited")
    moved = {one["title"]: (one["before"], one["after"]) for one in found["moved"]}
    assert moved == {
        "Story moves": (f"{at}/news/moves/", f"{at}/world/moves/"),
        "Story renamed": (f"{at}/news/renamed/", f"{at}/news/other-name/"),
    }
    said = site.run("diff").stdout
    assert "new       “A new one”  https://wire.example/news/new/" in said
    assert "1 new, 1 gone, 1 corrected" in said
    urls = site.run("diff", "--urls").stdout.split()
    assert urls == found["urls"]
    assert {f"{at}/", f"{at}/news/leaves/", f"{at}/news/new/", f"{at}/feed.xml"} <= set(urls)
    assert len(urls) == len(set(urls))
    backwards = run(site, "diff", done["edition"][:8], first["edition"][:8])
    assert backwards["new"] == found["gone"]
    assert json.loads(site.run("editions", "--json").stdout)[0]["change"].startswith(
        "1 new, 1 gone, 1 corrected"
    )


def test_the_exact_addresses(make_site) -> None:
    """The addresses are exactly those of the files whose bytes changed, below the site's path,
    percent-encoded.
    """
    site = make_site(url="https://x.example/azure")
    site.write("static/Ö.svg", "<svg/>")
    site.article("one")
    published(site)
    before = site.tree()
    site.write("static/Ö.svg", "<svg />")
    site.write("static/new.png", b"\x89PNG")
    done = published(site)
    changed = {path for path in site.tree() if site.tree()[path] != before.get(path)}
    assert changed >= {"Ö.svg", "new.png"}
    assert done["difference"]["urls"] == [
        f"https://x.example/azure/{path.replace('Ö', '%C3%96').removesuffix('index.html')}"
        for path in sorted(changed)
    ]
    assert done["difference"]["pictures_new"] == ["https://x.example/azure/new.png"]
