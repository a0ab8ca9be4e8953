"""Measure publishing: an edition of one changed article, a nightly run without changes, a rollback,
and the growth of the disk.

    python benchmarks/publish.py CORPUS [--rounds 7] [--programs .venv/bin]

CORPUS is a folder of articles, as benchmarks/corpora.py makes them; it is copied, not changed.
Every command is timed from start to end. Nightly runs fetch no images, because the hosts of the
corpus do not exist.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import corpora
import measure

_SETTLE = 2.5  # newsgen does not trust files younger than two seconds


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, metavar="CORPUS")
    parser.add_argument("--rounds", type=int, default=7, metavar="K", help="[7]")
    parser.add_argument(
        "--keep", type=int, default=5, metavar="N", help="editions that are kept  [5]"
    )
    parser.add_argument(
        "--programs",
        type=Path,
        default=Path(sys.executable).parent,
        metavar="DIR",
        help="the folder that newsgen is in",
    )
    options = parser.parse_args()
    program = str(options.programs.absolute() / "newsgen")
    with tempfile.TemporaryDirectory(dir=".") as folder:
        site = Path(folder).absolute()
        shutil.copytree(options.corpus, site / "content", copy_function=shutil.copyfile)
        (site / "newsgen.yaml").write_text(
            "title: Bench News\nurl: https://news.example\npublish: {keep: "
            f"{options.keep}}}\nnightly: {{fetch: false}}\n"
        )
        paths = sorted((site / "content").rglob("*.md"))
        subject, edits = paths[len(paths) // 2], iter(range(1000))

        def run(*words: str) -> measure.Run:
            return measure.run([program, *words, "-q"], site, {}, 600, site / "log")

        def edit_and_build() -> None:
            corpora.edit(subject, next(edits))
            run("build")

        def edited() -> None:
            corpora.edit(subject, next(edits))

        rows: list[tuple[str, list[measure.Run], list[int]]] = []

        def measured(
            name: str, before: Callable[[], None], words: tuple[str, ...], times: int
        ) -> None:
            runs, grown = [], []
            for _ in range(times):
                before()
                had = disk(site / "editions")
                runs.append(run(*words))
                grown.append(disk(site / "editions") - had)
            rows.append((name, runs, grown))

        run("build")
        measured("publish, the first edition", lambda: None, ("publish",), 1)
        measured(
            f"publish, one article edited, the editions 2 to {options.keep}",
            edit_and_build,
            ("publish",),
            options.keep - 1,
        )
        measured(
            "publish, one article edited, later ones", edit_and_build, ("publish",), options.rounds
        )
        measured("publish, the same again", lambda: None, ("publish",), options.rounds)
        run("nightly")
        time.sleep(_SETTLE)
        run("nightly")
        measured("nightly, nothing changed", lambda: None, ("nightly",), options.rounds)
        measured(
            "nightly --if-due, nothing changed",
            lambda: None,
            ("nightly", "--if-due"),
            options.rounds,
        )
        measured("nightly, one article edited", edited, ("nightly",), options.rounds)
        measured(
            "rollback", lambda: run("publish", "--release") and None, ("rollback",), options.rounds
        )
        print(
            f"{len(paths):,} articles, "
            f"{sum(map(len, (files for *_, files in os.walk(site / 'site')))):,} files\n"
        )
        print("| command | time | CPU | disk |\n| --- | ---: | ---: | ---: |")
        for name, runs, grown in rows:
            wall, cpu = (
                measure.median([getattr(one, what) for one in runs]) for what in ("wall", "cpu")
            )
            print(
                f"| {name} | {wall:.2f} s | {cpu:.2f} s | {measure.median(grown) / 1e6:+,.1f} MB |"
            )


def disk(folder: Path) -> int:
    """Return the bytes of a folder on disk, each file counted once, folders included."""
    seen = {}
    for at, folders, files in os.walk(folder):
        for name in (*folders, *files):
            info = os.lstat(os.path.join(at, name))
            seen[info.st_ino] = info.st_blocks * 512
    return sum(seen.values())


if __name__ == "__main__":
    main()
