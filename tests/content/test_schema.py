"""Fields typed by the schema: the fast and the exact parser give the same Article and the same
problems.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import event, example, given, settings
from msgspec import structs

from content.reading import (
    ONLY_EXACT,
    REQUIRED,
    corpus,
    document,
    load,
    load_bytes,
    load_exactly,
    placed,
    problems,
    read,
)
from content.yaml_texts import fronts
from newsgen.content.derive import meta_of, summary_of
from newsgen.core.frontmatter import FrontMatterError, decode, parse_exact, parse_fast, split
from newsgen.core.model import Article, Correction, Image, Provider, Reference
from support import CORPUS, rounds


def same_both_ways(data: bytes) -> Article | None:
    """Read as the loader does and by the exact parser alone; check that Articles and problems are
    equal.
    """
    loaded = load_bytes(data)
    found = [
        problem
        for problem in loaded.problems
        if problem.code not in ONLY_EXACT | {"control-character"}
    ]
    try:
        exact = load_exactly(data)
    except FrontMatterError as error:
        refused = (loaded.article, found[-1].code)
        assert refused == (None, error.code)  # noqa: PT017 - either outcome is fine, as long as both ways have it
        return None
    rules = ("duplicate-key", "cut-value")  # of the loader: tests/content/test_publication.py
    if any(one.code in rules and "withh" in one.message for one in loaded.problems):
        return loaded.article
    assert loaded.article == exact.article
    assert found == exact.problems
    return loaded.article


@given(fronts())
@example("title: T\n...\nprovider: {domain: \"<iframe src='https://e.example/v'>\"}")
@example("title: T\n...\nx: <iframe src='https://e.example/v'>\x1f")
@settings(max_examples=rounds(200))
def test_both_ways_agree_on_any_front_matter(front: str) -> None:
    """For any YAML in the fields, both parsers give the same."""
    data = document(front)
    parts = split(decode(data).text)
    if parts is not None and parts.body:  # `...` ends front matter too: a body follows
        data = decode(data).text.removesuffix(parts.body).encode()
    event(f"fast: {parts is not None and isinstance(parse_fast(parts.front), dict)}")
    event(f"article: {same_both_ways(data) is not None}")


@pytest.mark.corpus
def test_both_ways_agree_on_real_articles() -> None:
    """Both parsers read every file of the real sites alike, faulty ones included."""
    files = corpus()
    assert len(files) > 2_300
    articles = [same_both_ways(path.read_bytes()) for path in files]
    assert all(articles), "a real article was left out"


def test_all_fields_are_read() -> None:
    """Each field of the front matter is in the Article, typed."""
    front = """\
title: "SenseTime wins"
excerpt: Approved.
publishedDateTime: 2021-11-19T13:11:09Z
category: news
type: video
slug: wins
permalink: /ports/wins/
webUrl: https://www.scmp.com/a
originalUrl: https://www.msn.com/b
ampWebUrl: https://amp.scmp.com/a
cdnAmpWebUrl: https://amp-scmp-com.cdn.example/a
quality: 129
heat: 149
published: false
removed: yes
draft: true
expires: 2022-01-01
featuredContent: "<p>x<iframe width=1 src='https://www.youtube.com/embed/x?a=1'></iframe>"
provider:
  name: SCMP
  domain: wrong.example
  images: [{url: https://a.example/logo.png, width: 50, height: 50}]
topics: [AI, NO, 3.10]
images:
  - url: https://a.example/1.jpg
    width: 1200
    height: 630
    title: A hall
    isCached: true
  - https://a.example/2.jpg
related:
  - title: Other
    excerpt: More.
    publishedDateTime: 2021-11-19 12:00
    webUrl: https://b.example/o
    type: article
    provider: {name: B, domain: b.example}
    quality: 38
    images: [{url: https://b.example/3.jpg}]
updated: 2021-11-20
tags: [ipo, IPO, ipo]
authors: [A. Writer]
corrections:
  - {date: 2021-11-20, text: The sum was wrong.}
  - {date: 2021-11-21, text: The name too.}
aliases: [/old/, other/page.html]
gone: true
weight: 3
pin_until: 2021-12-01
secured: "c2VjcmV0;c2VjcmV0"
unknown: kept
"""
    loaded = load(front, "# Hi\n\n[in](/news/x/)")
    assert loaded.problems == []
    expected = {
        "title": "SenseTime wins",
        "excerpt": "Approved.",
        "time": datetime(2021, 11, 19, 13, 11, 9, tzinfo=UTC),
        "category": "news",
        "kind": "video",
        "slug": "wins",
        "web_url": "https://www.scmp.com/a",
        "original_url": "https://www.msn.com/b",
        "amp_url": "https://amp.scmp.com/a",
        "cdn_amp_url": "https://amp-scmp-com.cdn.example/a",
        "provider": Provider("SCMP", "scmp.com", Image("https://a.example/logo.png", 50, 50)),
        "topics": ("AI", "NO", "3.10"),
        "images": (
            Image("https://a.example/1.jpg", 1200, 630, "A hall", True),
            Image("https://a.example/2.jpg"),
        ),
        "related": (
            Reference(
                "Other",
                "More.",
                "https://b.example/o",
                "article",
                Provider("B", "b.example"),
                datetime(2021, 11, 19, 12, tzinfo=UTC),
                38,
                Image("https://b.example/3.jpg"),
            ),
        ),
        "quality": 129,
        "heat": 149,
        "published": False,
        "removed": True,
        "draft": True,
        "expires": datetime(2022, 1, 1, tzinfo=UTC),
        "embed": "https://www.youtube.com/embed/x?a=1",
        "language": "",
        "body": '<h2 id="hi">Hi</h2>\n<p><a href="/news/x/">in</a></p>',
        "links": ("/news/x/",),
        "updated": datetime(2021, 11, 20, 0, 0, 0, 1, tzinfo=UTC),
        "tags": ("ipo", "IPO"),
        "authors": ("A. Writer",),
        "corrections": (
            Correction(datetime(2021, 11, 21, 0, 0, 0, 1, tzinfo=UTC), "The name too."),
            Correction(datetime(2021, 11, 20, 0, 0, 0, 1, tzinfo=UTC), "The sum was wrong."),
        ),
        "aliases": ("/old/", "/other/page.html"),
        "gone": True,
        "weight": 3,
        "pin_until": datetime(2021, 12, 1, tzinfo=UTC),
        "terms": (),
        "unclear": False,
        "noindex": False,
        "extra": {"unknown": "kept"},
        "teaser": "",
        "address": "/ports/wins/",
    }
    assert loaded.article is not None
    assert structs.asdict(loaded.article) == expected


def test_what_is_absent_has_its_default() -> None:
    """Title and date are enough; without `published` an article is published, without heat it has
    the quality.
    """
    article = read("quality: 7")
    assert (article.kind, article.published, article.removed, article.draft) == (
        "article",
        True,
        False,
        False,
    )
    assert (article.quality, article.heat, article.expires, article.related, article.images) == (
        7,
        7,
        None,
        (),
        (),
    )
    assert article.provider == Provider("", "")


def test_a_heat_below_zero_is_never_seen() -> None:
    """A heat of -1, as of a member of another's cluster, is read as 0."""
    assert read("quality: 9\nheat: -1").heat == 0


def test_text_is_what_stands_in_the_file() -> None:
    """A topic NO is not a boolean, 010 not a number, and a date not a time: both parsers keep the
    characters.
    """
    topics = [
        "NO",
        "010",
        "1_000",
        "12:30:45",
        "0x1f",
        "1e3",
        ".5",
        "true",
        "Null",
        "2021-11-19",
        "+1",
        "1.0",
        ".inf",
        "1.10",
    ]
    expected = tuple(topic for topic in topics if topic != "Null")
    assert read("topics:\n" + "".join(f"  - {topic}\n" for topic in topics)).topics == expected
    assert read(f"topics: [{', '.join(topics)}]").topics == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("+12", 12),
        ("-1", -1),
        ("010", 10),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0o17", 15),
        ("'12'", 12),
        ('" 12 "', 12),
        ("~", 0),
        ("", 0),
    ],
)
def test_whole_numbers(text: str, number: int) -> None:
    """Whole numbers of YAML 1.2 are read, quoted or not, with underscores."""
    assert read(f"quality: {text}").quality == number
    assert problems(f"quality: {text}") == []


@pytest.mark.parametrize(
    "text",
    [
        "1e3",
        "1.5",
        "many",
        "true",
        "[1]",
        "{a: 1}",
        "9" * 30,
        "9" * 5_000,
        "0x" + "f" * 20,
        "12:30",
        ".inf",
        "१२",
    ],
)
def test_what_is_no_whole_number(text: str) -> None:
    """Any other value is a warning at the field, and the default counts."""
    assert read(f"quality: {text}").quality == 0
    assert problems(f"quality: {text}") == [("warning", "wrong-type", "$.quality")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("TRUE", True),
        ("yes", True),
        ("On", True),
        ("'yes'", True),
        ("no", False),
        ("False", False),
        ("OFF", False),
        ("~", False),
    ],
)
def test_booleans(text: str, value: bool) -> None:
    """true and false, yes and no, on and off are booleans where one is expected."""
    assert read(f"draft: {text}").draft is value
    assert problems(f"draft: {text}") == []


@pytest.mark.parametrize("text", ["1", "0", "maybe", "1.0", "[true]", "y"])
def test_what_is_no_boolean(text: str) -> None:
    """Any other value is a warning, and in a field about visibility it withholds the article."""
    assert read(f"published: {text}").unclear is True
    assert problems(f"published: {text}") == [("warning", "wrong-type", "$.published")]


@pytest.mark.parametrize(
    ("front", "found"),
    [
        ("type: gallery", ("warning", "wrong-type", "$.type")),
        ("excerpt: [a]", ("warning", "wrong-type", "$.excerpt")),
        ("provider: SCMP", ("warning", "wrong-type", "$.provider")),
        ("related: [x]", ("warning", "wrong-type", "$.related[0]")),
        (
            "related:\n  - title: a\n  - title: b\n    webUrl: ftp://a.example",
            ("warning", "unsafe-url", "$.related[1].webUrl"),
        ),
        (
            "images:\n  - url: https://a.example/x.png\n    width: wide",
            ("warning", "wrong-type", "$.images[0].width"),
        ),
        ("expires: soon", ("warning", "bad-date", "$.expires")),
        ("webUrl: javascript:alert(1)", ("warning", "unsafe-url", "$.webUrl")),
        ("webUrl: nowhere", ("warning", "bad-url", "$.webUrl")),
        ("topics:\n  - a\n  -\n  - b", ("repair", "null-item", "$.topics")),
        ("updated: 2020-01-01", ("warning", "updated-too-early", "$.updated")),
        ("corrections: [{date: 2021-11-20}]", ("warning", "bad-correction", "$.corrections[0]")),
        ("aliases: [/ok/, ../../etc]", ("warning", "bad-alias", "$.aliases[1]")),
        ("quality: 1\nquality: 2", ("warning", "duplicate-key", "$.quality")),
    ],
)
def test_problems_carry_the_path_of_their_field(front: str, found: tuple[str, str, str]) -> None:
    """A problem has severity, code and the path of the field."""
    assert problems(front) == [found]


@pytest.mark.parametrize(
    ("front", "code", "field"),
    [
        ("publishedDateTime: 2021-11-19", "missing-title", "$.title"),
        ("title: ''\npublishedDateTime: 2021-11-19", "missing-title", "$.title"),
        ("title: '&nbsp;'\npublishedDateTime: 2021-11-19", "missing-title", "$.title"),
        ("title: T", "missing-date", "$.publishedDateTime"),
        ("title: T\npublishedDateTime:", "missing-date", "$.publishedDateTime"),
        ("title: T\npublishedDateTime: 2021-02-30", "bad-date", "$.publishedDateTime"),
        ("title: T\npublishedDateTime: yesterday", "bad-date", "$.publishedDateTime"),
        ("- title: T", "not-a-mapping", "$"),
        ("just text", "not-a-mapping", "$"),
        ("", "not-a-mapping", "$"),
    ],
)
def test_what_leaves_an_article_out(front: str, code: str, field: str) -> None:
    """An article without title or date is left out, with an error and a hint."""
    loaded = load(front)
    assert loaded.article is None
    errors = [problem for problem in loaded.problems if problem.severity == "error"]
    assert [(problem.code, problem.field) for problem in errors] == [(code, field)]
    assert errors[0].hint


def test_a_lone_value_is_a_list_of_one() -> None:
    """A single value is a list of one where a list is expected."""
    article = read("topics: AI\nimages: https://a.example/1.jpg\nrelated: {title: R}")
    assert (article.topics, article.images, [item.title for item in article.related]) == (
        ("AI",),
        (Image("https://a.example/1.jpg"),),
        ["R"],
    )


@pytest.mark.parametrize(
    ("data", "places"),
    [
        (
            b"---\ntitle: T\npublishedDateTime: 2021-02-30\n---\n",
            [("bad-date", 3, 20, "publishedDateTime: 2021-02-30")],
        ),
        (
            b"\xef\xbb\xbf---\r\ntitle: T\r\npublishedDateTime: x\r\n---\r\n",
            [("bad-date", 3, 20, "publishedDateTime: x")],
        ),
        (
            document(REQUIRED + "related:\n  - title: a\n    quality: 'x y'"),
            [("wrong-type", 6, 14, "    quality: 'x y'")],
        ),
        (
            document(REQUIRED + "provider:\n  name: DM: x\nquality: z"),
            [("wrong-type", 6, 10, "quality: z"), ("colon-in-scalar", 5, 9, "  name: DM: x")],
        ),
        (document(REQUIRED + "a: [1"), [("malformed-yaml", 5, 1, "---")]),
        (document(REQUIRED + "slug: a\nslug: b"), [("duplicate-key", 5, 7, "slug: b")]),
        (
            document(REQUIRED + "slug: \x07a\nquality: x"),
            [("control-character", 1, 1, "---"), ("wrong-type", 5, 10, "quality: x")],
        ),
        (b"---\ntitle: T\n", [("unclosed-front-matter", 2, 1, "title: T")]),
        (b"Hello\n", [("no-front-matter", 1, 1, "Hello")]),
    ],
)
def test_problems_are_placed(
    tmp_path: Path, data: bytes, places: list[tuple[str, int, int, str]]
) -> None:
    """A problem is shown with line, column and source line, also with CRLF, a BOM, repaired lines
    and dropped characters.
    """
    assert [(p.code, p.line, p.column, p.source) for p in placed(tmp_path, data)] == places


SECRET = "c2VjcmV0LXZhbHVl"


@pytest.mark.parametrize(
    "front",
    [
        f"secured: {SECRET}",
        f"secured: [{SECRET}, {{a: {SECRET}}}]",
        f"secured: {SECRET}: {SECRET}",
        f"secured: {SECRET}\nsecured: {SECRET}",
        f"secured: '{SECRET}\n  {SECRET}'\nquality: x",
        f"secured: *{SECRET}",
        f"secured: !{SECRET} x",
        f"secured: '{SECRET}",
        f"related:\n  - title: a\n    secured: {SECRET}",
    ],
)
def test_secured_stays_in_the_file(front: str) -> None:
    """The value of `secured`, in any notation, is in no Article, ArticleMeta, sealed record or
    problem.
    """
    article, found = load(REQUIRED + front)
    told = msgspec.msgpack.encode(
        (article, article and (meta_of(article), summary_of(article)), found)
    )
    assert SECRET.encode() not in told


@pytest.mark.corpus
def test_secured_of_real_articles_stays_in_the_file() -> None:
    """In each third real article, no part of a value of `secured` is in a record.
    tests/test_corpus.py searches all that is built of the others, too.
    """
    searched = 0
    for path in [*corpus()[::3], *CORPUS.parent.glob("seed/*")]:
        data = path.read_bytes()
        parts = split(decode(data).text)
        assert parts is not None
        article, found = load_bytes(data)
        assert article is not None
        told = msgspec.msgpack.encode((article, (meta_of(article), summary_of(article)), found))
        for secret in str(parse_exact(parts.front).value.get("secured") or "").split(";"):
            searched += len(secret) > 8
            assert len(secret) < 9 or secret[:16].encode() not in told
    assert searched > 1_300


@pytest.mark.parametrize(
    ("html", "embed"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/x?a=1&amp;b=2">',
            "https://www.youtube.com/embed/x?a=1&b=2",
        ),
        ("<IFRAME width='1'\n SRC = 'https://v.example/x'></IFRAME>", "https://v.example/x"),
        ('<iframe src="//v.example/x"><iframe src="https://w.example/">', "https://v.example/x"),
        ('<iframe src="javascript:alert(1)">', ""),
        ('<iframe srcdoc="<b>" src="">', ""),
        ("<script src='https://v.example/x.js'></script>", ""),
        ("just text", ""),
    ],
)
def test_only_the_address_of_an_iframe_is_kept(html: str, embed: str) -> None:
    """Of `featuredContent`, only the first iframe's safe address is kept."""
    quoted = html.replace("'", "''")
    assert read(f"featuredContent: '{quoted}'").embed == embed


def test_pictures_come_by_https() -> None:
    """An image's http address becomes HTTPS, as a repair; a page of the source keeps its
    address.
    """
    front = 'images: ["http://a.example/x.png"]\nwebUrl: http://paper.example/x\n'
    article = read(front)
    assert (article.images[0].url, article.web_url) == (
        "https://a.example/x.png",
        "http://paper.example/x",
    )
    assert problems(front) == [("repair", "insecure-picture", "$.images[0].url")]
