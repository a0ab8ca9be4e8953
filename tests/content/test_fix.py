"""Repairs written back into a file's bytes: only scalars change, the meaning stays, and a second
run changes nothing.
"""

from __future__ import annotations

import re
import zlib
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from content.reading import OPTIONS, REQUIRED, corpus, load_bytes
from newsgen.content.fix import fix
from newsgen.content.pages import read_page
from newsgen.content.schema import read_article
from newsgen.core import frontmatter
from support import CORPUS, rounds

FIXED_BY_HAND = {"null-item", "related-duplicate", "related-self"}


def fixed(data: bytes) -> bytes:
    """Return the bytes with their repairs, after checking what must hold for any file."""
    out = fix(data, read_article, OPTIONS.zone)
    assert (out.data == data) == (out.values == 0)
    assert fix(out.data, read_article, OPTIONS.zone) == (out.data, 0)
    before, after = load_bytes(data), load_bytes(out.data)
    assert after.article == before.article
    lasting = [
        (p.code, p.message, p.field)
        for p in before.problems
        if p.severity != "repair" and p.code != "colon-in-scalar"
    ]
    assert [
        (p.code, p.message, p.field)
        for p in after.problems
        if p.severity != "repair" and p.code != "colon-in-scalar"
    ] == lasting
    return out.data


def repaired(front: str) -> str:
    """Return the repaired front matter with title and date."""
    out = fixed(f"---\n{REQUIRED}{front}\n---\nThe body &amp; more.\n".encode()).decode()
    head, _, rest = out.removeprefix(f"---\n{REQUIRED}").partition("\n---\n")
    assert rest == "The body &amp; more.\n"
    return head


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("excerpt: A &amp; B", "excerpt: A & B"),
        ('excerpt: "A &amp; B"  # why', 'excerpt: "A & B"  # why'),
        ("excerpt: 'it''s  A'", "excerpt: 'it''s A'"),
        ("excerpt: A&#58; B", 'excerpt: "A: B"'),
        ("excerpt: A &#35;1", 'excerpt: "A #1"'),
        ("excerpt: A&#35;1", "excerpt: A#1"),
        ("excerpt: '&quot;A&quot; \\ b'", "excerpt: '\"A\" \\ b'"),
        ("excerpt: &quot;A&quot; \\ b", "excerpt: &quot;A&quot; \\ b"),  # an anchor
        ('excerpt: "&quot;A&quot; \\\\ b"', 'excerpt: "\\"A\\" \\\\ b"'),
        ("excerpt: 1&#48;", 'excerpt: "10"'),
        ("excerpt: NA", 'excerpt: ""'),
        ("excerpt: T", 'excerpt: ""'),
        ('excerpt: "two\n  lines  and   more"', 'excerpt: "two lines and more"'),
        ("excerpt: two\n  lines  and   more", "excerpt: two lines and more"),
        (
            "excerpt: >\n  two  spaces\n  here",
            "excerpt: >\n  two  spaces\n  here",
        ),  # a block keeps its lines
        ("excerpt: !!str A  B", "excerpt: !!str A  B"),
        ("excerpt: &x A  B\ncategory: *x", "excerpt: &x A  B\ncategory: *x"),
        ("excerpt: A  B\nexcerpt: C  D", "excerpt: A  B\nexcerpt: C D"),
        (
            "provider: {name: 'Morningstar%2c Inc.', domain: x}",
            "provider: {name: 'Morningstar, Inc.', domain: x}",
        ),
        ("provider: {name: A%2c B, domain: x}", 'provider: {name: "A, B", domain: x}'),
        ("provider:\n  name: A%2c B on MSN.com", "provider:\n  name: A, B"),
        ("provider:\n  name: scmp.com/a/b", "provider:\n  name: scmp.com"),
        ("provider:\n  name: DM: Diablo Immortal", 'provider:\n  name: "DM: Diablo Immortal"'),
        ('provider:\n  name: A: "x"  # so', 'provider:\n  name: "A: \\"x\\""  # so'),
        ("provider:\n  name: A: b  c &amp; d", 'provider:\n  name: "A: b c & d"'),
        ("webUrl: https://a.example/a b", "webUrl: https://a.example/a%20b"),
        ("webUrl: https://a.example/a b#&#35;", "webUrl: https://a.example/a%20b#%23"),
        ("webUrl: javascript:alert(1)", "webUrl: javascript:alert(1)"),
        ("topics: [AI , 'B  C', null]", "topics: [AI , 'B C', null]"),
        ('topics:\n- A  B # one\n-\n- "C\u200b"', 'topics:\n- A B # one\n-\n- "C"'),
        ("images: https://a.example/a b.png", "images: https://a.example/a%20b.png"),
        (
            "images:\n- url: 'https://a.example/a.png '\n  title: ' x'",
            "images:\n- url: 'https://a.example/a.png'\n  title: 'x'",
        ),
        (
            "related:\n- title: A  B\n  excerpt: A B\n- title: A B",
            'related:\n- title: A B\n  excerpt: ""\n- title: A B',
        ),
        ("other: A  B\nsecured: A  B;c", "other: A  B\nsecured: A  B;c"),
        ("tags: ['&#91;a', \"\"]", "tags: ['[a', \"\"]"),
    ],
)
def test_only_scalars_change(before: str, after: str) -> None:
    """Each repair keeps the quotes of its value, or gets quotes if needed; all else stays."""
    assert repaired(before) == after


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_line_ends_and_the_byte_order_mark_stay(end: bytes, mark: bytes) -> None:
    """CRLF, LF and CR stay as they are, also mixed, and so does a byte order mark."""
    before = (
        b"---\ntitle: 'A  B'\r\npublishedDateTime: 2021-11-19\nexcerpt: \"C\n  &amp; D\" # "
        b"x\ntopics: [ 'E  F' ]\n---\nText  &amp;\n"
    )
    after = (
        b"---\ntitle: 'A B'\r\npublishedDateTime: 2021-11-19\nexcerpt: \"C & D\" # "
        b"x\ntopics: [ 'E F' ]\n---\nText  &amp;\n"
    )
    swapped = [mark + re.sub(rb"(?<!\r)\n", end, data) for data in (before, after)]
    assert fixed(swapped[0]) == swapped[1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no front matter &amp;",
        b"---\ntitle: A  B\n",
        b"---\ntitle: [A  B\n---\n",
        b"---\ntitle: A  B \xff\npublishedDateTime: 2021-11-19\n---\n",
        b"---\ntitle: A  B \x01\npublishedDateTime: 2021-11-19\n---\n",
        b"---\n- A  B\n---\n",
        b'---\ntitle: "A  \\ud83d\\ude00"\npublishedDateTime: 2021-11-19\n---\n',
    ],
)
def test_what_is_left_alone(data: bytes) -> None:
    """A file that cannot be read, is not UTF-8 or has characters that YAML does not allow stays as
    it is.
    """
    assert fix(data, read_article, OPTIONS.zone) == (data, 0)


def test_a_repair_that_would_go_on_is_not_written() -> None:
    """A name whose repair could be repaired further stays, and the others in its file are
    repaired.
    """
    assert (
        repaired("excerpt: A  B\nprovider:\n  name: x%2541y")
        == "excerpt: A B\nprovider:\n  name: x%2541y"
    )


def test_plain_pages_are_mended_too() -> None:
    """A plain page is repaired by its own fields only."""
    data = b"---\ntitle: A  B\nexcerpt: C &amp; D\nwebUrl: https://a.example/a b\n---\n"
    assert (
        fix(data, read_page, OPTIONS.zone).data
        == b"---\ntitle: A B\nexcerpt: C & D\nwebUrl: https://a.example/a b\n---\n"
    )


WORDS = """A|é|NA|  |&amp;|&#58;|&#39;|&quot;|%2c| on MSN|â€™|: | #|'|[|{|- |x.com/a|"""
WORDS += """1|true|~|>|*|!|😀|,|]|?"""
PIECES = st.sampled_from([*WORDS.split("|"), " ", "\t", "|", '"', "\\", "\u200b", "\u2028"])
TEXTS = st.lists(PIECES, max_size=8).map("".join)
ADDRESSES = st.lists(
    st.sampled_from(
        ["https://", "a.example", "/", "a b", "é", "&amp;", "%", "#", "?", "’", " ", "'"]
    ),
    max_size=6,
).map("".join)


def plain(text: str) -> str:
    return text


def single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def double(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folded(text: str) -> str:
    return double(text).replace(" ", "\n      ", 1)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """Draw front matter of any texts in any quotes, with comments, line ends and a secret."""

    def scalar(texts: st.SearchStrategy[str] = TEXTS) -> str:
        return draw(st.sampled_from([plain, single, double, folded]))(draw(texts)) + draw(
            st.sampled_from(["", " # c", "  #  d &amp;"])
        )

    lines = [
        f"title: {double(draw(TEXTS))}",
        "publishedDateTime: 2021-11-19",
        f"excerpt: {scalar()}",
        f"webUrl: {scalar(ADDRESSES)}",
    ]
    lines += [
        "provider:",
        f"  name: {scalar()}",
        f"topics: [{single(draw(TEXTS))}, {double(draw(TEXTS))}]",
        "tags:",
        f"- {scalar()}",
        "- ",
        "# x  y",
    ]
    lines += [
        "related:",
        f"  - title: {scalar()}",
        f"    excerpt: {scalar()}",
        f"    images: [{{url: {single(draw(ADDRESSES))}}}]",
    ]
    lines += ['secured: "a  b;c &amp;"', f"other: {scalar()}"]
    text = (
        "---\n" + "\n".join(draw(st.permutations(lines[:4])) + lines[4:]) + "\n---\nBody  &amp;\n"
    )
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode()


@settings(max_examples=rounds(80))
@given(documents())
@example(
    b'---\ntitle: "A"\npublishedDateTime: 2021-11-19\nexcerpt: B  C #d\nrelated:\n'
    b"  - title: A&#58; #A\n# x  y\nsecured: a;b\nother: \n---\nBody  &amp;\n"
)
def test_any_front_matter_says_the_same(data: bytes) -> None:
    """In any file, the article, other values, comments and the body stay, and a second run changes
    nothing.
    """
    out = fixed(data)
    if out != data:
        assert_other_values_stay(data, out)


def assert_other_values_stay(before: bytes, after: bytes) -> None:
    """Check that unread values and comments stay, and of the rest only repaired ones change."""
    old, new = (frontmatter.split(frontmatter.decode(data).text) for data in (before, after))
    assert old
    assert new
    assert old.body == new.body
    values: list[Any] = [frontmatter.parse_exact(parts.front).value for parts in (old, new)]
    assert values[0]["secured"] == values[1]["secured"]
    assert values[0]["other"] == values[1]["other"]
    if "# x  y" in str(values[0]):
        return  # an open quote made it a value
    assert [before.count(comment) for comment in (b"# x  y", b"\n- ")] == [
        after.count(comment) for comment in (b"# x  y", b"\n- ")
    ]
    assert (
        before.split(b"secured:")[1].split(b"\n")[0] == after.split(b"secured:")[1].split(b"\n")[0]
    )


@pytest.mark.corpus
def test_real_articles() -> None:
    """In real articles, every repair of a text is written back: in all faulty ones, and in each
    twentieth of the others.
    """
    left: set[str] = set()
    for file in corpus():
        if file.is_relative_to(CORPUS / "dirt") or zlib.crc32(file.name.encode()) % 20 == 0:
            left |= {
                problem.code
                for problem in load_bytes(fixed(file.read_bytes())).problems
                if problem.severity == "repair"
            }
    assert left <= FIXED_BY_HAND
