"""Who may see an article: unclear values withhold it, and keys that resemble a field are
reported.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from content.reading import REQUIRED, load, read
from newsgen.content.clock import Clock
from newsgen.content.derive import meta_of
from newsgen.content.fix import fix
from newsgen.content.loader import Options, load_page
from newsgen.content.schema import read_article
from newsgen.content.visibility import reasons
from support import SmallSite


def reported(front: str) -> list[tuple[str, str, str]]:
    """Return code, path and hint of each problem of an article with these lines."""
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
    """An unclear value withholds the article, with a warning."""
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
            ("draf: true", "draft"),
            ("publicationState: draft", "draft"),
            ("access: members", "draft"),
            ("deleted_at: 2026-01-30", "removed"),
            ("publishable: false", "published"),
            ("is_draft: true", "draft"),
        ),
        *(
            ("Status: pending", "draft"),
            ("status: later", "draft"),
            ("visibility: private", "draft"),
        ),
        *(
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
    """A key in another case, a typo, a plural or another tool's name withholds the article, and the
    right key is named.
    """
    assert read(front).unclear
    assert reported(front) == [
        ("misnamed-field", f"$.{front.partition(':')[0]}", f"did you mean {meant}?")
    ]


@pytest.mark.parametrize(
    "front", ["status: draft", "status: Trash", "hidden: true", "private: yes"]
)
def test_what_other_tools_withhold_with(front: str) -> None:
    """Keys and values of other tools withhold the article as there, not as a typo."""
    assert read(front).unclear
    assert reported(front) == [("alias", f"$.{front.partition(':')[0]}", "")]


def test_a_draft_needs_no_date() -> None:
    """A draft without a date is withheld without a warning."""
    for front in ("draft: true", "status: draft", "status: draft\npublished_at: null"):
        loaded = load(f"title: T\n{front}")
        assert loaded.article is None
        assert {problem.severity for problem in loaded.problems} == {"repair"}


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
    """If the value clearly says that everyone may see the article, the key is only reported."""
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
    """Valid fields, values of `status` that publish, empty values and own keys give no warning."""
    assert not read(front).unclear
    assert reported(front) == []


@pytest.mark.parametrize(
    ("front", "meant"),
    [
        *(
            ("lede: a", "excerpt"),
            ("writers: A", "authors"),
            ("keyword: a", "tags"),
        ),
        ("langauge: de", "language"),
        ("relateds: []", "related"),
    ],
)
def test_other_keys_like_a_field_are_reported(front: str, meant: str) -> None:
    """Other keys that resemble a field do not withhold the article, and are not reported if the
    field is there too.
    """
    assert not read(front).unclear
    assert reported(front) == [
        ("misnamed-field", f"$.{front.partition(':')[0]}", f"did you mean {meant}?")
    ]


def test_a_missing_field_and_the_key_that_was_meant() -> None:
    """An article without a title or a date is left out, and the key that was probably meant is
    named.
    """
    found = load("titel: T\ndatetime: 2026-01-01").problems
    assert [(one.code, one.field) for one in found] == [
        ("misnamed-field", "$.datetime"),
        ("misnamed-field", "$.titel"),
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
    """The same rules hold for plain pages, which have fewer fields."""
    page = load_page(
        f"---\ntitle: T\n{front}\n---\n".encode(), Options("UTC", "markdown", ())
    ).record
    assert page is not None
    assert page.unclear


def test_withheld_everywhere(site: SmallSite) -> None:
    """An unclear article has no page and is in no list, feed or related list, even with --drafts
    and --future; `status` shows why. Once corrected, it is published.
    """
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
    """`check --fix` does not change such keys and values."""
    data = f"---\n{REQUIRED}Draft: true\ndraft: later\n---\n".encode()
    assert fix(data, read_article, Options("UTC", "", ()).zone).data == data


@pytest.mark.parametrize(
    "front",
    [
        *("draft: true\ndraft: false", "draft: false\ndraft: true", '"draft": yes\ndraft:'),
        *("draft: later\ndraft: false", "published: no\npublished: yes", "removed: on\nremoved:"),
        *("expires: 2020-01-01\nexpires: 2099-01-01", "expires: x\nexpires:"),
        *("status: draft\nstatus: published", "hidden: yes\nhidden: no"),
        *("publishedDateTime: 2099-01-01\npublishedDateTime: 2020-01-01", "draft: 1\n" * 2),
        "\n".join(f"draft: {n}" for n in range(100)) + "\ndraft: false",
    ],
)
def test_each_value_of_a_repeated_key_withholds(front: str) -> None:
    """Of a repeated key about visibility, any value that withholds counts, and the repetition is
    reported.
    """
    date = "" if "publishedDateTime" in front else "publishedDateTime: 2020-01-01\n"
    loaded = load(f"title: T\n{date}{front}")
    assert loaded.article is not None
    assert reasons(meta_of(loaded.article), Clock(datetime(2026, 1, 30, tzinfo=UTC)))
    assert "duplicate-key" in {one.code for one in loaded.problems}


def test_repeated_keys_that_withhold_nothing() -> None:
    """A repeated value that publishes is only reported, and so is any other repeated key."""
    article = read("draft: no\ndraft: no\npublished: yes\npublished: true\nexcerpt: a\nexcerpt: b")
    assert (article.draft, article.published, article.unclear) == (False, True, False)


@pytest.mark.parametrize("front", ["draft: #true", "draft: &true", "draft: !true", "Draft: #yes"])
def test_a_value_that_yaml_cuts_to_nothing_withholds(front: str) -> None:
    """A value of visibility that YAML cuts completely is unclear."""
    loaded = load(REQUIRED + front)
    assert loaded.article is not None
    assert loaded.article.unclear
    assert loaded.problems[-1].code == "cut-value"
    assert loaded.problems[-1].message.endswith("the article is withheld")


@pytest.mark.parametrize(
    ("front", "withheld"),
    [
        ("<<: {draft: true}", True),
        ("base: &b {published: no}\n<<: *b", True),
        ("<<: [{a: b}, {Draft: yes}]", True),
        ("<<: {language: de}", False),
    ],
)
def test_merge_keys_are_reported(front: str, withheld: bool) -> None:
    """YAML 1.2 has no merge: the key is reported, and withholds the article if it holds a field of
    visibility.
    """
    assert read(front).unclear is withheld
    assert ("misnamed-field", "$.<<") in [one[:2] for one in reported(front)]


@pytest.mark.parametrize(
    ("front", "field", "meant"),
    [
        ("provider: {nmae: P}", "$.provider.nmae", "name"),
        ("provider:\n  title: P", "$.provider.title", "name"),
        ("provider: {Domain: p.example}", "$.provider.Domain", "domain"),
        ("provider:\n  name: P\n  images: [{href: /a.png}]", "$.provider.images[0].href", "url"),
        ("images: [{url: /a.png, alttext: A}]", "$.images[0].alttext", "alt"),
        ("images: [{url: /a.png, heigth: 9}]", "$.images[0].heigth", "height"),
        ("related: [{title: A, url: 'https://a.example/'}]", "$.related[0].url", "webUrl"),
        ("related: [{headline: A}]", "$.related[0].headline", "title"),
        ("related: [{title: A, date: 2020-01-01}]", "$.related[0].date", "publishedDateTime"),
        ("corrections: [{date: 2026-01-30, text: A, note: B}]", "", ""),
        ("images: [{url: /a.png, credit: A}]", "", ""),
        ("related: [{title: A, link: ''}]", "", ""),
    ],
)
def test_misnamed_keys_inside_fields(front: str, field: str, meant: str) -> None:
    """Keys of a provider, an image, a related story or a correction that resemble a field are
    reported, unless they are empty or the field is there too.
    """
    expected = [("misnamed-field", field, f"did you mean {meant}?")] if field else []
    assert reported(front) == expected


@pytest.mark.parametrize(
    "front",
    [
        *("listed: false", "Listed: no", "unlisted: true", "headless: true", "render: false"),
        *("live: false", "ready: no", "post_status: draft", "access: private", "stage: draft"),
        *("eleventyExcludeFromCollections: true", "password: x", "hold: until Friday"),
        *("spiked: true", "publishOn: 2099-01-01", "build: {list: local}"),
        *("_build: {render: never}", "build:\n  list: false"),
    ],
)
def test_keys_of_other_tools_withhold(front: str) -> None:
    """Keys that keep an article out of lists, or hide it, in other tools withhold it here."""
    loaded = load(REQUIRED + front)
    assert loaded.article is not None
    assert loaded.article.unclear
    assert [one.code for one in loaded.problems] == ["misnamed-field"]
    assert "the article is withheld" in loaded.problems[0].message


@pytest.mark.parametrize(
    "front",
    [
        *("listed: true", "render: html", "live: 2026", "ready: soon", "state: Ohio", "stage: 3"),
        *("build: 123", "build: {list: always}", "_build: {render: true}", "password: false"),
        "hide: [navigation, toc]",
    ],
)
def test_the_same_keys_may_mean_something_else(front: str) -> None:
    """Other values of these keys do not withhold the article."""
    article = load(REQUIRED + front).article
    assert article is not None
    assert not article.unclear


@pytest.mark.parametrize("value", ["false", "no", "{disable: true}", "{exclude: yes}"])
def test_a_sitemap_is_not_switched_off(value: str) -> None:
    """Another tool's key that keeps a page out of the sitemap is reported, with the key to use."""
    [problem] = load(f"{REQUIRED}sitemap: {value}").problems
    assert problem.code == "misnamed-field"
    assert "noindex: true" in problem.hint
    assert load(f"{REQUIRED}sitemap: {{priority: 0.5}}").problems == []
