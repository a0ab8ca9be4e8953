"""Straight quotation marks become those of the language, in the right direction, across inline
markup.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgen.content.body.convert import render_body
from newsgen.content.body.quotes import curled

EXTENSIONS = ("extra", "sane_lists", "smarty")


def quoted(text: str, language: str = "en") -> str:
    """Return a paragraph with its straight marks replaced."""
    made = iter(curled(text, language))
    return re.sub("[\"']", lambda _: next(made), text)


@pytest.mark.parametrize(
    ("language", "left", "right"),
    [
        *(
            ("en", "“", "”"),
            ("de", "„", "“"),
            ("de-CH", "«", "»"),
            ("fr", "«\u202f", "\u202f»"),
            ("fr-CH", "«", "»"),
            ("sv", "”", "”"),
        ),
        *(
            ("pl", "„", "”"),
            ("hu", "„", "”"),
            ("cs", "„", "“"),
            ("ru", "«", "»"),
            ("es-MX", "«", "»"),
            ("ar", "«", "»"),
            ("ja", "「", "」"),
        ),
        *(
            ("zh", "“", "”"),
            ("zh-Hant", "「", "」"),
            ("zh-Hant-TW", "「", "」"),
            ("ko", "“", "”"),
            ("he", "”", "”"),
            ("xx", "“", "”"),
        ),
    ],
)
def test_each_language_has_its_marks(language: str, left: str, right: str) -> None:
    """A word in double marks gets those of the language (CLDR), also after a bracket and before a
    full stop.
    """
    assert quoted('a ("b") c, "d".', language) == f"a ({left}b{right}) c, {left}d{right}."


@pytest.mark.parametrize(
    ("language", "left", "right"),
    [
        ("en", "‘", "’"),
        ("de", "‚", "‘"),
        ("de-CH", "‹", "›"),
        ("sv", "’", "’"),
        ("fr", "“", "”"),
        ("ru", "„", "“"),
        ("pl", "«", "»"),
        ("ja", "『", "』"),
    ],
)
def test_single_marks(language: str, left: str, right: str) -> None:
    """A word in single marks gets those of the language, also within a quotation; an apostrophe is
    the same in all of them.
    """
    assert quoted("a 'b' c's", language) == f"a {left}b{right} c’s"


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("en", 'They met at "McDonald\'s". "Ocean\'s"', "They met at “McDonald’s”. “Ocean’s”"),
        ("en", '"Yes"—she said, "but I—" and "...then"', "“Yes”—she said, “but I—” and “...then”"),
        (
            "en",
            "He said, \"'Quoted' words,\" and \"'no'\".",
            "He said, “‘Quoted’ words,” and “‘no’”.",
        ),
        (
            "en",
            "the dogs' bowl, rock 'n' roll, the '90s, 'tis",
            "the dogs’ bowl, rock ’n’ roll, the ’90s, ’tis",
        ),
        ("en", '("a"), ["b"], "c"/"d", the "e"-affair', "(“a”), [“b”], “c”/“d”, the “e”-affair"),
        ("nl", "'s avonds, 't \"ja\"", "’s avonds, ’t “ja”"),
        ("de", "Sie sagte: 'Hans' Auto' und \"ja\"", "Sie sagte: ‚Hans’ Auto‘ und „ja“"),
        (
            "fr",
            'l\'"homme" et d\'"amour", aujourd\'hui',
            "l’«\u202fhomme\u202f» et d’«\u202famour\u202f», aujourd’hui",
        ),
        ("it", 'dell\'"Unità"', "dell’«Unità»"),
        ("es", '"¿Qué?" dijo', "«¿Qué?» dijo"),
        ("es", '¿"Qué"? dijo', "¿«Qué»? dijo"),
        ("ar", "قال و'لا' و\"نعم\"", "قال و“لا” و«نعم»"),
        ("hu", '"Magyar"ban', "„Magyar”ban"),
        ("ja", '彼は"はい"と言った。「"いいえ"」', "彼は「はい」と言った。「「いいえ」」"),
        ("zh", '他说"你好"了。他说："OK"。', "他说“你好”了。他说：“OK”。"),
        ("th", 'เขาพูดว่า"ใช่"แล้ว', "เขาพูดว่า“ใช่”แล้ว"),
        ("ko", "'작은'은 \"네\"라고, 그는'안'이라고", "‘작은’은 “네”라고, 그는‘안’이라고"),
        ("ko", '3.5"형, 27"형', '3.5"형, 27"형'),
        ("ja", '27"型の"画面"', '27"型の「画面」'),
        ("km", 'គាត់និយាយថា"បាទ"ហើយ', "គាត់និយាយថា“បាទ”ហើយ"),
        ("ko", '"네"라고 했다', "“네”라고 했다"),
        ("he", 'צה"ל, מנכ"לית, ב"הארץ" ו"לא", ג\'ירפה', "צה״ל, מנכ״לית, ב”הארץ” ו”לא”, ג׳ירפה"),
    ],
)
def test_direction(language: str, text: str, shown: str) -> None:
    """Neighbours and open marks decide the direction of a mark."""
    assert quoted(text, language) == shown


@pytest.mark.parametrize(
    "text", ['a 6" pipe', "5'10\" tall", '" spaced "', '"', "'", 'b"c"d', "he's 6' tall", "say 'hm"]
)
def test_where_it_is_uncertain_the_straight_mark_stays(text: str) -> None:
    """Lengths, marks with spaces on both sides and marks within a word keep their form."""
    assert quoted(text) == text.replace("he's", "he’s")


@given(st.text("ab \"'.—(é中ש5", max_size=12), st.sampled_from(["en", "fr", "de", "ja", "he"]))
def test_nothing_but_marks_changes(text: str, language: str) -> None:
    """There is one answer for each mark, and each answer is a mark."""
    made = curled(text, language)
    assert len(made) == len(re.findall("[\"']", text))
    assert all(re.fullmatch("[\"'“”‘’„‚«»״׳「」『』\u202f]{1,2}", mark) for mark in made)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('She called it "the *best*"', "<p>She called it “the <em>best</em>”</p>"),
        ('"**Yes**"—she said', "<p>“<strong>Yes</strong>”—she said</p>"),
        ('of "the [harbour](/x/)"', '<p>of “the <a href="/x/">harbour</a>”</p>'),
        ('The "*Post*"-affair', "<p>The “<em>Post</em>”-affair</p>"),
        ('"`a "b"`" &amp; "<b>c</b>"', '<p>“<code>a "b"</code>” &amp; “<b>c</b>”</p>'),
        ('\\"a\\" -- "b"...', '<p>"a" – “b”…</p>'),
        ('"a"  \n"b"', "<p>“a”<br>\n“b”</p>"),
        ('- "a"\n- it\'s', "<ul>\n<li>“a”</li>\n<li>it’s</li>\n</ul>"),
    ],
)
@pytest.mark.parametrize("engine", ["markdown", "commonmark"])
def test_markup(text: str, shown: str, engine: str) -> None:
    """Inline markup is ignored, code and escaped marks stay, and each paragraph is independent."""
    assert render_body(text, engine, EXTENSIONS).html == shown


def test_a_footnote_is_no_neighbour() -> None:
    """The number of a footnote does not affect the closing mark before it, and the note has its own
    marks.
    """
    made = render_body(
        'He said "yes"[^1] and "no[^1]".\n\n[^1]: See "it".', "markdown", EXTENSIONS
    ).html
    text = re.sub("<[^>]*>", "", made)
    assert "He said “yes”1 and “no1”." in text
    assert "See “it”." in text


@pytest.mark.parametrize("engine", ["markdown", "commonmark"])
def test_without_typography_marks_stay(engine: str) -> None:
    """With `markdown.typography: false`, marks stay straight with any extensions."""
    for extensions in (EXTENSIONS, ("extra",)):
        made = render_body('"a" --', engine, extensions, typography=False)
        assert made.html == '<p>"a" --</p>'
