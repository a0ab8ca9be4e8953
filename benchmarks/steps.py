"""Check whether stories stay together while articles are added in the order of time, and what an
edit moves.

    python benchmarks/steps.py FOLDER ... [--steps 200] [--edits 28]

The last articles of each FOLDER are added one by one. A story is split if its members are no longer
in one; a redirect is lost if a hidden article redirected to a story, and no longer does. An edit
gives one of the articles in which common words are counted the title of another one, or with
--excerpts its excerpt. It moves the visible articles that then have another lead or other related
stories.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path

from stories import Corpus, read

from newsgen.config.settings import Settings
from newsgen.content.clock import Clock
from newsgen.core import digest
from newsgen.stories.detect import detect, find_candidates
from newsgen.stories.edited_windows import Compared
from newsgen.stories.grouping import StoryCache, group_stories
from newsgen.stories.similarity import SAMPLE
from newsgen.stories.windows import Windows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, metavar="FOLDER", nargs="+")
    parser.add_argument("--steps", type=int, default=200, metavar="N")
    parser.add_argument("--edits", type=int, default=28, metavar="N")
    parser.add_argument("--excerpts", action="store_true", help="replace excerpts, not titles")
    options = parser.parse_args()
    for folder in options.folders:
        corpus = read(folder)
        print_edits(corpus, options.edits, options.excerpts)
        print_steps(corpus, options.steps)


def print_edits(corpus: Corpus, edits: int, excerpts: bool) -> None:
    """Replace titles or excerpts one by one, each in the corpus as it was, and print what this
    moves.
    """
    settings, clock = Settings(title="", url=""), Clock(corpus.articles[-1].time)
    candidates = find_candidates(corpus.documents, settings, clock)
    by_path = {one.path: article for one, article in zip(
        corpus.documents, corpus.articles, strict=True
    )}  # fmt: skip
    texts = [(by_path[path].title, by_path[path].excerpt) for path in candidates.paths]
    compared: dict[int, Compared] = {}

    def find(known: StoryCache) -> tuple[StoryCache, Windows]:
        windows = Windows(
            candidates.times,
            [digest.of_value(text) for text in texts],
            texts.__getitem__,
            settings.stories.window,
            load=compared.get,
            counted=known.common,
        )
        titles = [digest.key(title) for title, _ in texts]
        return detect(candidates, titles, settings, known, windows), windows

    before, windows = find(StoryCache())
    compared = {window.number: found for window, found in windows.fresh.items()}
    draw, counts, others = random.Random(1), [], 0
    for _ in range(edits):
        place = draw.randrange(min(SAMPLE, len(texts)))
        old, other = texts[place], draw.choice(texts)
        texts[place] = (old[0], other[1]) if excerpts else (other[0], old[1])
        after, windows = find(before)
        others += any(not one.older <= place < one.stop for one in windows.fresh)
        counts.append(_moved(before, after))
        texts[place] = old
    counts.sort()
    edited = f"{edits} edited {'excerpts' if excerpts else 'titles'}"
    print(
        f"{corpus.name}: {edited} moved {counts[0]} to {counts[-1]} articles, median "
        f"{counts[edits // 2]}, {sum(count > 20 for count in counts)} times more than 20; "
        f"{others} compared articles of other windows",
        flush=True,
    )


def _moved(before: StoryCache, after: StoryCache) -> int:
    one, other = before.assignment, after.assignment
    pairs = zip(one.leads, one.others, other.leads, other.others, strict=True)
    return sum((lead, similar) != (*now,) for lead, similar, *now in pairs)


def print_steps(corpus: Corpus, steps: int) -> None:
    """Add the last articles of a corpus, and print what happened to the stories before each."""
    settings, documents = Settings(title="", url=""), corpus.documents
    number = {document.path: i for i, document in enumerate(documents)}
    known, compared = StoryCache(), dict[int, Compared]()
    stories: list[list[str]] = []
    redirects: set[str] = set()
    split = lost = 0
    for count in range(len(documents) - steps, len(documents) + 1):
        candidates = find_candidates(
            documents[:count], settings, Clock(corpus.articles[count - 1].time)
        )
        own = [number[path] for path in candidates.paths]
        articles, titles = [corpus.articles[i] for i in own], [documents[i].title for i in own]
        windows = Windows(
            candidates.times,
            [title.to_bytes(8, "big") for title in titles],
            lambda i, articles=articles: (articles[i].title, articles[i].excerpt),  # type: ignore[misc]
            settings.stories.window,
            load=compared.get,
        )
        known = detect(candidates, titles, settings, known, windows)
        compared |= {window.number: found for window, found in windows.fresh.items()}
        groups, _ = group_stories(candidates, windows, known.joined, settings.stories.gap)
        place = {path: i for i, path in enumerate(candidates.paths)}
        split += sum(
            len({groups.root(place[path]) for path in story if path in place}) > 1
            for story in stories
        )
        stories = [[candidates.paths[i] for i in some] for some in groups.joined().values()]
        now = {path for path, _ in known.assignment.moved}
        lost += len(redirects - now)
        redirects = now
    print(
        f"{corpus.name}: in {steps} steps {split} of {len(stories)} stories were split, and {lost} "
        f"of {len(redirects)} redirects were lost",
        flush=True,
    )


if __name__ == "__main__":
    main()
