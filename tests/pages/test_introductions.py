"""Files about folders, `_index.md`: the text at the head of a list, or a page."""

from __future__ import annotations

from lxml import html

from photos import plain
from support import SmallSite


def _write(site: SmallSite, folder: str, title: str = "Title", more: str = "") -> None:
    front = f"---\ntitle: {title}\ndescription: About {title}.\n{more}---\n"
    name = f"{folder}/_index.md".lstrip("/")
    site.write(f"content/{name}", f"{front}Text of *{title}*, [one](/one.md).\n")


def _page(site: SmallSite, path: str) -> html.HtmlElement:
    return html.fromstring(site.page(path))


# The folder of each file, the route of the list that it introduces, and that list's own heading if
# it keeps it.
LISTS = (
    ("", "/", "The Test Wire"),
    ("topics", "/topics/", ""),
    ("categories/ai", "/topics/ai/", ""),
    ("tags", "/tags/", ""),
    ("tags/tides", "/label/tides/", ""),
    ("news", "/news/", ""),
    ("authors/ann", "/authors/ann/", ""),
    ("series/water", "/series/water/", ""),
    ("series", "/series/", ""),
    ("2026", "/2026/", "2026"),
)


def test_a_file_introduces_its_list(site: SmallSite) -> None:
    """The file's text and description are at the head of the list at the folder's address."""
    site.settings(taxonomies={"series": {}}, permalinks={"tag": "/label/{slug}/"})
    site.article("one", tags=["tides"], authors=["Ann"], series="Water")
    for n, (folder, _, _) in enumerate(LISTS):
        _write(site, folder, f"Title {n}")
    assert site.build().problems == ()
    for n, (_, route, heading) in enumerate(LISTS):
        page = _page(site, route)
        assert page.xpath("//h1")[0].text_content() == (heading or f"Title {n}")
        [text] = page.find_class("introduction")
        assert text.text_content().strip() == f"Text of Title {n}, one."
        assert text.xpath(".//a/@href") == ["/news/one/"]
        assert page.xpath("//p[@class='profile']/text()") == [f"About Title {n}."]
        if route != "/":
            about = page.xpath("//meta[@name='description']/@content")
            assert about == [f"About Title {n}."]


def test_a_folder_without_a_list_gets_one(site: SmallSite) -> None:
    """The new list has the stories below the folder and an image beside the file, and follows
    edits.
    """
    site.article("blog/a")
    site.article("blog/deep/b")
    site.article("three")
    site.write("content/blog/gate.png", plain((20, 120, 30), 40, 40))
    site.write("content/blog/_index.md", "---\ntitle: Our blog\n---\n![Gate](gate.png)\n")
    site.build()
    page = site.page("/blog/")
    assert "Story blog/a" in page
    assert "Story blog/deep/b" in page
    assert "Story three" not in page
    assert "<h1>Our blog</h1>" in page
    assert 'src="/_media/' in page
    site.write("content/blog/_index.md", "---\ntitle: Other\n---\n[two](deep/b.md), [x](x.md)\n")
    [problem] = site.build().problems
    assert (problem.code, problem.file) == ("broken-link", "content/blog/_index.md")
    assert (problem.line, problem.column) == (4, 23)
    assert 'href="/news/b/"' in site.page("/blog/")


def test_a_folder_without_stories_is_a_page(site: SmallSite) -> None:
    """The file becomes a plain page with its aliases; without a title it is left out with a
    problem.
    """
    site.article("one", body="[About](about/_index.md)\n")
    _write(site, "about", "About us", "aliases: [/who/]\n")
    assert site.build().problems == ()
    assert "<h1>About us</h1>" in site.page("/about/")
    assert "/about/" in site.page("/who/")
    assert 'href="/about/"' in site.page("/news/one/")
    site.write("content/about/_index.md", "---\ndescription: x\n---\nText.\n")
    [problem, *_] = site.build().problems
    assert (problem.code, problem.severity) == ("missing-title", "error")


def test_what_introduces_nothing_is_reported(site: SmallSite) -> None:
    """A text without its list, and a second one for a list, are reported; a draft is not shown."""
    site.article("one")
    _write(site, "tags")
    _write(site, "topics/ai", "Draft", "draft: true\n")
    _write(site, "news", "First")
    site.write("content/news/_index.markdown", "---\ntitle: Second\n---\nText\n")
    site.write("content/news/_index.fr.md", "---\ntitle: Troisième\n---\nText\n")
    codes = [(one.code, one.file) for one in site.build().problems]
    assert codes == [
        ("page-taken", "content/news/_index.md"),
        ("no-list", "content/tags/_index.md"),
    ]
    assert "Draft" not in site.page("/topics/ai/")
    assert "<h1>Second</h1>" in site.page("/news/")
    assert "section-file" in site.run("check").stdout


def test_links_of_plain_pages_are_resolved(site: SmallSite) -> None:
    """Links by source file are resolved, also to files beside the page, which are copied; broken
    ones are reported.
    """
    site.article("one")
    site.write("content/pages/rules.pdf", b"%PDF")
    site.page_file("about", body="[one](../one.md) [rules](rules.pdf) [legal](legal/index.md)\n")
    site.page_file("legal/index", body="[x](nowhere.md) [about](../about.md)\n")
    [problem] = site.build().problems
    assert (problem.code, problem.file) == ("broken-link", "content/pages/legal/index.md")
    links = _page(site, "/about/").xpath("//div[@class='body']//a/@href")
    assert links == ["/news/one/", "/about/rules.pdf", "/legal/"]
    assert (site.output / "about/rules.pdf").read_bytes() == b"%PDF"
