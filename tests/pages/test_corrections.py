"""Corrections, updates, tags and authors."""

from __future__ import annotations

from datetime import UTC, datetime

from support import SmallSite


def test_corrections_stand_on_the_article_and_on_one_page(site: SmallSite) -> None:
    """Corrections are on the article and, newest first with links, on one page, escaped, with the
    day in the site's zone.
    """
    site.settings(timezone="Asia/Tokyo")
    first, last = (
        {"date": "2026-01-30", "text": "It is <two> metres."},
        {"date": "2026-01-31", "text": "It was Tuesday."},
    )
    site.article("one", corrections=[first, last])
    site.article(
        "two", corrections=[{"date": "2026-01-30T12:00:00+09:00", "text": "Ann, not Anne."}]
    )
    assert [*site.build().problems] == []
    article, log = site.page("/news/one/"), site.page("/corrections/")
    assert article.index("It was Tuesday.") < article.index("It is &lt;two&gt; metres.")
    assert (
        log.index("It was Tuesday.")
        < log.index("Ann, not Anne.")
        < log.index("It is &lt;two&gt; metres.")
    )
    assert 'href="/corrections/"' in article
    assert 'href="/news/one/"' in log
    assert 'datetime="2026-01-31"' in log
    assert "January 31, 2026" in article


def test_a_plain_page_introduces_the_corrections(site: SmallSite) -> None:
    """`pages/corrections.md` gives the log its title and introduction, even without corrections."""
    site.build()
    assert "corrections/index.html" not in site.tree()
    site.page_file("corrections", title="What we got wrong", body="Write to us.\n", menu=True)
    assert [*site.build().problems] == []
    assert "Write to us." in site.page("/corrections/")
    site.article("one", corrections=[{"date": "2026-01-30", "text": "It is two metres."}])
    site.build()
    page = site.page("/corrections/")
    assert (
        page.index("What we got wrong")
        < page.index("Write to us.")
        < page.index("It is two metres.")
    )


def test_corrections_of_a_withheld_article_are_not_told(site: SmallSite) -> None:
    """The log has only visible articles."""
    site.article(
        "one", removed=True, corrections=[{"date": "2026-01-30", "text": "It is two metres."}]
    )
    site.build()
    assert [path for path, data in site.tree().items() if b"two metres" in data] == []


def test_broken_corrections_are_left_out(site: SmallSite) -> None:
    """A correction without a date or a text, or that is not a mapping, is a problem at its place;
    the others stay.
    """
    good = {"date": "2026-01-30", "text": "It is two metres."}
    site.article(
        "one", corrections=[{"date": "2026-01-30"}, good, "words", {"date": "soon", "text": "x"}]
    )
    found = [(problem.code, problem.field) for problem in site.build().problems]
    wanted = ["$.corrections[0]", "$.corrections[2]", "$.corrections[3]"]
    assert [field for code, field in found if code == "bad-correction"] == wanted
    assert "It is two metres." in site.page("/news/one/")


def test_updates_are_shown(site: SmallSite) -> None:
    """`updated` is on the article and in its data, in the site's zone; without it there is no such
    line.
    """
    site.settings(timezone="Europe/Berlin")
    site.article("one", updated="2026-01-30T10:30:00Z")
    site.build()
    assert 'datetime="2026-01-30T11:30:00+01:00"' in site.page("/news/one/")
    assert "Updated" not in site.page("/news/two/")


def test_updates_and_corrections_wait_for_their_time(site: SmallSite) -> None:
    """A future update or correction is in no file; a build at its time shows it, and equals a clean
    build.
    """
    correction = {"date": "2026-02-01T09:00:00Z", "text": "It is two metres."}
    site.article("one", updated="2026-02-01T07:00:00Z", corrections=[correction])
    assert site.build().due == datetime(2026, 2, 1, 7, tzinfo=UTC)
    assert [
        path for path, data in site.tree().items() if b"two metres" in data or b"2026-02-01" in data
    ] == []
    site.build(as_of=datetime(2026, 2, 1, 7, tzinfo=UTC))
    assert "2026-02-01T07:00:00+00:00" in site.page("/news/one/")
    for path in ("feed.json", "atom.xml", "sitemap.xml"):
        assert "2026-02-01T07:00:00+00:00" in site.page(path)
    site.build(as_of=datetime(2026, 2, 1, 9, tzinfo=UTC))
    assert "two metres" in site.page("/news/one/")
    assert "two metres" in site.page("/corrections/")


def test_an_update_before_the_publication_is_left_out(site: SmallSite) -> None:
    """An update before the publication is a problem and not shown."""
    site.article("one", updated="2026-01-30T07:59:59Z")
    (problem,) = site.build().problems
    assert (problem.code, problem.field) == ("updated-too-early", "$.updated")
    assert "Updated" not in site.page("/news/one/")


def test_tags_and_authors_have_pages(site: SmallSite) -> None:
    """Each tag and author has a list, linked from the article, and all have an index; names that
    differ in case or accents are one.
    """
    site.article("one", tags=["Tides", "C#"], authors=["Ann Ä"])
    site.article("two", tags=["tides", "C++"], authors=["ann a", "Bo"])
    site.article("three", tags=["tides"])
    site.build()
    article = site.page("/news/one/")
    assert '<a rel="tag" href="/tags/tides/">tides</a>' in article
    assert '<a rel="tag" href="/tags/c-sharp/">C#</a>' in article
    assert article.index("/authors/ann-a/") > 0
    tag = site.page("/tags/tides/")
    assert all(f"/news/{name}/" in tag for name in ("one", "two", "three"))
    assert "/news/three/" not in site.page("/authors/ann-a/")
    index = site.page("/tags/")
    assert (
        index.index("/tags/c-sharp/")
        < index.index("/tags/c-plus-plus/")
        < index.index("/tags/tides/")
    )


def test_no_tags_no_pages(site: SmallSite) -> None:
    """Without tags and authors they have no index, and a kind that is left out is not linked."""
    site.build()
    assert not {"tags/index.html", "authors/index.html"} & site.tree().keys()
    site.settings(without=["tag"])
    site.article("one", tags=["Tides"])
    site.build()
    assert "/tags/tides" not in site.page("/news/one/") + site.page("/tags/")
    assert "Tides" in site.page("/news/one/")
