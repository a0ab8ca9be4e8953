"""Which articles tell the same event, and what was found before."""

from __future__ import annotations

from array import array
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from newsgen.builder.clusters import join
from newsgen.builder.others import _diverse, find_leads, find_others
from newsgen.builder.stories import DAY, Groups, Heard, Memory, Texts, compare, find_stories, pairs_of

EVENTS = (
    "harbour bridge opens after long delay",
    "storm closes the northern coastal road",
    "university finds rare orchid species",
    "council votes against stadium plan",
)
NOTHING = Memory({}, {}, {}, {})
PLAIN = "abcdefghijklmnopqrstuvwxyz"


def heard(*articles: tuple[str, float], ties: tuple[tuple[int, int], ...] = (), **columns: Any) -> tuple[Heard, Texts]:
    """Articles by title and day (the oldest first), each of a source of its own."""
    count = len(articles)
    values = {"sources": tuple(f"s{i}" for i in range(count)), "qualities": (0,) * count, "visible": b"\1" * count, **columns}
    values |= {"platform": columns.get("platform", bytes(count)), "ties": ties}
    paths, times = tuple(f"{i}.md" for i in range(count)), tuple(int(day * DAY) for _, day in articles)
    texts = Texts([title.encode() for title, _ in articles], [hash(title) for title, _ in articles], lambda i: (articles[i][0], ""))
    return Heard(paths=paths, times=times, **values), texts


def clusters(*articles: tuple[str, float], days: int = 14, **columns: Any) -> list[int]:
    return find_stories(*heard(*articles, **columns), days, NOTHING, compare)[0].clusters


N = 80
NOISE = [(f"{PLAIN[i % 26] * 5} {PLAIN[(i * 7) % 26] * 4}{i} {PLAIN[(i * 3) % 26] * 6}", i / 20) for i in range(N)]


def test_the_same_event_is_one_story() -> None:
    """Articles that say much the same within days are one; another event is another; and so is the same after the window."""
    told = [*NOISE, ("Harbour bridge opens after delay", 5), ("Delayed harbour bridge opens", 6), ("Storm closes the coastal road", 6)]
    later = [*told, ("Harbour bridge opens after delays", 40)]
    found = clusters(*later)[N:]
    assert found == [N, N, N + 2, N + 3]
    assert clusters(*told, days=0) == list(range(len(told)))


def test_a_source_seldom_tells_an_event_twice() -> None:
    """Two articles of one source that would be one story of two sources are two; but a copy is a copy."""
    told = [*NOISE, ("Harbour bridge opens after delay", 5), ("Delayed harbour bridge opens to all", 6)]
    sources = tuple("same" for _ in told)
    assert clusters(*told, sources=sources)[N:] == [N, N + 1]
    twice = [*NOISE, ("Harbour bridge opens after delay", 5), ("Harbour bridge opens after delay", 7)]
    assert clusters(*twice, sources=sources)[N:] == [N, N]


def test_lists_come_first() -> None:
    """What a list joins is joined, however far apart; two stories that lists tell of are not joined by their words."""
    told = [*NOISE, ("Harbour bridge opens after delay", 5), ("Delayed harbour bridge opens", 6)]
    assert clusters(*told, ties=((0, 29),))[29] == 0
    assert clusters(*told, ties=((0, N), (1, N + 1)))[N:] == [0, 1]
    assert clusters(*told, ties=((0, N),))[N:] == [0, 0]


def test_two_that_belong_together_are_joined_by_a_third() -> None:
    """An article that is like two clusters makes one of them, where it is like enough."""
    assert join([0, 1, 2], [0, 0, 0], ["a", "b", "c"], [[], [], [(0, 0.9), (1, 0.9)]], 0) == [(2, 0), (0, 1)]
    assert join([0, 1, 2], [0, 0, 0], ["a", "b", "c"], [[], [], [(0, 0.9), (1, 0.2)]], 0) == [(2, 0)]


articles = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 3), st.integers(0, 40), st.booleans()), min_size=1, max_size=14)


def made(drawn: list[tuple[str, int, int, bool]], ties: tuple[tuple[int, int], ...] = ()) -> tuple[Heard, Texts]:
    """Articles of a few events, each with words of its own."""
    drawn = sorted(drawn, key=lambda one: one[2])
    titles = [(f"{event} {'xyzw'[n] * 5} {i}", day) for i, (event, n, day, _) in enumerate(drawn)]
    visible = bytes(seen for _, _, _, seen in drawn)
    sources = tuple(f"s{n}" for _, n, _, _ in drawn)
    return heard(*titles, ties=ties, visible=visible, sources=sources, qualities=tuple(n for _, n, _, _ in drawn))


@given(articles, st.data())
@settings(deadline=None, max_examples=80)
def test_laws(drawn: list[tuple[str, int, int, bool]], data: st.DataObject) -> None:
    """Each article is in one cluster, whose lead is visible where any member is; other stories are leads of others, each once; what was
    found of an earlier state changes nothing."""
    count = len(drawn)
    place = st.integers(0, count - 1)
    ties = tuple({(min(a, b), max(a, b)) for a, b in data.draw(st.lists(st.tuples(place, place), max_size=3)) if a != b})
    before = made(data.draw(articles), ())
    told, texts = made(drawn, ties)
    found, memory = find_stories(told, texts, 14, NOTHING, compare)
    _, other = find_stories(*before, 14, NOTHING, compare)
    known = Memory(*({**getattr(other, name), **getattr(memory, name)} for name in memory.__struct_fields__))
    assert find_stories(told, texts, 14, known, compare) == (found, memory)
    leads = find_leads(told, texts.titles, found.clusters)
    index = list(range(count))
    packed = find_others(told, found, leads, index, 3, NOTHING, memory)
    assert packed == find_others(told, found, leads, index, 3, memory, Memory({}, {}, {}, {}))
    others = [array("i", some) for some in packed]
    for i in range(count):
        same = [j for j in range(count) if found.clusters[j] == found.clusters[i]]
        seen = [j for j in same if told.visible[j]]
        assert leads[i] in seen if seen else leads[i] == -1
        assert told.qualities[leads[i]] == max(told.qualities[j] for j in seen) if seen else True
        assert len(set(others[i])) == len(others[i]) <= 3
        assert all(leads[other] == other != leads[i] and told.visible[other] for other in others[i])
        assert all(j < i and 0 < score <= 1 for j, score in pairs_of(found.like[i], i))
    for one, other in ties:
        assert found.clusters[one] == found.clusters[other]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_groups_are_what_is_connected(pairs: list[tuple[int, int]]) -> None:
    """Whatever the order in which they are joined, the lowest place of those joined stands for all."""
    one, other = Groups(10), Groups(10)
    for a, b in pairs:
        one.join(a, b)
    for a, b in reversed(pairs):
        other.join(b, a)
    roots = [one.root(i) for i in range(10)]
    assert roots == [other.root(i) for i in range(10)]
    assert all(roots[a] == roots[b] for a, b in pairs)
    assert all(roots[i] == min(j for j in range(10) if roots[j] == roots[i]) for i in range(10))


def test_the_origin_leads_its_copies() -> None:
    """Of articles with one title the oldest that stands on no platform can lead; of others the one of highest quality, then the older."""
    told, _ = heard(("a", 1), ("a", 2), ("a", 3), ("b", 3), qualities=(9, 5, 9, 5), platform=b"\1\0\0\0")
    assert find_leads(told, [1, 1, 1, 2], [0, 0, 0, 0]) == [1, 1, 1, 1]
    assert find_leads(told, [1, 2, 3, 4], [0, 0, 0, 0]) == [0, 0, 0, 0]


def test_sources_are_mixed() -> None:
    """A source has at most a third of the other stories, more only where there are no others; the likest come first, then the newer."""
    sources = ["one", "one", "one", "two", "", ""]
    assert _diverse(sources, {0: 0.9, 1: 0.8, 2: 0.7, 3: 0.6}, 3) == [0, 3, 1]
    assert _diverse(sources, {0: 0.5, 3: 0.5, 4: 0.1, 5: 0.1}, 6) == [3, 0, 5, 4]


def test_a_busy_site_has_a_shorter_window() -> None:
    """Where 14 days hold more than 250 articles it is shorter: what would be joined on a quiet site is not, and nearer ones are."""
    noise = [(f"{PLAIN[i % 26] * 5} {PLAIN[i * 7 % 26] * 4}{i} {PLAIN[i * 3 % 26] * 6}", i / 50) for i in range(600)]
    told = sorted(
        [*noise, ("Harbour bridge opens", 1), ("Harbour bridge opens", 2), ("Harbour bridge opens", 11.9)], key=lambda one: one[1]
    )
    found = {day: cluster for (title, day), cluster in zip(told, clusters(*told), strict=True) if title.startswith("Harbour")}
    assert found[1] == found[2] != found[11.9]
