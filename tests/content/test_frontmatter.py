"""Front matter: splitting, decoding, fast and exact parsing, positions, and limits."""

from __future__ import annotations

import tracemalloc

import pytest

from content.reading import corpus
from newsgen.content.loader import Options, load_article
from newsgen.core.frontmatter import (
    MAX_BYTES,
    FrontMatterError,
    decode,
    locate_fields,
    parse_exact,
    parse_fast,
    split,
)


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc\n", "a\nb\nc\n", "utf-8"),
        ("ü 中 ع 😀".encode(), "ü 中 ع 😀", "utf-8"),
        (b"caf\xe9 \x93so\x94", "café “so”", "windows-1252"),
        (b"\xef\xbb\xbfcaf\xe9", "café", "windows-1252"),
        ("a\ufeffb".encode(), "ab", "utf-8"),
        ("it\x92s NIST\u00e2\x80\x99s \u00e2\x80\x9d".encode(), "it’s NIST’s ”", "utf-8"),
    ],
)
def test_bytes_become_text(data: bytes, text: str, encoding: str) -> None:
    """BOMs are removed, line ends become LF, bytes that are not UTF-8 are read as Windows-1252, and
    C1 controls as the characters meant.
    """
    assert decode(data) == (text, encoding, 0)


def test_characters_that_yaml_does_not_allow_are_left_out_and_counted() -> None:
    """NUL, other controls and noncharacters are removed; tab, NEL and line separators stay."""
    assert decode("a\x00\x07\ufffe\ufdd0\tb\x85\u2028\x81c".encode()) == (
        "a\tb\x85\u2028c",
        "utf-8",
        5,
    )


@pytest.mark.parametrize(
    ("text", "front", "body"),
    [
        ("---\na: 1\n---\nx\n---\n", "a: 1\n", "x\n---\n"),
        ("--- \t\na: 1\n---  \n", "a: 1\n", ""),
        ("---\na: 1\n...\nx", "a: 1\n", "x"),
        ("---\na: 1\n---", "a: 1\n", ""),
        ("---\n---\nx", "", "x"),
        ('---\na: "--- b"\nc: ---d\n---\n', 'a: "--- b"\nc: ---d\n', ""),
    ],
)
def test_a_file_is_split(text: str, front: str, body: str) -> None:
    """Front matter is between the first line --- and the next one (or ...); the rest is the
    body.
    """
    parts = split(text)
    assert parts is not None
    assert (parts.front, parts.body) == (front, body)


@pytest.mark.parametrize("text", ["", "a: 1\n", " ---\na: 1\n---\n", "----\n", "---a\n---\n"])
def test_a_file_without_front_matter(text: str) -> None:
    """A file that does not begin with a line --- has none."""
    assert split(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("---\na: 1\n", "unclosed-front-matter"),
        (f"---\na: {'x' * MAX_BYTES}\n---\n", "front-matter-too-large"),
    ],
)
def test_front_matter_that_is_refused(text: str, code: str) -> None:
    """Front matter that is not closed, or too large, is an error."""
    with pytest.raises(FrontMatterError) as caught:
        split(text)
    assert caught.value.code == code


def test_characters_escaped_as_json_does() -> None:
    """A pair of surrogate escapes is one character; an escaped backslash stays."""
    parts = split('---\na: "\\ud83d\\ude00 \\\\ud83d\\ude00 \\u2014"\n---\n')
    assert parts is not None
    assert parts.front == 'a: "😀 \\\\ud83d\\ude00 \\u2014"\n'


def test_the_exact_parser_gives_scalars_as_they_stand() -> None:
    """Numbers, dates and words stay text, and nulls of any kind are None."""
    front = (
        "a: 010\nb: 1_000\nc: NO\nd: 2021-11-19\ne: .5\nf: true\ng: ~\nh: null\ni:\nj: "
        "''\nk: '~'\nl: !!str ~\nm: !!null ''\n"
    )
    expected = {
        "a": "010",
        "b": "1_000",
        "c": "NO",
        "d": "2021-11-19",
        "e": ".5",
        "f": "true",
        "g": None,
        "h": None,
        "i": None,
    }
    assert parse_exact(front).value == expected | {"j": "", "k": "~", "l": "~", "m": None}


@pytest.mark.parametrize("mark", ["\x85", "\u2028", "\u2029"])
def test_only_line_feeds_break_lines(mark: str) -> None:
    """NEL, LS and PS are text in YAML 1.2, plain or quoted, and do not shift positions, with both
    parsers.
    """
    front = f'a: x{mark}y\nb: "x{mark}y"\nc: [\n'
    assert (
        parse_exact(front.removesuffix("c: [\n")).value
        == parse_fast(front.removesuffix("c: [\n"))
        == {"a": f"x{mark}y", "b": f"x{mark}y"}
    )
    with pytest.raises(FrontMatterError) as caught:
        parse_exact(front)
    assert caught.value.line in (3, 4)


def test_merge_keys_are_keys() -> None:
    """YAML 1.2 has no merge: << is a key like any other."""
    assert parse_exact("base: &b {title: x}\n<<: *b\n").value == {
        "base": {"title": "x"},
        "<<": {"title": "x"},
    }


def test_duplicate_keys_are_told_with_their_paths() -> None:
    """The last of two equal keys counts; the fast parser refuses, so the exact one decides."""
    front = "a: 1\nb:\n  - c: 1\n    c: 2\na: 3\n"
    exact = parse_exact(front)
    assert exact.value == {"a": "3", "b": [{"c": "2"}]}
    assert [one.path for one in exact.duplicates] == ["$.b[0].c", "$.a"]
    assert parse_fast(front) is None


def test_colons_in_plain_scalars_are_mended() -> None:
    """A plain value with a colon is text, and its line and column are returned."""
    exact = parse_exact(
        'provider:\n  name: DM: Diablo "Immortal" \\o/\ntopics:\n  - a\nrelated:\n  - title: '
        '"x"\n  -  title: a: b: c\nlast: odd:\n'
    )
    assert exact.value["provider"] == {"name": 'DM: Diablo "Immortal" \\o/'}
    assert exact.value["related"] == [{"title": "x"}, {"title": "a: b: c"}]
    assert exact.value["last"] == "odd:"
    assert exact.repaired == ((2, 9), (7, 13), (8, 7))


def test_mending_a_colon_touches_no_other_line() -> None:
    """Text in blocks, in quotes over lines, and comments stay when another line is repaired."""
    front = (
        'a: |\n  note: one: two\nb: "x\n  he said: this: that"\nc: d # see: e: f\nname: DM: '
        "Diablo\n"
    )
    exact = parse_exact(front)
    assert exact.value == {
        "a": "note: one: two\n",
        "b": "x he said: this: that",
        "c": "d",
        "name": "DM: Diablo",
    }
    assert exact.repaired == ((6, 7),)


@pytest.mark.parametrize(
    ("front", "line", "column"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, 2),
        ("a: 'x\n", 2, 1),
        ("a: 1\n b: 2\n", 2, 3),
        ("a: 1\n\tb: 2\n", 2, 1),
        ("a: *x\n", 1, 4),
        ('a: "\\q"\n', 1, 5),
    ],
)
def test_malformed_yaml_has_a_place(front: str, line: int, column: int) -> None:
    """YAML that cannot be repaired is an error with line and column."""
    with pytest.raises(FrontMatterError) as caught:
        parse_exact(front)
    assert (caught.value.code, caught.value.line, caught.value.column) == (
        "malformed-yaml",
        line,
        column,
    )
    assert parse_fast(front) is None


def test_characters_that_no_yaml_holds() -> None:
    """Text from elsewhere, such as the command line, is refused if it has characters that YAML does
    not allow.
    """
    with pytest.raises(FrontMatterError, match="control characters are not allowed"):
        parse_exact("a: \x07")


DEEP = {
    "flow lists": lambda n: "a: " + "[" * n + "]" * n,
    "flow maps": lambda n: "a: " + "{b: " * n + "1" + "}" * n,
    "pairs": lambda n: "a: " + "[b: " * n + "1" + "]" * n,
    "indented": lambda n: "".join(" " * i + "a:\n" for i in range(n)) + " " * n + "a: 1",
    "lists at the indent of their key": lambda n: (
        "".join(f"{' ' * i}a:\n{' ' * i}-\n" for i in range(n)) + " " * n + "a: 1"
    ),
    "dashes": lambda n: "a:\n" + "- " * n + "b",
    "wide dashes": lambda n: "a:\n" + "-  " * n + "b",
    "dashes and keys": lambda n: "a:\n" + "- ? " * n + "b",
    "keys": lambda n: "? " * n + "b",
    "keys without names": lambda n: "a:\n  " + "- : " * n + "b",
}


@pytest.mark.parametrize("shape", DEEP)
def test_no_nesting_reaches_the_machines_stack(shape: str) -> None:
    """The exact parser refuses over 100 levels in any shape, and the fast one is not called."""
    for levels in (101, 5_000, 100_000 if "indent" not in shape else 1_000):
        front = DEEP[shape](levels)
        assert parse_fast(front) is None
        with pytest.raises(FrontMatterError) as caught:
            parse_exact(front)
        assert caught.value.code == (
            "nested-too-deep" if shape != "keys without names" else "malformed-yaml"
        )


def test_a_hundred_levels_are_read() -> None:
    """Exactly 100 levels are read."""
    value = parse_exact("[" * 100 + "]" * 100).value
    for _ in range(99):
        (value,) = value
    assert value == []


@pytest.mark.parametrize(
    ("front", "code"),
    [
        (
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + "".join(
                f"{c}: &{c} [{','.join(['*' + p] * 10)}]\n"
                for p, c in zip("abcd", "bcde", strict=True)
            ),
            "too-many-aliases",
        ),
        ("a: &a x\nb:\n" + "- *a\n" * 10_001, "too-many-aliases"),
        (f"a: &a {'x' * 100_000}\nb:\n" + "- *a\n" * 1_000, "too-many-aliases"),
        ("a: &a [*a]\n", "nested-too-deep"),
        ("a: &a {b: {c: *a}}\n", "nested-too-deep"),
        (
            "a: &a0 x\n"
            + "".join(f"b{i}: &a{i + 1} {'[' * 90}*a{i}{']' * 90}\n" for i in range(10)),
            "nested-too-deep",
        ),
    ],
    ids=["billion laughs", "many", "long", "itself", "around itself", "deep in deep"],
)
def test_aliases_cannot_blow_up(front: str, code: str) -> None:
    """Over 10,000 expanded values (long text weighs more), endless and deep ones are refused,
    without the fast parser.
    """
    assert parse_fast(front) is None
    with pytest.raises(FrontMatterError) as caught:
        parse_exact(front)
    assert caught.value.code == code


def test_ten_thousand_aliases_are_read() -> None:
    """Exactly as many values as the limit are expanded."""
    assert parse_exact("a: &a x\nb:\n" + "- *a\n" * 10_000).value["b"] == ["x"] * 10_000


@pytest.mark.parametrize(
    "front",
    [
        "a: !!int '1'\n",
        "a: &x 1\n",
        "a: &x 1\nb: *x\n",
        "!!binary dGl0bGU=: x\n",
        "a: [b:]\n",
        "a: [?b]\n",
        "a: |\nb: 1\n",
        "a:\t1\n",
        "? a\n: b\n",
    ],
)
def test_what_the_parsers_could_read_differently_is_for_the_exact_one(front: str) -> None:
    """Tags, anchors, tabs, odd flow and complex keys never reach the fast parser."""
    assert parse_fast(front) is None


@pytest.mark.corpus
def test_real_articles_are_parsed_fast() -> None:
    """99 of 100 real articles need only the fast parser."""
    fronts = [parts.front for path in corpus() if (parts := split(decode(path.read_bytes()).text))]
    assert sum(isinstance(parse_fast(front), dict) for front in fronts) > 0.99 * len(fronts) > 2_000


@pytest.mark.parametrize(
    "front",
    [
        "title: T\n%s\nquality: 3\n",
        "title: T\nquality: 3\n%s\n",
        "related:\n  - title: a\n    %s\n    type: video\n",
        "excerpt: |\n  Words\n%s\n  more\n",
        "excerpt: 'Words\n%s\n  more'\n",
    ],
)
def test_blank_lines_of_any_length_are_parsed_fast(front: str) -> None:
    """The line of spaces in place of a removed field does not require the slow parser."""
    blank = front % (" " * 700)
    assert isinstance(parse_fast(blank), dict)
    assert str(parse_fast(blank)).replace("3", "'3'") == str(parse_exact(blank).value)


TEXT = (
    "---\ntitle: T\nrelated:\n  - title: a\n    provider: {name: b}\n  -   title: "
    "c\ntopics: [x, y]\n---\n"
)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("$.title", (2, 8)),
        ("$.related[0].provider.name", (5, 22)),
        ("$.related[1].title", (6, 14)),
        ("$.topics[1]", (7, 13)),
        ("$.related[1].webUrl", (6, 7)),
        ("$.related[7].title", (4, 3)),
        ("$.nothing", (2, 1)),
    ],
)
def test_a_field_is_found(path: str, place: tuple[int, int]) -> None:
    """A path's value has its line and column in the file; a missing one has its nearest
    parent's.
    """
    assert locate_fields(TEXT, [path]) == [place]


@pytest.mark.parametrize(
    ("text", "path", "place"),
    [
        ("name: x\nimages:\n  - a\n", "$.images[0]", (3, 5)),
        ("---\nname: x\nimages:\n  - a\n", "$.images[0]", (4, 5)),
        ("- name: x\n- name: y\n", "$[1].name", (2, 9)),
        ("---\nname: DM: x\nurl:   b: c\n---\n", "$.url", (3, 8)),
        ("---\na: [\n---\n", "$.a", (0, 0)),
        ("---\n---\n", "$.a", (1, 1)),
        ("---\na: &x {b: 1}\nc: *x\n---\n", "$.c.b", (2, 11)),
    ],
)
def test_fields_of_any_file_are_found(text: str, path: str, place: tuple[int, int]) -> None:
    """Fields in data files, lists of them, repaired lines and aliases are located; those of
    unreadable files are not.
    """
    assert locate_fields(text, [path]) == [place]


def test_fields_of_a_yaml_file_with_a_title_are_found() -> None:
    """Settings that begin with a title are not read as fields without a fence."""
    text = "title: x\nmenu:\n  - name: a\n    url: b\n"
    assert locate_fields(text, ["$.menu[0].url"], whole=True) == [(4, 10)]


@pytest.mark.parametrize(
    ("end", "code"),
    [
        (b"", "unclosed-front-matter"),
        (b"\n---\nText", "front-matter-too-large"),
        (b"\r\n...", "front-matter-too-large"),
    ],
)
def test_a_huge_head_is_not_decoded(end: bytes, code: str) -> None:
    """Front matter of 100 MB costs a fraction of its size in memory: only its bytes
    are searched.
    """
    data = b"---\ntitle: " + b"x" * 100_000_000 + end
    tracemalloc.start()
    try:
        record, problems = load_article(data, Options("UTC", "commonmark", ()))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (record, [problem.code for problem in problems]) == (None, [code])
    assert most < 10_000_000


def test_a_tab_after_a_dash_has_a_hint() -> None:
    """For a list with tabs beside its marks, a hint says what to write instead."""
    with pytest.raises(FrontMatterError) as caught:
        parse_exact("topics:\n -\ta\n\t- b\n")
    assert "spaces" in caught.value.hint
