"""Measure how well newsgen finds articles about the same event: it hides the articles' own
`related` lists, and compares newsgen's result with them.

    python benchmarks/stories.py FOLDER ...
    python benchmarks/stories.py FOLDER ... --ranges       what each number of the formulas changes
    python benchmarks/stories.py FOLDER ... --largest 30   the largest stories, to be read

A FOLDER holds articles whose lists name others of it. Related: for each article that has local ones
in its own list (joined on webUrl, then on title), all other articles are ranked; the share of the
list among the best five, of five or of the length of a shorter list. Clusters: the connected
articles of all lists, compared with newsgen's; B-cubed precision, recall and F1 over all articles.
In brackets: 90 % bootstrap intervals, where whole stories are drawn.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from baselines import Scores, by_time, connected, pairs_above, parts, text_of, tf_idf, words
from msgspec import structs

from newsgen.config.settings import Settings
from newsgen.content.clock import Clock
from newsgen.content.derive import meta_of, title_key
from newsgen.content.loader import Options, load_article
from newsgen.core.model import Article, Document, ties_of
from newsgen.stories import clustering, recommend, similarity
from newsgen.stories.detect import find_candidates
from newsgen.stories.grouping import group_stories
from newsgen.stories.similar_row import unpack
from newsgen.stories.windows import DAY, Windows

DRAWS = 200  # of the bootstrap
SIZES = {"1": (1, 1), "2 or 3": (2, 3), "4 to 9": (4, 9), "10 or more": (10, 10**6)}
# The numbers of the formulas, with values around those that newsgen has.
RANGES: list[tuple[Any, str, tuple[float, ...]]] = [
    (clustering, "ENOUGH", (0.14, 0.16, 0.18, 0.2, 0.22)),
    (clustering, "POWER", (0.75, 0.8, 0.85, 0.9, 1)),
    (clustering, "SAME_SOURCE", (0, 1, 2, 5)),
    (similarity, "HALVES", (2 * DAY, 3 * DAY, 4 * DAY, 7 * DAY)),
    (similarity, "TITLE", (2, 3, 4, 6)),
    (similarity, "EXCERPT", (1, 2, 3, 4)),
    (similarity, "COMMON", (0.05, 0.1, 0.125, 0.15, 0.2)),
    (similarity, "NAMING", (0.15, 0.2, 0.25, 0.4, 0.6)),
    (similarity, "FLOOR", (0.03, 0.05, 0.08, 0.1)),
    (recommend, "AFTER", (4, 4.5, 5, 5.5, 6)),
]


class Corpus(NamedTuple):
    """The articles of a folder, oldest first.

    `lists` are the articles that each one's list names, `true` has for each the first of its story,
    `asked` are those with a list.
    """

    name: str
    articles: list[Article]
    documents: list[Document]
    lists: list[set[int]]
    true: list[int]
    asked: list[int]


class Found(NamedTuple):
    """newsgen's result: for each article the first one of its story, and all similar ones, older
    and newer.
    """

    clusters: list[int]
    similar: Scores


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, metavar="FOLDER", nargs="+")
    add = parser.add_argument
    add("--window", type=int, default=14, metavar="DAYS", help="the setting stories.window  [14]")
    add("--gap", type=int, default=7, metavar="DAYS", help="the setting stories.gap  [7]")
    add("--ranges", action="store_true", help="vary each number of the formulas")
    add("--largest", type=int, metavar="N", help="print the N largest stories that newsgen finds")
    options = parser.parse_args()
    corpora = [read(folder) for folder in options.folders]
    if options.largest:
        for corpus in corpora:
            print_largest(corpus, find(corpus, options.window, options.gap), options.largest)
    elif options.ranges:
        print_ranges(corpora, options.window, options.gap)
    else:
        print_tables(corpora, options.window, options.gap)


def read(folder: Path) -> Corpus:
    """Read the articles of a folder, with the truth from their lists."""
    options = Options("UTC", "markdown", ())
    files = sorted(folder.rglob("*.md"))
    loaded = [(load_article(file.read_bytes(), options).record, file.name) for file in files]
    articles = sorted(
        ((article, name) for article, name in loaded if article),
        key=lambda pair: (pair[0].time, pair[1]),
    )
    documents = [
        Document(name, title_key(article.title), meta_of(article)) for article, name in articles
    ]
    by_url = {one.meta.url: i for i, one in reversed([*enumerate(documents)]) if one.meta.url}
    by_title = {one.title: i for i, one in reversed([*enumerate(documents)])}
    lists = [
        {by_url.get(url, by_title.get(title, i)) for url, title in ties_of(one.meta)} - {i}
        for i, one in enumerate(documents)
    ]
    true = connected(len(documents), ((i, j) for i, own in enumerate(lists) for j in own))
    asked = [i for i, own in enumerate(lists) if own]
    name = folder.parent.name if folder.name.startswith("_") else folder.name
    return Corpus(name, [article for article, _ in articles], documents, lists, true, asked)


def find(corpus: Corpus, days: int, gap: int) -> Found:
    """Return newsgen's result for the articles without their lists."""
    articles = corpus.articles
    hidden = [
        structs.replace(
            one,
            meta=structs.replace(one.meta, ties=b"", removed=False, draft=False, expires=None),
        )
        for one in corpus.documents
    ]
    candidates = find_candidates(hidden, Settings(title="", url=""), Clock(articles[-1].time))
    texts = [one.title.to_bytes(8, "big") for one in corpus.documents]
    windows = Windows(
        candidates.times, texts, lambda i: (articles[i].title, articles[i].excerpt), days
    )
    groups, _ = group_stories(candidates, windows, {}, gap)
    similar: Scores = [{} for _ in articles]
    for window in windows.all:
        for place, row in enumerate(windows.similar(window), window.start):
            for distance, score in unpack(row):
                similar[place][place - distance] = similar[place - distance][place] = score / 1000
    return Found([groups.root(i) for i in range(len(articles))], similar)


def ranked(found: Found) -> Scores:
    """Return the articles that newsgen finds similar, weighted by time as it recommends them."""
    after = recommend.AFTER / recommend.BEFORE
    return [
        {j: score * (after if j > i else 1) for j, score in row.items()}
        for i, row in enumerate(found.similar)
    ]


def hits(corpus: Corpus, scores: Scores) -> list[float]:
    """Return for each asked article the share of its list among the best five."""
    return [
        len(corpus.lists[i].intersection(sorted(row, key=lambda j: (-row[j], j))[:5]))
        / min(5, len(corpus.lists[i]))
        for i, row in ((i, scores[i]) for i in corpus.asked)
    ]


def b_cubed(found: Sequence[int], true: Sequence[int]) -> list[tuple[float, float]]:
    """Return precision and recall of each article."""
    both, of_found, of_true = Counter(zip(found, true, strict=True)), Counter(found), Counter(true)
    return [
        (both[one, other] / of_found[one], both[one, other] / of_true[other])
        for one, other in zip(found, true, strict=True)
    ]


def f1(means: Sequence[float]) -> float:
    """Return the F1 of a mean precision and a mean recall."""
    precision, recall = means
    return 2 * precision * recall / (precision + recall)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def means(values: Sequence[Sequence[float]]) -> list[float]:
    """Return the mean of each column."""
    return [mean(column) for column in zip(*values, strict=True)]


def interval(
    stories: Sequence[int],
    values: Sequence[Sequence[float]],
    measure: Callable[[Sequence[float]], float],
) -> str:
    """Return a measure of the means of these values with its 90 % interval, as text. Whole stories
    are drawn, because the results for articles of one story depend on each other.
    """
    own: dict[int, list[Sequence[float]]] = defaultdict(list)
    for story, value in zip(stories, values, strict=True):
        own[story].append((1, *value))
    sums = [[sum(column) for column in zip(*some, strict=True)] for some in own.values()]
    draw, drawn = random.Random(1), []
    for _ in range(DRAWS):
        count, *rest = map(sum, zip(*draw.choices(sums, k=len(sums)), strict=True))
        drawn.append(measure([value / count for value in rest]))
    drawn.sort()
    low, high = drawn[DRAWS // 20], drawn[-DRAWS // 20]
    return f"{measure(means(values)):.3f} [{low:.3f}, {high:.3f}]"


def print_tables(corpora: Sequence[Corpus], days: int, gap: int) -> None:
    """Print what newsgen and the baselines reach on these corpora."""
    related, clusters = [], []
    for corpus in corpora:
        count = len(corpus.articles)
        start = time.process_time()
        found = find(corpus, days, gap)
        took = 1e6 * (time.process_time() - start) / count
        sizes = Counter(Counter(corpus.true).values())
        print(
            f"{corpus.name}: {count:,} articles, {len(corpus.asked):,} with local related ones, "
            f"{sum(n for size, n in sizes.items() if size > 1):,} stories; "
            f"{took:.0f} us of processor time an article"
        )
        asked = [corpus.true[i] for i in corpus.asked]
        baselines = list(_baselines(corpus))
        for name, scores in (
            *((name, scores) for name, scores, _ in baselines),
            ("newsgen, earlier and later alike", found.similar),
            ("newsgen", ranked(found)),
        ):
            if asked:
                share = [(hit,) for hit in hits(corpus, scores)]
                related.append((corpus.name, name, interval(asked, share, sum)))
        for name, groups in (
            ("every article alone", list(range(count))),
            *((f"connected pairs of {least} of {name}", _above(corpus, scores, least))
              for name, scores, least in baselines if least),
            ("newsgen", found.clusters),
            ("the lists", corpus.true),
        ):  # fmt: skip
            clusters.append((corpus.name, name, *_cluster_row(corpus, groups)))
    for title, rows in (
        (("corpus", "related", "hits of 5"), related),
        (("corpus", "clusters", "F1", "precision", "recall", "largest",
          *(f"F1 of stories of {size}" for size in SIZES)), clusters),
    ):  # fmt: skip
        print(f"\n| {' | '.join(title)} |\n|{' --- |' * 2}{' ---: |' * (len(title) - 2)}")
        for row in rows:
            print(f"| {' | '.join(row)} |")


def _baselines(corpus: Corpus) -> Iterator[tuple[str, Scores, float]]:
    """Return the baselines by name, with the least similarity of connected pairs; 0 if none is
    tried.
    """
    days = [article.time.timestamp() / DAY for article in corpus.articles]
    texts = [text_of(article) for article in corpus.articles]
    for name, split, least in (("words", words, 0.25), ("four-letter parts", parts, 0.3)):
        scores = tf_idf([split(text) for text in texts])
        yield f"TF-IDF of {name}", scores, 0
        yield f"TF-IDF of {name} / (1 + days / 7)", by_time(scores, days), least


def _above(corpus: Corpus, scores: Scores, least: float) -> list[int]:
    return connected(len(corpus.articles), pairs_above(scores, least))


def _cluster_row(corpus: Corpus, groups: Sequence[int]) -> Iterator[str]:
    values = b_cubed(groups, corpus.true)
    of_true = Counter(corpus.true)
    yield interval(corpus.true, values, f1)
    yield from (f"{value:.3f}" for value in means(values))
    yield str(max(Counter(groups).values()))
    for low, high in SIZES.values():
        some = [
            value
            for value, story in zip(values, corpus.true, strict=True)
            if low <= of_true[story] <= high
        ]
        yield f"{f1(means(some)):.3f}" if some else "-"


def print_ranges(corpora: Sequence[Corpus], days: int, gap: int) -> None:
    """Print the results for other values of each number of the formulas."""
    print(f"| number | value |{''.join(f' {one.name}: hits of 5 | F1 |' for one in corpora)}")
    print(f"| --- | ---: |{' ---: | ---: |' * len(corpora)}")
    for gap_days in (2, 4, 7, 10, 14):
        _print_range("stories.gap", gap_days, corpora, days, gap_days)
    for room, name, values in RANGES:
        usual = getattr(room, name)
        for value in values:
            setattr(room, name, value)
            _print_range(name, value, corpora, days, gap)
        setattr(room, name, usual)


def _print_range(name: str, value: float, corpora: Sequence[Corpus], days: int, gap: int) -> None:
    cells = []
    for corpus in corpora:
        found = find(corpus, days, gap)
        cells += [
            mean(hits(corpus, ranked(found))),
            f1(means(b_cubed(found.clusters, corpus.true))),
        ]
    print(f"| {name} | {value:g} | {' | '.join(f'{cell:.3f}' for cell in cells)} |", flush=True)


def print_largest(corpus: Corpus, found: Found, count: int) -> None:
    """Print the largest stories that newsgen finds: date, source and title of each article."""
    stories: dict[int, list[int]] = defaultdict(list)
    for i, story in enumerate(found.clusters):
        stories[story].append(i)
    largest = sorted(stories.values(), key=lambda members: -len(members))[:count]
    for members in largest:
        lists = len({corpus.true[i] for i in members})
        print(f"\n## {corpus.name}: {len(members)} articles, of {lists} stories by the lists")
        for i in members:
            one = corpus.articles[i]
            source = corpus.documents[i].meta.source_name
            print(f"{one.time:%Y-%m-%d} {source[:20]:20} {one.title[:110]}")


if __name__ == "__main__":
    main()
