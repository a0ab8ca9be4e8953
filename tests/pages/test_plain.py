"""Plain pages, the menu, and the pages of removed articles."""

from __future__ import annotations

import pytest

from support import AS_OF, SmallSite


def codes(result) -> list[str]:
    return sorted(problem.code for problem in result.problems)


def test_a_plain_page_has_its_address_and_its_sanitised_body(site: SmallSite) -> None:
    """A file below `pages` has the address of its path, also in folders, and a sanitised body; it
    is in no list and no feed.
    """
    site.page_file("about", body="We *collect*.<script>alert(1)</script>\n", excerpt="Who we are.")
    site.page_file("Legal/Terms of Use")
    site.page_file("Legal/index", title="The law")
    assert codes(site.build()) == []
    page = site.page("/about/")
    assert "<h1>Page about</h1>" in page
    assert "We <em>collect</em>." in page
    assert "alert" not in page
    assert '<meta name="description" content="Who we are.">' in page
    assert '<a href="/legal/">The law</a>' in site.page("/legal/terms-of-use/")
    assert site.page("/legal/").count("The law") > 1
    for path in ("/", "/topics/", "feed.xml", "/2026/01/30/"):
        assert "Page about" not in site.page(path), path


def test_a_plain_page_is_read_once(site: SmallSite) -> None:
    """An unchanged page is not read again; a page and an article with the same bytes are
    distinguished.
    """
    text = "---\ntitle: Both\npublishedDateTime: 2026-01-30T08:00:00Z\n---\nOf the same bytes.\n"
    site.write("content/both.md", text)
    site.write("content/pages/both.md", text)
    site.build()
    site.article("another")
    site.build()
    assert "NewsArticle" in site.page("/news/both/")
    assert "NewsArticle" not in site.page("/both/")


def test_drafts_and_expired_pages_are_withheld(site: SmallSite) -> None:
    """A draft is shown only with --drafts; a page with `expires` disappears at that time, which the
    build reports as due.
    """
    site.page_file("draft", draft=True)
    site.page_file("soon", expires="2026-02-01T00:00:00Z", menu=True)
    result = site.build()
    assert result.due is not None
    assert "draft/index.html" not in site.tree()
    assert "soon/index.html" in site.tree()
    site.build(as_of=result.due)
    assert "soon/index.html" not in site.tree()
    assert "/soon/" not in site.page("/")
    site.build(as_of=AS_OF, drafts=True)
    assert "draft/index.html" in site.tree()


def test_a_page_without_a_title_is_left_out(site: SmallSite) -> None:
    """A page without a title is a problem with its place, and the site is built."""
    site.write("content/pages/odd.md", "---\nmenu: yes\n---\nText.\n")
    (problem,) = site.build().problems
    assert (problem.code, problem.file) == ("missing-title", "content/pages/odd.md")
    assert "odd/index.html" not in site.tree()


def test_two_pages_on_one_route(site: SmallSite) -> None:
    """The first page by its path stays, and the other is a problem that names its file."""
    site.page_file("terms of use", title="First")
    site.page_file("terms-of-use", title="Second")
    (problem,) = site.build().problems
    assert (problem.code, problem.file) == ("page-taken", "content/pages/terms-of-use.md")
    assert "First" in site.page("/terms-of-use/")


def test_a_layout_is_a_template_of_its_own(site: SmallSite) -> None:
    """`layout` names a template below `layouts/`; if it is missing or elsewhere, that is a problem
    and the page stays.
    """
    site.write("templates/layouts/wide.html", "WIDE {{ page.title }}")
    site.page_file("a", layout="wide")
    site.page_file("b", layout="article")
    site.page_file("c", layout="../article")
    result = site.build()
    assert codes(result) == ["no-layout", "no-layout"]
    assert {problem.file for problem in result.problems} == {
        "content/pages/b.md",
        "content/pages/c.md",
    }
    assert site.page("/a/") == "WIDE Page a"
    assert "<h1>Page b</h1>" in site.page("/b/")


def test_the_menu_is_that_of_the_settings_and_of_the_pages(site: SmallSite) -> None:
    """The footer has the links of the settings in their order, then the pages with `menu`; each
    once, on every page, below the site's path.
    """
    site.settings(
        url="https://wire.example/base",
        footer_menu=[
            "legal/privacy",
            {"name": "Topics", "url": "/topics/"},
            {"name": "Shop", "url": "https://shop.example/"},
            "nowhere",
        ],
    )
    for name in ("about", "legal/privacy"):
        site.page_file(name, menu=True)
    site.page_file("quiet")
    assert codes(site.build()) == ["no-menu-page"]
    wanted = ["/base/legal/privacy/", "/base/topics/", "https://shop.example/", "/base/about/"]
    for path in ("/", "/about/", "/news/one/", "404.html"):
        menu = site.page(path).partition('<nav class="menu"')[2].partition("</nav>")[0]
        assert [part.partition('"')[0] for part in menu.split('href="')[1:]] == wanted, path
    assert 'href="/base/about/" aria-current="page"' in site.page("/about/")


def test_a_new_article_leaves_plain_pages_alone(site: SmallSite) -> None:
    """An added article changes neither the menu nor plain pages."""
    site.page_file("about", menu=True)
    site.build()
    before = (site.output / "about/index.html").stat().st_mtime_ns
    site.article("three")
    assert site.build().rendered > 0
    assert (site.output / "about/index.html").stat().st_mtime_ns == before


def test_why_names_the_file_of_a_plain_page(site: SmallSite) -> None:
    """`newsgen why` names the file of a plain page, and that it changed."""
    site.page_file("about", body="One.\n")
    site.build()
    site.page_file("about", body="Two.\n")
    told = site.run("why", "/about/", "--as-of", AS_OF.isoformat()).stdout
    assert "its body changed" in told
    assert "pages/about.md" in told


@pytest.mark.parametrize(
    ("menu", "words"),
    [
        ("[{name: A, url: about}]", "menu[0].url is neither an absolute address nor a path"),
        (
            "[{name: A, url: '//evil.example/'}]",
            "menu[0].url is neither an absolute address nor a path",
        ),
        (
            "[{name: A, url: 'javascript:alert(1)'}]",
            "menu[0].url is neither an absolute address nor a path",
        ),
        ("[{url: /}]", "menu[0] has no name"),
        ("[{name: A, ulr: /}]", "menu[0].ulr is not a setting"),
        ("[[a]]", "menu[0] is neither a name nor a link"),
    ],
)
def test_a_menu_that_is_wrong(site: SmallSite, menu: str, words: str) -> None:
    """A mistake in the menu is an error in the settings, with its place."""
    done = site.run("build", "--set", f"menu={menu}")
    assert done.returncode == 2
    assert words in done.stderr


def test_a_removed_article_leaves_a_page_that_says_nothing_of_it(site: SmallSite) -> None:
    """With `gone`, the article's address has a page without its title, text or links, out of lists,
    feeds and sitemap, and not to be indexed.
    """
    site.article(
        "secret",
        title="A Title To Forget",
        excerpt="An excerpt to forget.",
        removed=True,
        gone=True,
    )
    site.article("removed", removed=True)
    assert codes(site.build()) == []
    page = site.page("/news/secret/")
    assert '<meta name="robots" content="noindex">' in page
    assert "removed" in page
    assert [path for path, data in site.tree().items() if b"forget" in data.lower()] == []
    assert [path for path, data in site.tree().items() if b"/news/secret/" in data] == []
    assert "news/removed/index.html" not in site.tree()


def test_hosts_that_can_answer_that_a_page_is_gone(site: SmallSite) -> None:
    """With `gone_status: 410`, each such address has a line in `_redirects`, forced because a page
    exists there, and the page for the answer exists.
    """
    site.settings(url="https://wire.example/base", gone_status=410)
    site.build()
    assert "410.html" not in site.tree()
    site.article("secret", removed=True, gone=True)
    assert codes(site.build()) == []
    assert site.page("_redirects").split() == ["/base/news/secret/", "/base/410.html", "410!"]
    assert '<meta name="robots" content="noindex">' in site.page("410.html")
    assert "410.html" not in site.page("sitemap.xml")
    site.settings()
    site.build()
    assert not {"410.html", "_redirects"} & site.tree().keys()


@pytest.mark.parametrize(
    "fields",
    [
        {"draft": True},
        {"publishedDateTime": "2026-03-01"},
        {"published": False},
        {"removed": False, "draft": True},
    ],
)
def test_an_article_that_had_no_page_leaves_none(
    site: SmallSite, fields: dict[str, object]
) -> None:
    """`gone` has no effect on an article that was never published."""
    site.article("never", **{"removed": True, "gone": True, **fields})
    site.build()
    assert "news/never/index.html" not in site.tree()


def test_a_removed_article_keeps_its_address(site: SmallSite) -> None:
    """Another article does not get the address of the removed one."""
    site.article("x/same", publishedDateTime="2026-01-01", category="news", title="First")
    site.article("y/same", publishedDateTime="2026-01-02", category="news", title="Second")
    site.build()
    assert "Second" in site.page("/news/same-2/")
    site.article(
        "x/same",
        publishedDateTime="2026-01-01",
        category="news",
        title="First",
        removed=True,
        gone=True,
    )
    site.build()
    assert "Second" in site.page("/news/same-2/")
    assert "First" not in site.page("/news/same/")
