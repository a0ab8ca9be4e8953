"""The files of terms, and how articles are split into shards."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from newsgen.search.index import (
    LEVELS,
    SIZE,
    Texts,
    file_count,
    file_of,
    group,
    index_block,
    join_blocks,
)
from newsgen.search.shards import LEAST, Shard, split
from newsgen.search.terms import terms

WORDS = st.text(alphabet="abcdeé水税 ", max_size=20)
ARTICLES = st.builds(Texts, WORDS, WORDS, WORDS, WORDS, st.just(()))


def articles_of(text: str) -> dict[int, float]:
    """Return the articles of a term with their weights, read as docs/search.md describes."""
    found: dict[int, float] = {}
    place = 0
    for number, letter in re.findall(r"(\d*)([A-Za-z])", text):
        place += 2 * int(number or 0) + letter.islower()
        found[place] = (LEVELS.index(letter.upper()) + 1) / 2
        place += 1
    return found


@given(st.lists(ARTICLES, min_size=1, max_size=12), st.integers(1, 7), st.integers(1, 5))
def test_a_file_has_the_articles_of_its_terms(articles: list[Texts], files: int, size: int) -> None:
    """Each term is in one file, with exactly the articles that have it, in any number of blocks."""
    blocks = [articles[i : i + size] for i in range(0, len(articles), size)]
    parts = [index_block(block, files) for block in blocks]
    found = {
        term: (number, articles_of(text))
        for number in range(files)
        for term, text in join_blocks([part[number] for part in parts]).items()
    }
    for i, article in enumerate(articles):
        place = i // size * SIZE + i % size
        own = {term for text in article[:4] for term in terms(text)}
        assert {term for term, (_, places) in found.items() if place in places} == own
    assert all(file_of(term, files) == number for term, (number, _) in found.items())


def test_a_short_title_weighs_more() -> None:
    """A word in a title weighs more than in a longer one, and more than in an excerpt."""
    titles = [
        "the tide gates hold all night",
        "the tide gates hold all night but the road does not",
    ]
    articles = [Texts(title, "", "", "", ()) for title in titles]
    parts = index_block([*articles, Texts("", "tide", "", "", ())], 1)
    weights = articles_of(join_blocks(parts)["tide"])
    assert weights[0] > weights[1] > weights[2] > 0


def test_an_article_has_the_terms_of_its_groups() -> None:
    """A filter is a term; a word of the same letters is another."""
    parts = index_block([Texts("ai", "", "", "", (group("#", "ai"),))], 1)
    assert sorted(join_blocks(parts)) == ["#ai", "ai"]


def test_an_edited_title_changes_its_own_terms_alone() -> None:
    """The lists of all terms that neither title has stay the same."""
    before = [Texts(f"tide {i} gates", "the harbour road", "", "", ()) for i in range(5)]
    after = [before[0], before[1]._replace(title="ferries 1 sail"), *before[2:]]
    one, other = (join_blocks(index_block(each, 1)) for each in (before, after))
    changed = {term for term in one.keys() | other.keys() if one.get(term) != other.get(term)}
    assert changed == {"tide", "gates", "ferries", "sail"}


MONTHS = st.lists(
    st.tuples(st.integers(2019, 2026), st.integers(1, 12), st.integers(1, 2 * LEAST)),
    unique_by=lambda month: month[:2],
    max_size=20,
).map(sorted)


@given(MONTHS)
def test_shards_have_every_month_once(months: list[tuple[int, int, int]]) -> None:
    """All months are there, in order, under different names; only the last shard may be small."""
    shards = split(months)
    assert [month for shard in shards for month in shard.months] == months
    assert len({shard.name for shard in shards}) == len(shards)
    assert all(shard.size >= LEAST for shard in shards[:-1])


@given(MONTHS.filter(bool), st.integers(1, 50))
def test_a_new_article_changes_the_newest_shard_alone(
    months: list[tuple[int, int, int]], more: int
) -> None:
    """With more articles in the newest month, all shards but the last stay the same."""
    year, month, count = months[-1]
    assert split(months)[:-1] == split([*months[:-1], (year, month, count + more)])[:-1]


def test_names_of_shards() -> None:
    """A shard is named after its joined years, its year, or the newest month."""
    months = [(2021, 5, 100), (2022, 1, 450), (2023, 3, 600), (2024, 1, 500), (2024, 2, 1)]
    assert [shard.name for shard in split(months)] == ["2021-2022", "2023", "2024", "2024-02"]
    assert split([(2024, 2, 3)]) == [Shard("2024", ((2024, 2, 3),))]
    assert split([]) == []
    assert (file_count(1), file_count(135), file_count(136)) == (1, 1, 2)
