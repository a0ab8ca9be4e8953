"""A file's bytes to its Article:

any bytes at all give one or a problem; and the Entry that planning keeps.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from content.reading import REQUIRED, corpus, document, load, load_bytes, read
from newsgen.content.derive import meta_of, summary_of, title_key
from newsgen.core.frontmatter import MAX_BYTES
from newsgen.core.model import Image, ties_of

GOOD = document(REQUIRED, "Body.")


@pytest.mark.parametrize(
    ("data", "severity", "code"),
    [
        (b"", "warning", "empty-file"),
        (b" \r\n\t\n", "warning", "empty-file"),
        (b"Just prose.\n", "warning", "no-front-matter"),
        (b"--- no\ntitle: T\n---\n", "warning", "no-front-matter"),
        (b"---\ntitle: T\n", "error", "unclosed-front-matter"),
        (b"---\n---\n", "error", "not-a-mapping"),
        (document("title: T\nx: " + "x" * MAX_BYTES), "error", "front-matter-too-large"),
        (document("a: " + "[" * 101 + "]" * 101), "error", "nested-too-deep"),
        (document("a:\n" + "- ? " * 50_000 + "b"), "error", "nested-too-deep"),
        (document("a: &a [*a]"), "error", "nested-too-deep"),
        (document("a: &a x\nb:\n" + "- *a\n" * 10_001), "error", "too-many-aliases"),
        (document("title: [T"), "error", "malformed-yaml"),
        (b"\x00" * 100, "warning", "no-front-matter"),
        (b"\xff\xfe-\x00-\x00-\x00", "warning", "no-front-matter"),
        (bytes(range(256)), "warning", "no-front-matter"),
    ],
)
def test_what_is_no_article(data: bytes, severity: str, code: str) -> None:
    """A file without an article is skipped with its own problem, never with an exception."""
    article, problems = load_bytes(data)
    assert article is None
    assert (problems[-1].severity, problems[-1].code) == (severity, code)
    assert problems[-1].line > 0


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (GOOD, []),
        (b"\xef\xbb\xbf" + GOOD, []),
        (GOOD.replace(b"\n", b"\r\n"), []),
        (GOOD.replace(b"\n", b"\r"), []),
        (GOOD.replace(b"title: T", b"title: T\xe9 \x93x\x94"), ["not-utf-8"]),
        (GOOD.replace(b"title: T", b"title: T\x00\x08"), ["control-character"]),
        (GOOD.replace(b"Body.", b"Bo\x00dy."), ["control-character"]),
    ],
)
def test_what_is_read_all_the_same(data: bytes, codes: list[str]) -> None:
    """Articles with any line ends, a BOM, another encoding or stray controls are read."""
    article, problems = load_bytes(data)
    assert article is not None
    assert article.title.startswith("T")
    assert article.body == "<p>Body.</p>"
    assert [problem.code for problem in problems] == codes


def test_windows_1252_is_read_as_such() -> None:
    """Bytes that are not UTF-8 keep their accents and quotes."""
    article = load_bytes(
        "---\ntitle: Café “x”\npublishedDateTime: 2021-11-19\n---\n".encode("cp1252")
    )[0]
    assert article is not None
    assert article.title == "Café “x”"


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(data: bytes) -> None:
    """Reading any bytes, in a file or in front matter, gives an Article or a problem."""
    for whole in (
        data,
        b"---\n" + data + b"\n---\n",
        document(REQUIRED).replace(b"\n---\n", b"\n" + data + b"\n---\n" + data),
    ):
        article, problems = load_bytes(whole)
        assert article is not None or problems


def test_the_same_bytes_give_the_same() -> None:
    """Reading is pure."""
    assert load_bytes(GOOD) == load_bytes(GOOD)


# The Entry


def test_what_is_shown_and_what_decides_are_apart() -> None:
    """Title, excerpt and lead image are in the Summary and not in the ArticleMeta; data that only
    the article's own page shows is in neither.
    """
    article = read("excerpt: E\nimages: [https://a.example/1.png]\nwebUrl: https://a.example/x")
    face, entry = summary_of(article), meta_of(article)
    own = {
        "body": "<p>x",
        "links": ("/x/",),
        "embed": "https://v.example/",
        "amp_url": "https://a.example/amp",
    }
    shown = {"title": "U", "excerpt": "F", "images": (Image("https://a.example/2.png"),)}
    deciding = {
        "kind": "video",
        "time": article.time.replace(year=2020),
        "quality": 9,
        "heat": 9,
        "topics": ("A",),
        "published": False,
    }
    for name, value in (own | shown | deciding).items():
        changed = structs.replace(article, **{name: value})
        assert (summary_of(changed) != face, meta_of(changed) != entry) == (
            name in shown,
            name in deciding,
        ), name


def test_stories_find_each_other_by_address_and_title() -> None:
    """Two articles that name each other have each other's keys, for any scheme, www and case."""
    one = meta_of(read("webUrl: https://www.a.example/one/"))
    front = (
        "title: Two\npublishedDateTime: 2021-11-19\nrelated:\n  - {title: x, webUrl: "
        "'http://a.example/one#top'}\n  - {title: t}"
    )
    two = load(front).article
    assert two is not None
    first, second = ties_of(meta_of(two))
    assert first[0] == one.url != 0
    assert first[1] != title_key("T")
    assert second == (0, title_key("T"))


def test_an_entry_joins_on_the_page_of_the_publisher_else_where_it_was_found() -> None:
    """Without webUrl, the original address identifies the story."""
    assert (
        meta_of(read("originalUrl: https://a.example/x")).url
        == meta_of(read("webUrl: https://a.example/x")).url
    )
    both = read("originalUrl: https://msn.example/y\nwebUrl: https://a.example/x")
    assert meta_of(both).url == meta_of(read("webUrl: https://a.example/x")).url


@pytest.mark.corpus
def test_every_real_article_is_read() -> None:
    """No real file is left out, and only the known malformed ones have a problem."""
    warned = {}
    for path in corpus():
        article, problems = load_bytes(path.read_bytes())
        assert article is not None, path.name
        codes = [problem.code for problem in problems if problem.severity != "repair"]
        if codes:
            warned[path.parent.name] = codes
    assert warned.keys() <= {"malformed-yaml", "_news"}
    assert all(code == "colon-in-scalar" for codes in warned.values() for code in codes)
