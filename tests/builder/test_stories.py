"""Which articles report the same event, and the reuse of earlier results."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from newsgen.config.settings import Settings
from newsgen.core import digest
from newsgen.stories.clustering import UnionFind, join
from newsgen.stories.detect import _named, detect
from newsgen.stories.edited_windows import Compared
from newsgen.stories.grouping import Candidates, StoryCache, WindowPairs, group_stories
from newsgen.stories.recommend import _diverse, choose_leads
from newsgen.stories.similar_row import pack, unpack
from newsgen.stories.windows import DAY, Comparison, Found, Window, Windows, compare
from support import rounds

EVENTS = (
    "harbour bridge opens after long delay",
    "storm closes the northern coastal road",
    "university finds rare orchid species",
    "council votes against stadium plan",
)
SETTINGS = Settings(title="", url="")


Told = tuple[Candidates, list[str]]


def heard(
    *articles: tuple[str, float], ties: tuple[tuple[int, int], ...] = (), **columns: Any
) -> Told:
    """Return articles by title and day (the oldest first), each of a different source."""
    count = len(articles)
    values = {
        "sources": tuple(f"s{i}" for i in range(count)),
        "qualities": (0,) * count,
        "visible": b"\1" * count,
        **columns,
    }
    values |= {name: columns.get(name, bytes(count)) for name in ("platform", "listing")}
    values["ties"] = ties
    paths, times = (
        tuple(f"{i}.md" for i in range(count)),
        tuple(int(day * DAY) for _, day in articles),
    )
    return Candidates(paths=paths, times=times, **values), [title for title, _ in articles]


def windows_of(told: Told, days: int = 14, **known: Any) -> Windows:
    return Windows(
        told[0].times,
        [digest.of_text(title) for title in told[1]],
        lambda i: (told[1][i], ""),
        days,
        **known,
    )


def clusters(
    *articles: tuple[str, float], days: int = 14, gap: int = 7, **columns: Any
) -> list[int]:
    told = heard(*articles, **columns)
    groups, _ = group_stories(told[0], windows_of(told, days), {}, gap)
    return [groups.root(i) for i in range(len(articles))]


N = 80
NOISE = [  # no two have a term in common
    (f"{noise[:6]} {noise[6:12]} {noise[12:18]}", i / 20)
    for i, noise in enumerate(digest.of_text(str(i)).hex() for i in range(N))
]


def test_a_story_ends_after_a_gap() -> None:
    """An article joins a story only if it came within the gap of another member, so a story lasts
    as long as it has no longer break.
    """
    daily = [*NOISE, *[("Harbour bridge opens after delay", day) for day in (5, 7, 9, 13)]]
    assert clusters(*daily)[N:] == [N, N, N, N]
    assert clusters(*daily, gap=3)[N:] == [N, N, N, N + 3]
    assert clusters(*daily, gap=0)[N:] == [N, N + 1, N + 2, N + 3]


def test_the_same_event_is_one_story() -> None:
    """Articles that say much the same within days are one story; another event, or the same after
    the window, is another.
    """
    told = [
        *NOISE,
        ("Harbour bridge opens after delay", 5),
        ("Delayed harbour bridge opens", 6),
        ("Storm closes the coastal road", 6),
    ]
    later = [*told, ("Harbour bridge opens after delays", 40)]
    found = clusters(*later)[N:]
    assert found == [N, N, N + 2, N + 3]
    assert clusters(*told, days=0) == list(range(len(told)))


def test_a_source_seldom_tells_an_event_twice() -> None:
    """Two articles of one source stay apart where those of two sources would be one story, also a
    column with the same title every week.
    """
    told = [
        *NOISE,
        ("Harbour bridge opens after delay", 5),
        ("Delayed harbour bridge opens to all", 6),
    ]
    sources = tuple("same" for _ in told)
    assert clusters(*told, sources=sources)[N:] == [N, N + 1]
    weekly = [*NOISE, ("Ten things to know this week", 5), ("Ten things to know this week", 12)]
    assert clusters(*weekly, sources=sources)[N:] == [N, N + 1]


def test_lists_come_first() -> None:
    """A list joins articles of any distance in time; two stories from lists are not joined by their
    words, even if the listed articles do not exist yet.
    """
    told = [*NOISE, ("Harbour bridge opens after delay", 5), ("Delayed harbour bridge opens", 6)]
    assert clusters(*told, ties=((0, 29),))[29] == 0
    assert clusters(*told, ties=((0, N), (1, N + 1)))[N:] == [0, 1]
    assert clusters(*told, ties=((0, N),))[N:] == [0, 0]
    assert clusters(*told, listing=bytes(N) + b"\1\1")[N:] == [N, N + 1]


def test_a_list_keeps_what_it_named() -> None:
    """An entry names the article of its address, else of its title, and keeps the one of its title
    if the other comes later.
    """
    assert _named(3, 2, 1) == _named(3, 2, 3) == {2}
    assert _named(3, -1, 1) == {1}
    assert _named(3, 5, 1) == {1, 5}
    assert _named(3, 3, 1) == _named(3, -1, 3) == set()


def test_two_that_belong_together_are_joined_by_a_third() -> None:
    """An article that is similar enough to two clusters joins them."""
    rows = [(b"", 0), (b"", 1), (pack([(2, 900), (1, 900)]), 2)]
    assert join([], bytes(3), {}, ["a", "b", "c"], rows) == [(2, 0), (0, 1)]
    rows[2] = pack([(2, 900), (1, 200)]), 2
    assert join([], bytes(3), {}, ["a", "b", "c"], rows) == [(2, 0)]


Drawn = list[tuple[str, int, int, bool]]
texts = st.lists(
    st.sampled_from(sorted({word for event in EVENTS for word in event.split()})),
    min_size=2,
    max_size=5,
).map(" ".join)
article = st.tuples(texts, st.integers(0, 3), st.integers(0, 30), st.booleans())
articles = st.lists(article, min_size=1, max_size=20)
CHANGES: list[Callable[[tuple[str, int, int, bool]], Drawn]] = [
    lambda one: [],
    lambda one: [(*one[:3], not one[3])],
    lambda one: [(one[0].partition(" ")[2], *one[1:])],
]


def made(drawn: Drawn, ties: tuple[tuple[int, int], ...] = ()) -> Told:
    """Draw articles of one month with few words, some of them unique; words of earlier articles
    decide the weight of a word.
    """
    drawn = sorted(drawn, key=lambda one: one[2])
    titles = [*NOISE, *[(f"{text} {'xyzw'[n] * 5}", 59 + day) for text, n, day, _ in drawn]]
    visible = b"\1" * N + bytes(seen for _, _, _, seen in drawn)
    sources = (*["noise"] * N, *[f"s{n}" for _, n, _, _ in drawn])
    qualities = (*range(N), *[n for _, n, _, _ in drawn])
    listing = bytes(N) + bytes(n == 3 for _, n, _, _ in drawn)
    return heard(
        *titles, ties=ties, listing=listing, visible=visible, sources=sources, qualities=qualities
    )


def by_number(windows: Windows) -> dict[int, Compared]:
    """Return the result for each window, as the cache keeps it."""
    return {window.number: found for window, found in windows.fresh.items()}


def titles_of(told: Told) -> list[int]:
    return [digest.key(title) for title in told[1]]


def told_of(
    told: Told, known: StoryCache | None = None, windows: Windows | None = None
) -> StoryCache:
    return detect(
        told[0], titles_of(told), SETTINGS, known or StoryCache(), windows or windows_of(told)
    )


@given(st.lists(article, min_size=12, max_size=20), articles, st.data())
@settings(max_examples=rounds(60))
def test_what_was_found_before_changes_nothing(
    then: Drawn, drawn: Drawn, data: st.DataObject
) -> None:
    """After any edits, the result with an earlier state in the cache equals the result from
    nothing, and so does the new state; also if the cached windows are from yet another state.
    """
    changes = st.sampled_from([*[lambda one: [one]] * 9, *CHANGES])
    changed = [after for one in then for after in data.draw(changes)(one)] + data.draw(
        st.sampled_from([[], drawn])
    )
    place = st.integers(0, N + len(changed) - 1)
    told = made(
        changed,
        tuple(
            data.draw(
                st.lists(st.tuples(place, place).filter(lambda tie: tie[0] < tie[1]), max_size=1)
            )
        ),
    )
    before, now, another = windows_of(made(then)), windows_of(told), windows_of(made(drawn))
    expected = told_of(told, windows=now)
    known = told_of(made(then), windows=before)
    told_of(made(drawn), windows=another)
    for fresh in (by_number(before), by_number(before) | by_number(another)):
        again = windows_of(told, load=fresh.get)
        assert told_of(told, known, again) == expected
        assert [again.similar(window) for window in again.all] == [
            now.similar(window) for window in now.all
        ]


def test_the_oldest_window_may_have_hidden_articles_only() -> None:
    """What was found before is used again if no article of the oldest window is visible."""
    later = [(title, 60 + day) for title, day in NOISE]
    told = heard(("Storm closes the road", 0), *later, visible=b"\0" + b"\1" * N)
    found = told_of(told)
    assert told_of(told, found) == found
    assert len(found.assignment.others) == N


@given(articles, st.data())
@settings(max_examples=rounds(30))
def test_laws(drawn: Drawn, data: st.DataObject) -> None:
    """Each article is in one story, whose lead is visible if any member is. Other stories are
    leads, each once; only older articles are remembered as similar.
    """
    place = st.integers(N, N + len(drawn) - 1)
    ties = tuple(
        {
            (min(a, b), max(a, b))
            for a, b in data.draw(st.lists(st.tuples(place, place), max_size=3))
            if a != b
        }
    )
    told = made(drawn, ties)
    count = len(told[1])
    windows = windows_of(told)
    groups, _ = group_stories(told[0], windows, {}, 7)
    leads = choose_leads(told[0], titles_of(told), groups)
    seen = told[0].visible
    found = told_of(told, windows=windows).assignment
    newest = [i for i in range(count - 1, -1, -1) if seen[i]]
    assert [newest[lead] for lead in found.leads] == [leads[i] for i in newest]
    assert {path: newest[lead] for path, lead in found.moved} == {
        f"{i}.md": leads[i] for i in range(count) if not seen[i] and leads[i] >= 0
    }
    for i in range(count):
        members = [j for j in range(count) if groups.root(j) == groups.root(i) and seen[j]]
        assert leads[i] in members if members else leads[i] == -1
        assert (
            told[0].qualities[leads[i]] == max(told[0].qualities[j] for j in members)
            if members
            else True
        )
    for i, packed in zip(newest, found.others, strict=True):
        others = [newest[at] for at in array("i", packed)]
        assert len(set(others)) == len(others) <= SETTINGS.related.limit
        assert all(leads[other] == other != leads[i] for other in others)
    for window in windows.all:
        for i, like in enumerate(windows.similar(window), window.start):
            assert all(
                window.older <= i - back < i and 0 < score <= 1000 for back, score in unpack(like)
            )
    assert all(groups.root(one) == groups.root(other) for one, other in ties)


@given(st.lists(article, min_size=8, max_size=16), st.data())
@settings(max_examples=15)
def test_a_story_keeps_its_page_as_members_come(drawn: Drawn, data: st.DataObject) -> None:
    """While articles come in the order of time, also in a new year and with lists, articles of one
    story stay in one story. So a hidden one still redirects, and the page of an earlier lead is
    that of a member.
    """
    drawn = [(*one[:2], one[2] + 285, one[3]) for one in sorted(drawn, key=lambda one: one[2])]
    place = st.integers(N - 5, N + len(drawn) - 1)
    ties = data.draw(st.lists(st.tuples(place, place).filter(lambda tie: tie[0] < tie[1])))
    known, moved, joined = StoryCache(), set[str](), dict[int, list[int]]()
    for count in range(1, len(drawn) + 1):
        told = made(drawn[:count], tuple(sorted({tie for tie in ties if tie[1] < N + count})))
        known = told_of(told, known)
        now = {path for path, _ in known.assignment.moved}
        groups, _ = group_stories(told[0], windows_of(told), {}, 7)
        assert moved <= now
        assert all(len({groups.root(i) for i in members}) == 1 for members in joined.values())
        moved, joined = now, groups.joined()


def test_an_edit_is_compared_with_its_neighbours() -> None:
    """After an edit, an addition or a removal, only the windows around it are computed again, and
    those of an edit are not compared as a whole.
    """
    told = sorted(
        [*NOISE, *[(f"{EVENTS[i % 4]} {i}", i * 3) for i in range(40)]], key=lambda one: one[1]
    )
    edited = [("Another title" if i == 93 else title, day) for i, (title, day) in enumerate(told)]
    compared: list[Window] = []

    def watch(comparison: Comparison, windows: list[Window]) -> list[Found]:
        compared.extend(windows)
        return compare(comparison, windows)

    before = windows_of(heard(*told), days=30)
    before.find(before.all)
    assert len(before.all) > 2
    for now in (
        edited,
        [*told[:93], ("One more", told[93][1]), *told[93:]],
        [*told[:93], *told[94:]],
    ):
        compared.clear()
        windows = windows_of(heard(*now), days=30, load=by_number(before).get, compare=watch)
        known = {one.number: WindowPairs(one.key, b"", ()) for one in before.all}
        group_stories(heard(*now)[0], windows, known, 7)
        around = [one for one in windows.all if one.older <= 93 < one.stop]
        assert list(windows.fresh) == around
        assert now is not edited or not compared


@given(
    st.lists(texts, min_size=60, max_size=60),
    st.dictionaries(st.integers(0, 59), st.tuples(texts, st.sampled_from([0, 0, 0.4]))),
    st.lists(texts, max_size=3),
)
@settings(max_examples=rounds(40))
def test_a_patched_window_is_that_of_a_comparison(
    then: list[str], edits: dict[int, tuple[str, float]], added: list[str]
) -> None:
    """After articles got another title or time, or were added at the end, the patched result equals
    a comparison from nothing.
    """
    told = [(f"{text} {'xyzw'[i % 4] * 5}", i) for i, text in enumerate(then)]
    now = [(edits[i][0], i + edits[i][1]) if i in edits else one for i, one in enumerate(told)]
    now += [(text, 60 + i) for i, text in enumerate(added)]
    before = windows_of(heard(*told), days=20)
    before.find(before.all)
    found = by_number(before)
    again = windows_of(heard(*now), days=20, load=found.get)
    clean = windows_of(heard(*now), days=20)
    for windows in (again, clean):
        windows.find(windows.all)
    assert again.fresh == clean.fresh


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9))))
def test_groups_are_what_is_connected(pairs: list[tuple[int, int]]) -> None:
    """The lowest place of a connected set represents it, for any order of joining."""
    one, other = UnionFind(), UnionFind()
    for a, b in pairs:
        one.join(a, b)
    for a, b in reversed(pairs):
        other.join(b, a)
    roots = [one.root(i) for i in range(10)]
    assert roots == [other.root(i) for i in range(10)]
    assert all(roots[a] == roots[b] for a, b in pairs)
    assert all(roots[i] == min(j for j in range(10) if roots[j] == roots[i]) for i in range(10))


def test_the_origin_leads_its_copies() -> None:
    """Of articles with one title, only the oldest that is not on a platform can lead; of others the
    one with the highest quality, then the older.
    """
    told, _ = heard(
        ("a", 1), ("a", 2), ("a", 3), ("b", 3), qualities=(9, 5, 9, 5), platform=b"\1\0\0\0"
    )
    groups = UnionFind()
    for place in (1, 2, 3):
        groups.join(0, place)
    assert choose_leads(told, [1, 1, 1, 2], groups) == [1, 1, 1, 1]
    assert choose_leads(told, [1, 2, 3, 4], groups) == [0, 0, 0, 0]


def test_sources_are_mixed() -> None:
    """A source has at most a third of the other stories, more only if there are no others; the most
    similar come first, then the newer.
    """

    def numbers(*scores: tuple[int, int]) -> list[int]:
        return [score << 32 | lead for score, lead in scores]

    sources = ["one", "one", "one", "two", "", ""]
    assert _diverse(sources, numbers((9, 0), (5, 0), (8, 1), (7, 2), (6, 3)), 3) == [0, 3, 1]
    assert _diverse(sources, numbers((5, 0), (5, 3), (1, 4), (1, 5)), 6) == [3, 0, 5, 4]


def test_a_busy_site_has_a_shorter_window() -> None:
    """If the 14 days before held more than 250 articles, the window is half as long, and with more
    half of that again. So it is if more than 1,000 come in the first days of all.
    """
    busy = heard(*[(f"{i}", i / 50) for i in range(1000)], ("next", 42))
    lengths = [(window.seconds / DAY, window.stop) for window in windows_of(busy).all]
    assert lengths == [(14, 700), (3.5, 875), (3.5, 1000), (14, 1001)]
    import_ = heard(*[(f"{i}", i / 200) for i in range(2400)])
    assert {window.seconds for window in windows_of(import_).all} == {3.5 * DAY}
