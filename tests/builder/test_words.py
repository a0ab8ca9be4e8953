"""The similarity of two articles."""

from __future__ import annotations

import pytest

from newsgen.stories.similarity import HALVES, InvertedIndex, common_terms, terms, vector

DAY = 86400
OTHERS = [
    (f"Something else {n} happened in town number {n}", f"Nobody knows why {n}.") for n in range(40)
]


def likeness(
    one: tuple[str, str], other: tuple[str, str], days: float = 0, window: float = 14 * DAY
) -> float:
    """Return the similarity of an article and another that came `days` before it."""
    common = common_terms([one, other, *OTHERS])
    postings = InvertedIndex()
    postings.add(vector(terms(*other), 0, common))
    found = postings.similar(vector(terms(*one), days * DAY, common), window)
    return found[0][1] / 1000 if found else 0.0


BRIDGE = (
    "Harbour bridge opens after years of delay",
    "The bridge across the harbour was opened by the mayor.",
)


def test_what_is_alike() -> None:
    """The same event in other words is more similar than another event of the same town, which is
    more similar than an unrelated one.
    """
    same = likeness(
        BRIDGE, ("Mayor opens the delayed harbour bridge", "After years the bridge is open.")
    )
    other = likeness(
        BRIDGE, ("Harbour festival draws thousands", "Music was played at the harbour.")
    )
    assert 1 > same > 1.5 * other > 0
    assert likeness(BRIDGE, ("Quarterly profits fall", "Banks report losses.")) == 0


def test_a_copy_is_as_like_as_can_be() -> None:
    """The same title and excerpt have a similarity of 1, nearly the same ones almost 1."""
    assert likeness(BRIDGE, BRIDGE) == 1
    assert likeness(BRIDGE, ("Update: " + BRIDGE[0], BRIDGE[1])) > 0.9


def test_a_title_that_comes_again_is_no_copy() -> None:
    """Columns with the same title every week and different texts have half the similarity."""
    column = ("Ten things to know this week", "Mayor resigns while storms come.")
    again = (column[0], "Prices rise, harbour bridge opens.")
    assert 0.8 > likeness(again, column) > 3 * likeness(again, column, 7) > 0


def test_time_takes_off() -> None:
    """After three days the similarity is half, and beyond the window it is 0."""
    other = ("Mayor opens the delayed harbour bridge", "After years the bridge is open.")
    now = likeness(BRIDGE, other)
    assert likeness(BRIDGE, other, HALVES / DAY) == pytest.approx(now / 2, abs=0.001)
    assert likeness(BRIDGE, other, 15) == 0


def test_common_words_tell_nothing() -> None:
    """Words that all titles and excerpts have make no two articles similar."""
    assert likeness(("Something else happened", ""), ("In town number", "Nobody knows why.")) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("東京で新しい橋が開通", "新しい橋が東京に"),
        ("สะพานใหม่เปิดแล้ว", "เปิดสะพานใหม่"),
        ("Brückeneröffnung im Hafen", "Hafenbrücke eröffnet"),
        ("Мост открыт в порту", "В порту открыли мост"),
    ],
)
def test_in_any_language(one: str, other: str) -> None:
    """Text without spaces is compared too, and endings and compounds do not hide equal words."""
    assert likeness((one, ""), (other, "")) > 0.1


def test_terms_and_how_often_they_count() -> None:
    """Sequences of four letters of a title count once, its words four times and those of an excerpt
    twice, each by its beginning. The weight of a term is the root of its count.
    """
    counts = {
        **{"_ai_": 2, "_the": 1, "the_": 1, "ai": 8, "the": 4},
        **{"delaye": 2, "delayi": 2, "5": 2},
    }
    weights = {term: round(64 * count**0.5) for term, count in counts.items()}
    assert terms("AI: the AI", "Delayed, delaying; 5") == weights


def test_an_edit_seldom_changes_what_is_common() -> None:
    """Words of more than one excerpt in eight are ignored; an article without an excerpt counts
    with its title. Words of more than one title in four are ignored too, on a small site those of
    all articles. An edited title changes nothing of this.
    """
    sample = [
        (f"The Daily {'sometimes' * (n % 5 == 0)} {n}x{n}", f"Common {'frequent' * (n % 5 == 0)}")
        for n in range(100)
    ]
    common = common_terms(sample)
    assert common == {"common", "freque", *terms("The Daily", "")}
    assert common_terms([("Another title", sample[0][1]), *sample[1:]]) == common
    assert "someti" in common_terms([(title, "") for title, _ in sample])
    assert all("common" in common_terms(sample[:n]) for n in (1, 2))
    news = vector(terms("", "Common news"), 0, common)
    assert (news.weights, news.length) == ({"news": 91}, 91)
