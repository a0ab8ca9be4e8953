"""Which stories lead the front page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from support import AS_OF, SmallSite

Made = Callable[..., SmallSite]


@pytest.fixture
def leads(make_site: Made) -> Callable[[SmallSite], list[str]]:
    """Builds a site and returns its leads as its front page shows them: `name: also`."""

    def of(site: SmallSite) -> list[str]:
        site.write(
            "templates/home.html",
            "{% for l in page.leads %}[{{ l.card.title }}: {{ l.also|join(', ') }}]{% endfor %}",
        )
        site.build()
        return re.findall(r"\[Story (.*?)\]", site.page("/"))

    return of


def at(day: int, hour: int = 8) -> str:
    return f"2026-01-{day:02}T{hour:02}:00:00Z"


def provider(name: str) -> dict[str, str]:
    return {"name": name.capitalize(), "domain": f"{name}.example"}


def names(found: list[str]) -> list[str]:
    return [text.partition(":")[0] for text in found]


def test_heat_against_age(make_site: Made, leads: Callable[[SmallSite], list[str]]) -> None:
    """A hot story ranks above a newer cool one, and below a new one with the same heat if it is
    old.
    """
    site = make_site()
    for name, day, heat in (("cool", 30, 80), ("hot", 29, 900), ("stale", 2, 900)):
        site.article(
            name, publishedDateTime=at(day), heat=heat, provider=provider(name), webUrl=None
        )
    assert names(leads(site)) == ["hot", "cool", "stale"]


def test_the_time_of_the_build_does_not_matter(make_site: Made) -> None:
    """Age counts from the newest story: a year later the front page is the same, byte for byte."""
    site = make_site()
    for name, day, heat in (("a", 30, 5), ("b", 20, 400), ("c", 2, 900)):
        site.article(name, publishedDateTime=at(day), heat=heat)
    site.build()
    before = site.page("/")
    site.build(as_of=AS_OF.replace(year=2027))
    assert site.page("/") == before


def test_one_slot_a_story(make_site: Made, leads: Callable[[SmallSite], list[str]]) -> None:
    """If one of two stories names the other, only the higher ranked one leads."""
    site = make_site()
    site.article("one", heat=50, provider=provider("one"), webUrl="https://one.example/1")
    related = [
        {"title": "Story one", "webUrl": "https://one.example/1", "provider": provider("one")}
    ]
    site.article(
        "two", heat=90, provider=provider("two"), webUrl="https://two.example/1", related=related
    )
    site.article("three", heat=20, provider=provider("three"), webUrl="https://three.example/1")
    assert names(leads(site)) == ["two", "three"]


def test_no_source_too_often(make_site: Made, leads: Callable[[SmallSite], list[str]]) -> None:
    """A source has at most two of four leads if other sources have stories, and all four if none
    has.
    """
    site = make_site()
    for n in range(4):
        site.article(f"p{n}", heat=500 - n)
    site.article("other", heat=1, provider=provider("other"), webUrl=None)
    site.article("third", heat=0, provider=provider("third"), webUrl=None)
    assert names(leads(site)) == ["p0", "p1", "other", "third"]
    for name in ("other", "third"):
        (site.root / f"content/{name}.md").unlink()
    assert names(leads(site)) == ["p0", "p1", "p2", "p3"]


def test_who_else_has_it(make_site: Made, leads: Callable[[SmallSite], list[str]]) -> None:
    """The coverage line names each other source of the list once, but neither the story's own nor
    one that only withheld stories have.
    """
    site = make_site()
    site.article("gone", removed=True, webUrl="https://kill.example/1", provider=provider("kill"))
    entries = [("wire", 1), ("post", 1), ("Wi-re", 2), ("paper", 1), ("kill", 1)]
    related = [
        {
            "title": f"{name} {n}",
            "webUrl": f"https://{name}.example/{n}",
            "provider": provider(name),
        }
        for name, n in entries
    ]
    site.article("main", related=related)
    assert leads(site) == ["main: Wire, Post"]
