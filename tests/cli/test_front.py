"""newsgen front: the stories that lead the front page, and why."""

from __future__ import annotations

import json
from typing import Any

from support import SmallSite

AT = ("--as-of", "2026-01-31T12:00")


def article(site: SmallSite, name: str, **fields: Any) -> None:
    provider = {"name": name.capitalize(), "domain": f"{name}.example"}
    site.article(
        name,
        **{"provider": provider, "webUrl": f"https://{name}.example/", "topics": [name], **fields},
    )


def front(site: SmallSite, *arguments: str) -> list[dict[str, Any]]:
    done = site.run("front", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)["stories"]
    return found


def names(found: list[dict[str, Any]]) -> list[str]:
    return [story["file"].removesuffix(".md") for story in found]


def test_each_score_is_taken_apart(make_site) -> None:
    """The parts add up to the score; the stories are those of the front page in their order."""
    site = make_site()
    related = [
        {"title": f"T{n}", "webUrl": f"https://x{n}.example/", "provider": {"name": f"X{n}"}}
        for n in range(3)
    ]
    article(site, "hot", heat=96, quality=50, images=["https://a.example/1.png"], related=related)
    article(site, "cool", quality=10)
    found = front(site, *AT)
    assert names(found) == ["hot", "cool"]
    assert (found[0]["heat"], found[0]["coverage"], found[0]["quality"], found[0]["picture"]) == (
        2,
        1,
        0.5,
        1,
    )
    parts = ("heat", "coverage", "quality", "freshness", "picture", "weight")
    assert all(abs(story["score"] - sum(story[part] for part in parts)) < 0.01 for story in found)
    assert found[0]["also"] == ["X0", "X1", "X2"]
    said = site.run("front", *AT).stdout
    assert " 1  Story hot\n" in said
    assert "4.50 = +2.00 heat +1.00 coverage +0.50 quality +1.00 picture\n" in said
    assert "also: X0, X1, X2\n" in said
    site.build()
    assert site.page("/").index("Story hot") < site.page("/").index("Story cool")


def test_editors_lift_sink_and_pin(make_site) -> None:
    """A weight of 1 counts as much as twice the heat; a pinned story leads until its time, and then
    time alone moves it.
    """
    site = make_site()
    article(site, "hot", heat=96)
    article(site, "lifted", heat=32, weight=2)
    article(site, "sunk", heat=500, weight=-9)
    article(
        site, "pinned", publishedDateTime="2026-01-20T08:00:00Z", pin_until="2026-02-01T00:00:00Z"
    )
    assert names(front(site, *AT)) == ["pinned", "lifted", "hot", "sunk"]
    assert names(front(site, "--as-of", "2026-02-01T00:00"))[0] == "lifted"
    assert (
        json.loads(
            site.run(
                "status", "--json", "--at", "2026-01-31T12:00", "--set", "news_sitemap=false"
            ).stdout
        )["due"]
        == "2026-02-01T00:00:00Z"
    )


def test_one_slot_a_story_by_its_words(make_site) -> None:
    """Two articles that report the same event without naming each other take one place."""
    site = make_site()
    article(site, "one", title="Harbour bridge opens after long delay", heat=50)
    article(
        site,
        "two",
        title="Delayed harbour bridge opens to traffic",
        heat=40,
        excerpt="The bridge opens.",
    )
    for n in range(30):
        article(
            site,
            f"other{n}",
            title=f"{chr(97 + n % 26) * 7} {chr(97 + n * 7 % 26) * 6} {n}",
            heat=1,
            published=False,
        )
    assert names(front(site, *AT)) == ["one"]
    assert names(front(site, *AT, "--set", "stories.window=0")) == ["one", "two"]


def test_an_empty_site_has_no_front(make_site) -> None:
    """A site without stories has no leads."""
    assert make_site().run("front", *AT).stdout == "no stories at that time\n"
