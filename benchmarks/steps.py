"""Whether stories keep together while articles come in the order of time.

    python benchmarks/steps.py FOLDER ... [--steps 200]

The last articles of each FOLDER are added one by one. A story is split if its members are no longer
in one; a redirect is lost if a hidden article led to a story, and leads to none any more."""

from __future__ import annotations

import argparse
from pathlib import Path

from stories import Corpus, read

from newsgen.config.settings import Settings
from newsgen.content.clock import Clock
from newsgen.stories.detect import detect, find_candidates
from newsgen.stories.grouping import StoryCache, group_stories
from newsgen.stories.patch import Compared
from newsgen.stories.windows import Windows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, metavar="FOLDER", nargs="+")
    parser.add_argument("--steps", type=int, default=200, metavar="N")
    options = parser.parse_args()
    for folder in options.folders:
        print_steps(read(folder), options.steps)


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
