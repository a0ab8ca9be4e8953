"""Links and images that name a source file, and files beside articles."""

from __future__ import annotations

import pytest

from support import SmallSite

PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> SmallSite:
    """Return a site whose articles link to each other in the syntax of several tools."""
    site = SmallSite(tmp_path_factory.mktemp("links") / "site", feeds={"full_text": True})
    links = {
        "near": "[x](b.md)",
        "part": "[x](b.md#top)",
        "up": "[x](../posts/b.md?a=1)",
        "root": "[x](/posts/b.md)",
        "route": "[x](/posts/b/)",
        "folder": "[x](../b/)",
        "end": "[x](/cities/d/)",
        "zola": "[x](@/posts/b.md)",
        "hugo": '[x]({{< ref "posts/b" >}})',
        "hugo-name": '[x]({{< relref "b.md" >}})',
        "jekyll": "[x]({{ site.baseurl }}{% post_url 2026-01-29-c %})",
        "jekyll-link": "[x]({% link posts/2026-01-29-c.md %})",
        "jekyll-old": "[x](/ports/2026/01/29/c.html)",
        "pelican": "[x]({filename}2026-01-29-c.md)",
        "nikola": "[x](link://slug/c)",
        "bundle": "[x](tide/index.md)",
        "page": "[x](../pages/about.md)",
        "pdf": "[x](../files/tide.pdf)",
    }
    for name, text in links.items():
        site.article(f"posts/{name}", text, webUrl=None)
    site.article("posts/b", "Text.")
    site.article("posts/cities/d", "Text.")
    site.article("posts/2026-01-29-c", "Text.", publishedDateTime="2026-01-29")
    site.article("posts/tide/index", "![Gate](gate.gif) [plan](plan.pdf)")
    site.article("posts/image", "![Up](../img/gate.gif) ![Root](/img/gate.gif)")
    site.page_file("about")
    for path in ("posts/tide/gate.gif", "img/gate.gif"):
        site.write(f"content/{path}", PIXEL)
    for path in ("posts/tide/plan.pdf", "posts/tide/more/data.csv", "files/tide.pdf"):
        site.write(f"content/{path}", b"%PDF " + path.encode())
    assert [one for one in site.build().problems if one.severity != "repair"] == []
    return site


@pytest.mark.parametrize(
    ("name", "link"),
    [
        *((name, "/news/b/") for name in ("near", "root", "route", "folder", "zola", "hugo")),
        ("hugo-name", "/news/b/"),
        ("end", "/news/d/"),
        ("part", "/news/b/#top"),
        ("up", "/news/b/?a=1"),
        *((name, "/news/2026-01-29-c/") for name in ("jekyll", "jekyll-link", "jekyll-old")),
        *((name, "/news/2026-01-29-c/") for name in ("pelican", "nikola")),
        ("bundle", "/news/tide/"),
        ("page", "/about/"),
        ("pdf", "/news/pdf/tide.pdf"),
    ],
)
def test_a_link_to_a_file_leads_to_its_page(linked: SmallSite, name: str, link: str) -> None:
    """A link by source file is the link of that file's page, with its query and fragment."""
    assert f'href="{link}"' in linked.page(f"/news/{name}/")


def test_links_in_feeds_are_those_of_pages(linked: SmallSite) -> None:
    """A feed with full text has no link to a source file."""
    assert "https://wire.example/news/b/#top" in linked.page("/feed.xml")
    assert "b.md" not in linked.page("/feed.xml")


def test_files_of_a_bundle_are_copied(linked: SmallSite) -> None:
    """Files beside `index.md` are copied beside its page, and so are other linked files."""
    folder = linked.output / "news" / "tide"
    assert (folder / "plan.pdf").read_bytes() == b"%PDF posts/tide/plan.pdf"
    assert (folder / "more" / "data.csv").is_file()
    assert (folder / "gate.gif").read_bytes() == PIXEL
    assert 'href="/news/tide/plan.pdf"' in linked.page("/news/tide/")
    assert (linked.output / "news" / "pdf" / "tide.pdf").is_file()


def test_images_at_any_path(linked: SmallSite) -> None:
    """An image at a relative path, or from the content folder, is shown from the site's copies."""
    assert linked.page("/news/image/").count("/_media/") >= 2


def test_check_follows_links_by_source(linked: SmallSite) -> None:
    """`check` follows links by source file."""
    told = linked.run("check").stdout
    assert "broken" not in told


def test_missing_links_and_images_are_reported(site: SmallSite) -> None:
    """`build` reports file, line and column of broken links and images, and `check` reports each
    once.
    """
    site.article("posts/a", "One.\n\nA [link](none.md), [old](/gone/) and ![image](../none.png).")
    found = [
        (one.code, one.file, one.line, one.column)
        for one in site.build().problems
        if one.severity != "repair"
    ]
    line = (site.root / "content/posts/a.md").read_text().count("\n") + 1
    assert sorted(found) == [
        ("broken-link", "content/posts/a.md", line, 10),
        ("broken-link", "content/posts/a.md", line, 26),
        ("missing-image", "content/posts/a.md", line, 47),
    ]
    checked = site.run("check").stdout
    assert [checked.count(f"{name} leads to no") for name in ("none.md", "/gone/")] == [1, 1]


def test_a_slug_is_a_name(site: SmallSite) -> None:
    """A link may name an article by the slug in its front matter."""
    site.article("one", body="[a](link://slug/tide-gates) [b](/posts/tide-gates/)\n")
    site.article("posts/other", slug="tide-gates")
    assert site.build().problems == ()
    page = site.page("/news/one/")
    assert '<a href="/news/tide-gates/">a</a> <a href="/news/tide-gates/">b</a>' in page
