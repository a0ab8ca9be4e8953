"""Values that YAML cuts are reported with their place; tabs and anchors that are defined again are
read.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from content.reading import REQUIRED, document, load, load_bytes, placed
from newsgen.core import frontmatter
from newsgen.core.cut_values import cut_values
from newsgen.core.frontmatter import FrontMatterError
from support import SmallSite


@pytest.mark.parametrize(
    ("line", "column", "title"),
    [
        *(
            ("title: The #1 song", 12, "The"),
            ("title: a b #metoo", 12, "a b"),
            ("title: It's the #1 song", 17, "It's the"),
            ('title: The "new" \t#1 song', 19, 'The "new"'),
            ("title: !Important news", 8, "news"),
        ),
        *(
            ("title: &c and more", 8, "and more"),
            ('title: "a" #b', 12, "a"),
            ("title: 'a' # b", 0, "a"),
            ("title: C # as text", 10, "C"),
            ("title: It ends # TODO", 16, "It ends"),
            ("x: C # as text\ntitle: It", 0, "It"),
            ("title: &c x\nb: *c", 0, "x"),
        ),
        *(
            ("title: 'The #1 song'", 0, "The #1 song"),
            ("title: |-\n  See: a #5", 0, "See: a #5"),
            ("title: !!str 5", 0, "5"),
            ("title: a#b", 0, "a#b"),
        ),
    ],
)
def test_cut_titles(line: str, column: int, title: str, tmp_path: Path) -> None:
    """The article has YAML's value, and a warning shows the whole line; without a cut there is no
    warning.
    """
    data = document(f"{line}\npublishedDateTime: 2026-01-30")
    article = load_bytes(data).article
    assert article is not None
    assert article.title == title
    found = [(one.code, one.line, one.column, one.source) for one in placed(tmp_path, data)]
    assert found == ([("cut-value", 2, column, line)] if column else [])


def test_a_title_that_is_cut_to_nothing() -> None:
    """The article is left out for its missing title, and the warning shows the cut."""
    assert [one.code for one in load("title: #1 hit\npublishedDateTime: 2026-01-30").problems] == [
        "missing-title",
        "cut-value",
    ]


def test_lists_and_later_lines() -> None:
    """Items of lists and the last line of a value over several lines are checked too."""
    found = cut_values("topics:\n- AI #1\n- '#2'\nexcerpt: a\n  b #c\n", 1)
    assert [(one.line, one.column) for one in found] == [(3, 6), (6, 5)]


@pytest.mark.parametrize("line", ["\t", "  \t", "\t \t  "])
@pytest.mark.parametrize(
    "front",
    [
        "title: T\n{}\npublishedDateTime: 2026-01-30",
        "title:\n  T\n{}\npublishedDateTime: 2026-01-30\n{}",
    ],
)
def test_lines_of_tabs_are_empty(front: str, line: str) -> None:
    """A line of white space is an empty line (YAML 1.2.2, section 6.4)."""
    loaded = load(front.format(line, line))
    assert loaded.article is not None
    assert (loaded.article.title, loaded.problems) == ("T", [])


def test_an_anchor_defined_again() -> None:
    """The latest definition counts for the aliases after it (YAML 1.2.2, example 7.1)."""
    front = "a: &x 1\nb: *x\nc: &x {d: &x 2}\ne: *x\nf: &y [1]\ng: &y [*x]\nh: *y\n"
    assert frontmatter.parse_exact(front).value == {
        "a": "1",
        "b": "1",
        "c": {"d": "2"},
        "e": "2",
        "f": ["1"],
        "g": ["2"],
        "h": ["2"],
    }
    assert load(REQUIRED + "a: &x 1\nb: &x 2\nc: *x").article is not None


def test_large_front_matter_may_not_define_an_anchor_again() -> None:
    """Only libyaml is fast enough for large front matter, and it refuses this: the message explains
    the fault.
    """
    with pytest.raises(FrontMatterError, match=r"an anchor .* is defined twice") as caught:
        frontmatter.parse_exact("a: &x 1\nb: &x 2\nc: " + "d" * 100_000)
    assert (caught.value.line, caught.value.column, caught.value.hint) == (
        2,
        4,
        "give the second one another name",
    )


@pytest.mark.parametrize(
    ("front", "line", "hint"),
    [
        *(
            ("provider:\n\tname: P", 5, "indent with spaces"),
            ("a:\n\t- b", 5, "indent with spaces"),
            ("a: b\n\tc", 5, "indent with spaces"),
        ),
        *(
            ("a: @b", 4, "double quotes"),
            ("a: %b", 4, "double quotes"),
            ("a: *b* c", 4, "double quotes"),
            ("a: [b] c", 4, "double quotes"),
            ("a: [#b, #c]", 5, "begin with #"),
            ('a: "C:\\Users"', 4, "single quotes"),
            ("a: [\n\t@b]", 5, "double quotes"),
        ),
    ],
)
def test_hints(front: str, line: int, hint: str) -> None:
    """A tab in the indentation and signs that YAML reserves are reported with a hint."""
    (problem,) = load(REQUIRED + front).problems
    assert (problem.code, problem.line) == ("malformed-yaml", line)
    assert hint in problem.hint


@pytest.mark.parametrize(
    "data", [b'{"title": "T",\n\t"tags": ["a" "b"]\n}\n', b'---\n{\n\t"a": 1\n\t"b": 2\n}\n---\n']
)
def test_json_may_be_indented_by_tabs(data: bytes) -> None:
    """The hint about tabs is not given for JSON that is malformed for another reason."""
    (problem,) = load_bytes(data).problems
    assert (problem.code, problem.hint) == ("malformed-yaml", "")


@pytest.mark.parametrize("item", ["AI, #news", "AI #news"])
def test_hashtags_in_a_list_in_brackets(item: str) -> None:
    """If the list ends on a later line, it is read without the hashtag, with a warning."""
    found = cut_values(f"topics: [{item}\n  ]\n", 1)
    assert [one.code for one in found] == ["cut-value"]


def test_a_cut_behind_a_colon_that_is_read_as_text() -> None:
    """A value that newsgen quotes because of its colon is cut at the same place."""
    found = load(REQUIRED + "excerpt: See: the #1 song").problems
    assert [(one.code, one.column) for one in found] == [
        ("colon-in-scalar", 10),
        ("cut-value", 19),
    ]


def test_a_setting_that_is_cut(site: SmallSite) -> None:
    """A colour without quotes is a comment: a build reports that, also if nothing else changed."""
    site.settings()
    file = site.root / "newsgen.yaml"
    site.build()
    file.write_text(file.read_text() + "theme:\n  accent: #115577\n")
    found = [one for one in site.build().problems if one.code == "cut-value"]
    assert [(one.file, one.line, one.column) for one in found] == [("newsgen.yaml", 4, 11)]
