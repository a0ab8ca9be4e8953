"""Social cards: drawn images for links to articles without an image."""

from __future__ import annotations

import shutil
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from lxml import html
from PIL import Image

from photos import photo
from support import AS_OF, SmallSite
from typefaces import LATIN, font


def card_of(site: SmallSite, page: str) -> tuple[str, bytes] | None:
    """Return the social card of a page and its bytes; None if it shows the site's icon."""
    head = html.fromstring(site.page(page))
    (link,) = head.xpath("//meta[@property='og:image']/@content")
    path = link.removeprefix("https://wire.example/")
    return (path, site.tree()[path]) if path.endswith("-1200.png") else None


@pytest.fixture
def carded(site: SmallSite) -> SmallSite:
    """Return a site with its own font, whose letters are boxes."""
    site.write("static/boxes.ttf", font("Boxes", LATIN + "é“”"))
    site.settings(
        social_cards=True,
        theme={"serif": "Boxes", "fonts": [{"family": "Boxes", "file": "/boxes.ttf"}]},
    )
    return site


def test_a_recent_article_without_an_image_has_a_card(carded: SmallSite) -> None:
    """The card has the usual size of social cards, and is the same for an equal title and in
    another folder. An article with an image, an old one, and any without the setting have none.
    """
    carded.write("static/a.jpg", photo(1, 640, 360))
    carded.article("bare", title="Café & “co”")
    carded.article("again", title="Café & “co”")
    carded.article("long", title="Tide gates " * 900)
    carded.article("empty", title="\u0600", topics=["\u0600"])
    carded.article("shown", images=["/a.jpg"])
    carded.article("old", publishedDateTime="2025-12-30")
    assert not carded.build().problems
    found = card_of(carded, "/news/bare/")
    assert found
    with Image.open(BytesIO(found[1])) as image:
        assert (image.size, image.format) == ((1200, 630), "PNG")
        colours = {one[1] for one in image.convert("RGB").getcolors(1 << 20) or []}
    assert {(253, 252, 249), (26, 25, 23), (157, 28, 38)} <= colours
    assert card_of(carded, "/news/again/") == found, "equal cards are one file"
    assert card_of(carded, "/news/long/")
    assert card_of(carded, "/news/empty/")
    assert card_of(carded, "/news/shown/") is None
    assert card_of(carded, "/news/old/") is None
    page = carded.page("/news/bare/")
    assert '"twitter:card" content="summary_large_image"' in page
    other = SmallSite(carded.root / "other", **{})
    for path in ("newsgen.yaml", "static/boxes.ttf", "content/bare.md"):
        other.write(path, (carded.root / path).read_bytes())
    other.build()
    assert card_of(other, "/news/bare/") == found
    other.settings()
    other.build()
    assert card_of(other, "/news/bare/") is None


def test_a_card_follows_its_title_its_font_and_the_colour(carded: SmallSite) -> None:
    """A change of title, font or colour gives the card another name, so no outdated copy is
    shown.
    """
    carded.build()
    before, others = card_of(carded, "/news/one/"), card_of(carded, "/news/two/")
    carded.article("one", title="Another title")
    carded.build()
    assert card_of(carded, "/news/one/") not in (before, None)
    assert card_of(carded, "/news/two/") == others
    carded.write("static/boxes.ttf", font("Boxes", LATIN, width=500))
    carded.build()
    assert card_of(carded, "/news/two/") not in (others, None)
    last = card_of(carded, "/news/two/")
    theme = {"fonts": [{"family": "Boxes", "file": "/boxes.ttf"}], "accent": "#115577"}
    carded.settings(social_cards={"enabled": True}, theme=theme)
    carded.build()
    assert card_of(carded, "/news/two/") not in (last, None)


def test_a_card_goes_by_time_alone(carded: SmallSite) -> None:
    """After `days` the page shows the site's icon again, in the next build without any edit."""
    carded.settings(social_cards={"enabled": True, "days": 10})
    carded.build(as_of=AS_OF)
    assert card_of(carded, "/news/one/")
    last = AS_OF.replace(day=29, hour=8) + timedelta(days=10)  # story one is of the 29th, 8:00
    assert carded.build(as_of=last - timedelta(seconds=1)).due == last
    assert card_of(carded, "/news/one/")
    carded.build(as_of=last)
    assert card_of(carded, "/news/one/") is None
    assert card_of(carded, "/news/two/")


def test_what_no_font_can_draw_has_no_card(carded: SmallSite) -> None:
    """An article with a character that no font has gets the icon and a problem that names it.
    System fonts are not used, and a damaged font is reported and left out.
    """
    carded.article("far", title="Tide 潮 and 汐")
    (problem,) = carded.build().problems
    assert (problem.code, problem.file) == ("no-card-font", "content/far.md")
    assert "潮汐" in problem.message
    assert card_of(carded, "/news/far/") is None
    carded.write("static/boxes.ttf", b"no font")
    found = {problem.code: problem.file for problem in carded.build().problems}
    assert found == {"unreadable-font": "static/boxes.ttf", "no-card-font": "content/far.md"}
    assert card_of(carded, "/news/one/")  # with the font that Pillow includes


def test_a_damaged_card_is_drawn_again(carded: SmallSite) -> None:
    """A card in the cache with other bytes than were written is not published."""
    carded.build()
    before = card_of(carded, "/news/one/")
    for file in (carded.root / ".newsgen/variants").glob("*/*.png"):
        Path(file).write_bytes(file.read_bytes()[:-9])
    shutil.rmtree(carded.output)
    carded.build()
    assert card_of(carded, "/news/one/") == before
