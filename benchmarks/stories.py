"""How well newsgen finds which articles tell the same event: the articles' own `related` lists are
hidden, and what it finds is compared with them.

    python benchmarks/stories.py FOLDER

FOLDER holds articles whose lists name others of it. Related: for each article that has local ones
in its own list (joined on webUrl, then on title), all other articles are ranked; the share of the
list among the best five, of five or of the length of a shorter list. Clusters: the connected
articles of all lists, against those that are found; B-cubed precision, recall and F1 over all
articles."""

from __future__ import annotations

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import log, sqrt
from pathlib import Path
from typing import NamedTuple

from msgspec import structs

from newsgen.config.settings import Settings
from newsgen.content.derive import meta_of, title_key
from newsgen.content.loader import Options, load_article
from newsgen.content.visibility import Clock
from newsgen.core.model import Article, Document, ties_of
from newsgen.stories.clustering import UnionFind
from newsgen.stories.detect import find_candidates
from newsgen.stories.grouping import group_stories
from newsgen.stories.recommend import AFTER, BEFORE
from newsgen.stories.windows import DAY, Windows, pairs_of

Scores = list[dict[int, float]]
Near = list[list[tuple[int, float]]]


class Found(NamedTuple):
    """What newsgen finds:

    for each article the first one of its story, and all that are like it, older and newer.
    """

    clusters: list[int]
    near: Near


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument(
        "--days", type=int, default=14, metavar="N", help="the setting stories.window  [14]"
    )
    options = parser.parse_args()
    entries, documents = _read(options.folder)
    lists = _lists(documents)
    true = _groups(len(entries), ((i, j) for i, own in enumerate(lists) for j in own))
    asked = [i for i, own in enumerate(lists) if own]
    sizes = Counter(Counter(true).values())
    print(
        f"{len(entries):,} articles, {len(asked):,} with local related ones, "
        f"{sum(n for size, n in sizes.items() if size > 1):,} clusters\n"
    )

    start = time.process_time()
    found = _found(entries, documents, options.days)
    took = time.process_time() - start
    cosine = _cosine(entries)
    days = [entry.time.timestamp() / DAY for entry in entries]
    near = [
        {j: score / (1 + abs(days[i] - days[j]) / 7) for j, score in row.items()}
        for i, row in enumerate(cosine)
    ]
    topics = [set(entry.topics) for entry in entries]
    everyone = range(len(entries))
    ranked: dict[str, Callable[[int], Sequence[int]]] = {
        "nearest in time": lambda i: sorted(everyone, key=lambda j: abs(days[i] - days[j])),
        "shared topics, then nearest in time": lambda i: sorted(
            everyone, key=lambda j: (-len(topics[i] & topics[j]), abs(days[i] - days[j]))
        ),
        "TF-IDF of title (twice) and excerpt": lambda i: _best(cosine[i]),
        "the same / (1 + days / 7)": lambda i: _best(near[i]),
        "newsgen, time running both ways alike": lambda i: _best(dict(found.near[i])),
        "newsgen": lambda i: _best(
            {j: score * (AFTER if j > i else BEFORE) for j, score in found.near[i]}
        ),
    }
    if asked:
        print("| related | hits of 5 |\n| --- | ---: |")
        for name, rank in ranked.items():
            print(
                f"| {name} | {sum(_hits(rank(i), i, lists[i]) for i in asked) / len(asked):.3f} |"
            )
        print()
    clusters = {
        "every article alone": list(everyone),
        "connected pairs of TF-IDF / (1 + days / 7) of 0.25": _groups(
            len(entries),
            ((i, j) for i, row in enumerate(near) for j, score in row.items() if score >= 0.25),
        ),
        "newsgen": found.clusters,
    }
    print(
        "| clusters | precision | recall | F1 | largest | articles in one |\n| --- | ---: | "
        "---: | ---: | ---: | ---: |"
    )
    for name, groups in {**clusters, "the lists": true}.items():
        precision, recall = _b_cubed(groups, true)
        counts = Counter(groups)
        together = sum(n for n in counts.values() if n > 1)
        f1 = 2 * precision * recall / (precision + recall)
        print(
            f"| {name} | {precision:.3f} | {recall:.3f} | {f1:.3f} | {max(counts.values())} | "
            f"{together:,} |"
        )
    print(f"\n{1e6 * took / len(entries):.0f} us of processor time an article")


def _read(folder: Path) -> tuple[list[Article], list[Document]]:
    """The articles of a folder, the oldest first, and what is known of each."""
    options = Options("UTC", "markdown", ())
    read = [
        (load_article(file.read_bytes(), options).record, file.name)
        for file in folder.rglob("*.md")
    ]
    articles = sorted(
        ((article, name) for article, name in read if article),
        key=lambda pair: (pair[0].time, pair[1]),
    )
    documents = [
        Document(name, title_key(article.title), meta_of(article)) for article, name in articles
    ]
    return [article for article, _ in articles], documents


def _lists(documents: Sequence[Document]) -> list[set[int]]:
    """The places that each article's own list names."""
    by_url = {one.meta.url: i for i, one in reversed([*enumerate(documents)]) if one.meta.url}
    by_title = {one.title: i for i, one in reversed([*enumerate(documents)])}
    return [
        {by_url.get(url, by_title.get(title, i)) for url, title in ties_of(one.meta)} - {i}
        for i, one in enumerate(documents)
    ]


def _found(articles: Sequence[Article], documents: Sequence[Document], days: int) -> Found:
    """What newsgen finds of articles without lists."""
    hidden = [
        structs.replace(
            one,
            meta=structs.replace(one.meta, ties=b"", removed=False, draft=False, expires=None),
        )
        for one in documents
    ]
    heard = find_candidates(hidden, Settings(title="", url=""), Clock(articles[-1].time))
    texts = [one.title.to_bytes(8, "big") for one in documents]
    windows = Windows(heard.times, texts, lambda i: (articles[i].title, articles[i].excerpt), days)
    groups, _ = group_stories(heard, windows, {})
    near: Near = [[] for _ in articles]
    for window in windows.all:
        for place, similar in enumerate(windows.similar(window), window.start):
            for other, score in pairs_of(similar, place):
                near[place].append((other, score / 1000))
                near[other].append((place, score / 1000))
    return Found([groups.root(i) for i in range(len(articles))], near)


def _cosine(entries: Sequence[Article]) -> Scores:
    texts = [
        re.findall(r"\w+", f"{entry.title} {entry.title} {entry.excerpt}".casefold())
        for entry in entries
    ]
    df = Counter(word for text in texts for word in set(text))
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    rows: Scores = []
    for i, text in enumerate(texts):
        weights = {word: n * log(len(texts) / df[word]) for word, n in Counter(text).items()}
        length = sqrt(sum(weight * weight for weight in weights.values())) or 1.0
        rows.append({word: weight / length for word, weight in weights.items()})  # type: ignore[misc]
        for word, weight in weights.items():
            postings[word].append((i, weight / length))
    out: Scores = []
    for i, row in enumerate(rows):
        scores: dict[int, float] = defaultdict(float)
        for word, weight in row.items():
            for j, other in postings[word]:  # type: ignore[index]
                scores[j] += weight * other
        scores.pop(i, None)
        out.append(scores)
    return out


def _best(scores: dict[int, float]) -> list[int]:
    return sorted(scores, key=lambda j: (-scores[j], j))[:6]


def _hits(ranked: Sequence[int], place: int, wanted: set[int]) -> float:
    return len(wanted.intersection([j for j in ranked if j != place][:5])) / min(5, len(wanted))


def _groups(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    groups = UnionFind()
    for one, other in pairs:
        groups.join(one, other)
    return [groups.root(i) for i in range(count)]


def _b_cubed(found: Sequence[int], true: Sequence[int]) -> tuple[float, float]:
    both, of_found, of_true = Counter(zip(found, true, strict=True)), Counter(found), Counter(true)
    pairs = list(zip(found, true, strict=True))
    precision = sum(both[pair] / of_found[pair[0]] for pair in pairs) / len(pairs)
    recall = sum(both[pair] / of_true[pair[1]] for pair in pairs) / len(pairs)
    return precision, recall


if __name__ == "__main__":
    main()
