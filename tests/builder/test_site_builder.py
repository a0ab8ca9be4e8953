"""Documents in any order become one Site: grouped by topic, source and category, newest first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.making import AS_OF, built, doc, groups, paths, site
from newsgen.content.clock import Clock
from newsgen.content.data import Data, NameFact, OrganizationFact
from newsgen.core.model import Document, Image
from support import rounds


def topic(order: int, name: str, *others: str, slug: str = "", parent: str = "") -> NameFact:
    return NameFact(name, slug, order, parent, others)


def test_stories_stand_newest_first() -> None:
    """Stories are sorted by time, newest first, then by path, last one first, as routes are
    assigned.
    """
    times = {"a.md": "2026-01-02", "b.md": "2026-01-03", "c.md": "2026-01-02", "d.md": "2026-01-01"}
    assert paths(site([doc(path, publishedDateTime=time) for path, time in times.items()])) == [
        "b.md",
        "c.md",
        "a.md",
        "d.md",
    ]


def test_a_card_says_what_other_pages_may() -> None:
    """A card has link, time in the site's zone, kind, source and topics, and planning cannot read
    its title, excerpt or image.
    """
    article = doc(
        "x.md",
        title="T",
        excerpt="E",
        images=["https://a.example/1.png"],
        topics=["A", "B"],
        type="video",
    )
    card = site([article], url="https://wire.example/azure", timezone="Asia/Tokyo").stories[0].card
    assert (card.url, card.kind) == ("/azure/news/x/", "video")
    for name in ("title", "excerpt", "image"):
        with pytest.raises(LookupError):
            getattr(card, name)
    assert card.time is not None
    assert (card.time.isoformat(), card.time.tzinfo) == (
        "2026-01-30T17:00:00+09:00",
        ZoneInfo("Asia/Tokyo"),
    )
    assert [label.url for label in (card.source, *card.topics)] == [
        "/azure/sources/paper.example/",
        "/azure/topics/a/",
        "/azure/topics/b/",
    ]


# Topics


def test_topics_that_differ_by_case_or_accents_are_one() -> None:
    """The most common spelling is shown, on a tie the first in order; an article has the topic
    once.
    """
    documents = [
        doc("1.md", topics=["Café", "cafe"]),
        doc("2.md", topics=["CAFE"]),
        doc("3.md", topics=["CAFE", "Tea"]),
    ]
    made = site(documents)
    assert groups(made, "topics") == {"CAFE": ["3.md", "2.md", "1.md"], "Tea": ["3.md"]}
    assert [label.slug for label in made.stories[-1].card.topics] == ["cafe"]


def test_topics_with_signs_are_told_apart() -> None:
    """C, C++ and C# are three topics with different addresses."""
    made = site(
        [doc("1.md", topics=["C"]), doc("2.md", topics=["C++"]), doc("3.md", topics=["C#"])]
    )
    assert {group.label.name: group.label.slug for group in made.topics} == {
        "C": "c",
        "C++": "c-plus-plus",
        "C#": "c-sharp",
    }


def test_data_files_name_and_order_topics() -> None:
    """A data file gives a topic its name, slug, order, parent and other names; topics without one
    follow by name.
    """
    data = Data(
        (
            topic(0, "Power Apps", slug="pa"),
            topic(1, "Common Data Service", "CDS", "Dataverse", slug="cds", parent="power apps"),
        )
    )
    documents = [
        doc("1.md", topics=["cds", "Zebra"]),
        doc("2.md", topics=["dataverse", "apple"]),
        doc("3.md", topics=["POWER APPS"]),
    ]
    made = site(documents, data)
    assert groups(made, "topics") == {
        "Power Apps": ["3.md"],
        "Common Data Service": ["2.md", "1.md"],
        "apple": ["2.md"],
        "Zebra": ["1.md"],
    }
    first, second, *_ = made.topics
    assert (first.label.url, second.label.slug, second.parent) == (
        "/topics/pa/",
        "cds",
        first.label,
    )


def test_a_parent_without_stories_has_no_link() -> None:
    """A parent topic without visible articles is named without a link; topics without stories have
    no group.
    """
    data = Data((topic(0, "All"), topic(1, "AI", parent="All"), topic(2, "Unused")))
    made = site([doc("1.md"), doc("2.md", topics=["All"], published=False)], data)
    assert [group.label.name for group in made.topics] == ["AI"]
    parent = made.topics[0].parent
    assert parent is not None
    assert (parent.name, parent.url) == ("All", "")


def test_of_two_data_files_that_claim_a_name_the_first_has_it() -> None:
    """A name belongs to one topic; a second claimant without stories gets no link to a missing
    page.
    """
    data = Data(
        (topic(0, "AI", "ML"), topic(1, "Machines", "ml"), topic(2, "Robots", parent="Machines"))
    )
    made = site([doc("1.md", topics=["ML", "Robots"])], data)
    assert groups(made, "topics") == {"AI": ["1.md"], "Robots": ["1.md"]}
    assert made.topics[1].parent is not None
    assert made.topics[1].parent.url == ""


def test_a_newcomer_never_takes_a_topics_address() -> None:
    """Of two names with one slug, the older topic keeps it."""
    old = doc("1.md", topics=["U.S."], publishedDateTime="2026-01-01")
    new = doc("2.md", topics=["U-S"], publishedDateTime="2026-01-02")
    assert {g.label.name: g.label.slug for g in site([old, new]).topics} == {
        "U.S.": "u-s",
        "U-S": "u-s-2",
    }


def test_hidden_articles_do_not_count() -> None:
    """Neither the shown spelling nor the addresses depend on hidden articles."""
    hidden = [
        doc(
            f"h{i}.md",
            topics=["ai"],
            provider={"name": "other"},
            published=False,
            publishedDateTime="2026-01-01",
        )
        for i in range(3)
    ]
    made, alone = site([*hidden, doc("1.md")]), site([doc("1.md")])
    assert (made.topics, made.sources, made.stories) == (alone.topics, alone.sources, alone.stories)


def test_tags_and_authors_are_grouped_as_topics_are() -> None:
    """Tags and authors that differ in case or accents are one."""
    documents = [
        doc("1.md", tags=["ipo", "IPO"], authors=["A. Writer"]),
        doc("2.md", tags=["Ipo"], authors=["a. writer", "B"]),
    ]
    made = site(documents)
    assert [paths(made, group.members) for group in made.tags] == [["2.md", "1.md"]]
    assert [group.label.url for group in made.authors] == ["/authors/a-writer/", "/authors/b/"]


# Sources


def source(path: str, url: str | None, name: str = "", domain: str = "", **fields: Any) -> Document:
    return doc(path, webUrl=url, provider={"name": name, "domain": domain}, **fields)


def test_sources_are_keyed_by_registrable_domain() -> None:
    """Hosts of one domain are one source under its most common name; without webUrl, the provider's
    domain decides.
    """
    documents = [
        source("1.md", "https://www.bbc.co.uk/1", "BBC"),
        source("2.md", "http://news.bbc.co.uk/2", "BBC News"),
        source("3.md", None, "BBC News", "bbc.co.uk"),
        source("4.md", "https://other.co.uk/4", "BBC"),
    ]
    made = site(documents)
    assert [(g.label.name, g.label.slug, paths(made, g.members)) for g in made.sources] == [
        ("BBC", "other.co.uk", ["4.md"]),
        ("BBC News", "bbc.co.uk", ["3.md", "2.md", "1.md"]),
    ]


def test_platforms_hold_many_sources() -> None:
    """On platforms such as youtube.com and msn.com, or those in the settings, publishers are
    distinguished by name, and matched with their own domain.
    """
    documents = [
        source("1.md", "https://www.youtube.com/1", "IGN"),
        source("2.md", "https://www.youtube.com/2", "wudijo"),
        source("3.md", "https://www.msn.com/3", "ign"),
        source("4.md", "https://www.msn.com/4", "IGN"),
        source("5.md", "https://ign.com/5", "IGN"),
        source("6.md", None, "Wudijo"),
    ]
    made = site(documents)
    assert [(g.label.name, g.label.slug, paths(made, g.members)) for g in made.sources] == [
        ("IGN", "ign.com", ["5.md", "4.md", "3.md", "1.md"]),
        ("Wudijo", "wudijo", ["6.md", "2.md"]),
    ]
    one = site(documents, sources={"platforms": ["ign.com"]})
    assert {g.label.slug for g in one.sources} == {"msn.com", "wudijo", "youtube.com"}


def test_a_publisher_on_a_platform_is_the_one_of_that_name() -> None:
    """A publisher on a platform with the name of a known domain is that source; of two such
    domains, the one with more stories wins.
    """
    tube = {"webUrl": "https://youtube.com/watch?v=1"}
    documents = [
        doc("a.md", webUrl="https://rant.example/a", provider={"name": "Game Rant"}),
        doc("b.md", webUrl="https://rant.example/b", provider={"name": "Game Rant"}),
        doc("c.md", webUrl="https://rant.example/c", provider={"name": "Rant TV"}),
        doc("d.md", webUrl="https://twin.example/d", provider={"name": "Game Rant"}),
        doc("e.md", provider={"name": "GameRant"}, **tube),
        doc("f.md", provider={"name": "Rant TV"}, **tube),
    ]
    made = site(documents)
    assert {group.label.slug: len(group.members) for group in made.sources} == {
        "rant.example": 4,
        "twin.example": 1,
        "rant-tv": 1,
    }


def test_data_files_name_sources() -> None:
    """The data file's name and logo are shown; it is found by domain, by name or by another
    name.
    """
    logo = Image("/logos/x.png", 50, 50)
    data = Data(
        (),
        (
            OrganizationFact("The SCMP", "scmp.com", (), logo),
            OrganizationFact("IGN Video", "", ("ign",)),
        ),
    )
    made = site(
        [
            source("1.md", "https://www.scmp.com/1", "scmp"),
            source("2.md", "https://youtube.com/2", "IGN"),
        ],
        data,
    )
    found = [(g.label.name, g.label.slug, g.label.logo) for g in made.sources]
    assert found == [("IGN Video", "ign", None), ("The SCMP", "scmp.com", logo)]


def test_an_article_may_have_no_source() -> None:
    """Without provider and address, a card names no source and no group is made."""
    made = site([source("1.md", None), doc("2.md")])
    assert made.stories[1].card.source.name == ""
    assert groups(made, "sources") == {"Paper": ["2.md"]}


def test_kinds_of_pages_that_are_not_wanted_are_not_linked() -> None:
    """Without topic, source and category pages, their names are shown without links."""
    made = site([doc("1.md")], without=["topic", "source", "category"])
    labels = [made.topics[0].label, made.sources[0].label, made.categories[0].label]
    assert [(label.name, label.url) for label in labels] == [
        ("AI", ""),
        ("Paper", ""),
        ("news", ""),
    ]


# Categories


def test_categories() -> None:
    """The category is the first part of the address, `news` by default; case does not matter."""
    documents = [
        doc("1.md"),
        doc("2.md", category="news"),
        doc("3.md", category="Opinion"),
        doc("4.md", category="opinion"),
    ]
    made = site(documents)
    assert [(g.label.slug, g.label.url, paths(made, g.members)) for g in made.categories] == [
        ("news", "/news/", ["2.md", "1.md"]),
        ("opinion", "/opinion/", ["4.md", "3.md"]),
    ]


# All at once

NAMES = ["AI", "ai", "Café", "cafe", "C++", "C#", "C", "U.S.", "U-S", "人工", "!!!"]
ADDRESSES = [
    f"https://{host}/{i}"
    for host in ("a.example", "www.a.example", "b.example", "youtube.com", "msn.com")
    for i in range(2)
]


@st.composite
def articles(draw: st.DrawFn) -> list[Document]:
    """Draw a folder of articles that often share names, addresses, titles and times."""
    made = []
    for i in range(draw(st.integers(0, 7))):
        fields: dict[str, Any] = {
            "publishedDateTime": (AS_OF - timedelta(hours=draw(st.integers(-2, 5)))).isoformat(),
            "topics": draw(st.lists(st.sampled_from(NAMES), max_size=3)),
            "title": draw(st.sampled_from(["One", "one", "Two", "Three"])),
            "webUrl": draw(st.none() | st.sampled_from(ADDRESSES)),
            "provider": {"name": draw(st.sampled_from(["", "P", "p", "Q"]))},
            "category": draw(st.sampled_from([None, "news", "News", "Opinion"])),
            "tags": draw(st.lists(st.sampled_from(NAMES), max_size=2)),
        }
        for flag in ("published", "removed", "draft", "gone"):
            if draw(st.integers(0, 5)) == 0:
                fields[flag] = flag != "published"
        made.append(
            doc(f"{draw(st.sampled_from(['', 'a/']))}{i % 4}{'' if i < 4 else '.x'}.md", **fields)
        )
    return made


@given(articles(), st.randoms())
@settings(max_examples=rounds(30))
def test_the_order_of_documents_does_not_matter(documents: list[Document], random: Any) -> None:
    """The same files in any order make the same Site and the same problems."""
    data = Data(
        (topic(0, "Common", "C++", "cafe"), topic(1, "U-S")),
        (OrganizationFact("The A", "a.example"),),
    )
    expected = built(documents, data)
    random.shuffle(documents)
    assert built(documents, data) == expected


@given(articles(), st.booleans())
@settings(max_examples=rounds(30))
def test_every_visible_article_is_in_each_list_it_belongs_to(
    documents: list[Document], drafts: bool
) -> None:
    """Lists are ascending, so newest first; each story is in its topics, its source and its
    category, and in no other.
    """
    made = site(documents, clock=Clock(AS_OF, drafts))
    for kind in ("topics", "sources", "categories", "tags", "authors"):
        found = getattr(made, kind)
        assert len({group.label.slug for group in found}) == len(found)
        for group in found:
            assert list(group.members) == sorted(set(group.members))
    for i, story in enumerate(made.stories):
        assert {g.label.slug for g in made.topics if i in g.members} == {
            label.slug for label in story.card.topics
        }
        assert [g.label for g in made.sources if i in g.members] == (
            [story.card.source] if story.card.source.name else []
        )
        assert [g.label for g in made.categories if i in g.members] == [story.category]
        assert {g.label.slug for g in made.tags if i in g.members} == {
            label.slug for label in story.tags
        }
    times = [story.document.meta.time for story in made.stories]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("count", [0, 1])
def test_small_sites(count: int) -> None:
    """A site of no article, or of one, can be built."""
    made = site([doc(f"{i}.md") for i in range(count)])
    assert len(made.stories) == len(made.topics) == len(made.sources) == count
