"""Files beside articles are copied beside their pages, and nowhere else."""

from __future__ import annotations

from photos import photo
from support import SmallSite

# The address of an article, and names of files beside it.
HOSTILE = {
    "/t.html": (
        *("feed.json", "_routes.json", "vercel.json", "staticwebapp.config.json", "Feed2.JSON"),
        *("apple-touch-icon.png", "icons/192.png", "_media/a-16.png"),
        *("topics/ai/feed.json", "news/one/index.html/a.json"),
    ),
    "/topics/t.html": ("feed.json",),
    "/topics/ai/t.html": ("feed.json", "index.html/a.pdf"),
    "/news/t.html": ("one/feed.json",),
}


def test_no_file_takes_an_address_of_the_site(site: SmallSite) -> None:
    """A file beside an article with its own address replaces no page, feed, icon, image copy or
    file for hosts.
    """
    site.build()
    before = site.tree()
    written = set()
    for n, (address, files) in enumerate(HOSTILE.items()):
        site.article(f"t{n}/index", permalink=address, topics=None)
        for file in files:
            site.write(f"content/t{n}/{file}", b"{}")
            written.add(f"content/t{n}/{file}")
    found = site.build().problems
    assert {one.file for one in found if one.code == "route-conflict"} == written
    after = site.tree()
    assert b"{}" not in after.values()
    assert all(after[name] == before[name] for name in before if name.endswith(".png"))


def test_two_articles_may_need_the_same_file(site: SmallSite) -> None:
    """A file that two pages of one folder link to is copied once; another of its name is reported
    and left out.
    """
    site.write("content/files/a.pdf", b"%PDF 1")
    site.write("content/other/a.pdf", b"%PDF 2")
    for name in ("one", "two"):
        site.article(name, "[a](files/a.pdf)", permalink=f"/x/{name}.html")
    site.article("three", "[a](other/a.pdf)", permalink="/x/three.html")
    found = [(one.code, one.file) for one in site.build().problems]
    assert ("route-conflict", "content/files/a.pdf") in found or (
        "route-conflict",
        "content/other/a.pdf",
    ) in found
    assert len(found) == len({file for _, file in found}) == 1


def test_files_of_withheld_articles_are_not_published(site: SmallSite) -> None:
    """A file in the folder of a draft is not published, even if another article links to it or one
    above it is visible.
    """
    site.article("tide/index")
    site.article("tide/secret/index", draft=True)
    site.article("other", "[a](tide/secret/a.pdf) [b](/tide/secret/a.pdf) [c](tide/b.pdf)")
    site.write("content/tide/secret/a.pdf", b"%PDF secret")
    site.write("content/tide/b.pdf", b"%PDF public")
    site.build()
    assert b"%PDF secret" not in site.tree().values()
    assert [data for data in site.tree().values() if data == b"%PDF public"] != []
    site.article("tide/secret/index")
    site.build()
    assert b"%PDF secret" in site.tree().values()


def test_a_file_of_a_draft_beside_visible_articles_stays(site: SmallSite) -> None:
    """Files in a folder with other, visible articles are published despite a draft there."""
    site.article("posts/index", draft=True)
    site.article("posts/a", "[a](a.pdf) ![b](b.jpg)")
    site.write("content/posts/a.pdf", b"%PDF")
    site.write("content/posts/b.jpg", photo())
    assert site.build().problems == ()
    assert 'href="/news/a/a.pdf"' in site.page("/news/a/")
