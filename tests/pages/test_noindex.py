"""Articles and plain pages may ask search engines not to index them."""

from __future__ import annotations

import pytest

from content.reading import REQUIRED, load
from support import SmallSite

META = '<meta name="robots" content="noindex">'


def test_a_page_is_not_indexed(site: SmallSite) -> None:
    """Such a page asks not to be indexed and is in no sitemap, but in lists and feeds. A draft of
    Hugo's is not published.
    """
    site.settings(news_sitemap=True)
    site.article("quiet", noindex=True)
    site.article("loud", noindex=False)
    site.article("away", _build={"list": "never"})
    site.page_file("thanks", noindex=True)
    site.page_file("about")
    site.build()
    for route, is_quiet in (
        ("/news/quiet/", True),
        ("/news/loud/", False),
        ("/thanks/", True),
        ("/about/", False),
    ):
        assert (META in site.page(route)) == is_quiet
        assert (f"https://wire.example{route}" not in site.page("/sitemap.xml")) == is_quiet
    assert "/news/quiet/" not in site.page("/news-sitemap.xml")
    assert "/news/quiet/" in site.page("/")
    assert "/news/quiet/" in site.page("/feed.xml")
    assert not (site.output / "news/away").exists()


@pytest.mark.parametrize(
    ("front", "asks"),
    [
        *((front, True) for front in ("noindex: true", "noindex: later", "NoIndex: yes")),
        *((front, True) for front in ("no_index: 1", "robotsNoIndex: true", "robots: none")),
        *((front, True) for front in ("robots: 'noindex, nofollow'", "robots: NOINDEX")),
        *((front, False) for front in ("noindex: no", "noindex:", "robots: index", "x: noindex")),
        *((front, False) for front in ("robots: [noindex]", "robotsNoIndex: false")),
    ],
)
def test_other_spellings(front: str, asks: bool) -> None:
    """Other tools' spellings count, and an unclear value keeps the page out of search engines."""
    article = load(REQUIRED + front).article
    assert article
    assert article.noindex == asks
