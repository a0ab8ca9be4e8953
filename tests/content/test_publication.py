"""Who may see an article:

what is not understood withholds it, and keys that are like a field are reported.
"""

from __future__ import annotations

import pytest

from content.reading import REQUIRED, load, read
from newsgen.content.fix import fix
from newsgen.content.loader import Options, load_page
from newsgen.content.schema import read_article
from support import SmallSite


def reported(front: str) -> list[tuple[str, str, str]]:
    """Code, path and hint of each problem of an article with these lines."""
    return [(one.code, one.field, one.hint) for one in load(REQUIRED + front).problems]


@pytest.mark.parametrize(
    "front",
    [
        *(
            "draft: 1",
            "draft: y",
            "draft: later",
            "draft: [true]",
            "draft: 'ture'",
            "removed: 1",
            "removed: maybe",
            "published: 0",
        ),
        *("published: later", "expires: tomorrow", "expires: [2026-01-01]", "expires: 2026-13-01"),
    ],
)
def test_a_value_that_is_not_understood_withholds(front: str) -> None:
    """The article is unclear, and the warning says that it is withheld."""
    loaded = load(REQUIRED + front)
    assert loaded.article is not None
    assert loaded.article.unclear
    assert [one.severity for one in loaded.problems] == ["warning"]
    assert "the article is withheld" in loaded.problems[0].message


@pytest.mark.parametrize(
    ("front", "meant"),
    [
        *(
            ("Draft: true", "draft"),
            ("DRAFT: 1", "draft"),
            ("drafts: yes", "draft"),
            ("drfat: true", "draft"),
            ("is_draft: true", "draft"),
        ),
        *(
            ("status: draft", "draft"),
            ("Status: pending", "draft"),
            ("status: later", "draft"),
            ("visibility: private", "draft"),
        ),
        *(
            ("hidden: true", "draft"),
            ("private: yes", "draft"),
            ("state: draft", "draft"),
            ("Removed: true", "removed"),
            ("remove: on", "removed"),
        ),
        *(
            ("deleted: true", "removed"),
            ("Published: false", "published"),
            ("publish: no", "published"),
            ("publishd: 0", "published"),
        ),
        *(
            ("expiry: 2026-02-01", "expires"),
            ("expire: 2099-01-01", "expires"),
            ("expiration-date: never", "expires"),
            ("expired: true", "expires"),
        ),
        *(
            ("Expires: 2020-01-01", "expires"),
            ("embargo: 2099-01-01", "publishedDateTime"),
            ("hidden: [a]", "draft"),
        ),
    ],
)
def test_a_key_like_a_field_of_visibility_withholds(front: str, meant: str) -> None:
    """Another case, a typo, a plural, another tool's name:

    the article is withheld, and the right key is named.
    """
    assert read(front).unclear
    assert reported(front) == [
        ("misnamed-field", f"$.{front.partition(':')[0]}", f"did you mean {meant}?")
    ]


@pytest.mark.parametrize(
    "front",
    [
        "Draft: false",
        "hidden: no",
        "publish: true",
        "Published: yes",
        "deleted: false",
        "isDraft: off",
        "embargo: false",
    ],
)
def test_such_a_key_that_clearly_shows_is_reported_alone(front: str) -> None:
    """Where its value says that everyone may see the article, the key is reported and withholds
    nothing.
    """
    assert not read(front).unclear
    assert [code for code, _, _ in reported(front)] == ["misnamed-field"]


@pytest.mark.parametrize(
    "front",
    [
        *(
            "draft: true",
            "draft: no",
            "removed: off",
            "published: false",
            "expires: 2026-02-01",
            "draft:",
            "expires: ''",
            "status: published",
        ),
        *(
            "status: Public",
            "state: Bavaria",
            "workflow: desk",
            "Draft:",
            "status: ''",
            "mood: grim",
            "graft: true",
            "published_by: Ann",
        ),
        *(
            "secured: abc",
            "photo: x",
            "publishing_house: Ink",
            "removals: 3 lorries",
            "x: 1",
            "topics: [A]\ntopic: B",
        ),
    ],
)
def test_what_is_understood_or_says_nothing_of_it(front: str) -> None:
    """Right fields, values of `status` that publish, empty ones and keys of one's own raise no
    warning.
    """
    assert not read(front).unclear
    assert reported(front) == []


@pytest.mark.parametrize(
    ("front", "meant"),
    [
        *(
            ("Excerpt: a", "excerpt"),
            ("abstract: a", "excerpt"),
            ("tag: [a]", "tags"),
            ("Author: A", "authors"),
            ("keyword: a", "tags"),
        ),
        *(
            ("Category: a", "category"),
            ("web_url: https://a.example/", "webUrl"),
            ("last-mod: 2026-01-01", "updated"),
            ("langauge: de", "language"),
        ),
        *(("alias: /a/", "aliases"), ("Related: []", "related"), ("Image: /a.jpg", "images")),
    ],
)
def test_other_keys_like_a_field_are_reported(front: str, meant: str) -> None:
    """They withhold nothing; where the field itself is there too, nothing is said."""
    assert not read(front).unclear
    assert reported(front) == [
        ("misnamed-field", f"$.{front.partition(':')[0]}", f"did you mean {meant}?")
    ]


def test_a_missing_field_and_the_key_that_was_meant() -> None:
    """An article without a title or a date is left out, and the key that was probably meant is
    named beside it.
    """
    found = load("Title: T\npublished_date: 2026-01-01").problems
    assert [(one.code, one.field) for one in found] == [
        ("misnamed-field", "$.Title"),
        ("misnamed-field", "$.published_date"),
        ("missing-title", "$.title"),
        ("missing-date", "$.publishedDateTime"),
    ]


@pytest.mark.parametrize(
    "front",
    [
        "draft: 1",
        "Draft: true",
        "status: draft",
        "published: false",
        "removed: true",
        "expires: soon",
    ],
)
def test_a_plain_page_is_withheld_too(front: str) -> None:
    """The rule of articles holds for plain pages, which know fewer fields."""
    page = load_page(
        f"---\ntitle: T\n{front}\n---\n".encode(), Options("UTC", "markdown", ())
    ).record
    assert page is not None
    assert page.unclear


def test_withheld_everywhere(site: SmallSite) -> None:
    """An unclear article has no page and stands in no list, feed or related list; `status` says
    why; drafts and later articles being shown does not change that. Corrected, it is there."""
    related = [{"title": "Story held", "webUrl": "https://paper.example/held"}]
    site.article("other", related=related)
    for fields in ({"draft": "later"}, {"status": "draft"}):
        site.article("held", **fields)
        site.page_file("about", **fields)
        site.build(drafts=True, future=True)
        assert not [
            path for path, data in site.tree().items() if b"Story held" in data or "about" in path
        ]
        listed = site.run("status", "--at", "2026-01-31").stdout
        assert "unclear (2)" in listed
    site.article("held")
    site.page_file("about")
    site.build()
    assert "Story held" in site.page("/news/held/")
    assert (site.output / "about/index.html").is_file()


def test_fixing_writes_no_key() -> None:
    """`check --fix` leaves such keys and values to the writer."""
    data = f"---\n{REQUIRED}Draft: true\ndraft: later\n---\n".encode()
    assert fix(data, read_article, Options("UTC", "", ()).zone).data == data
