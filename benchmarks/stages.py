"""Measure newsgen's stages in seconds: cold, with nothing changed and with one article edited.

    python benchmarks/stages.py CORPUS

CORPUS is a folder of articles; it is copied, not changed. Ends with the start-up of `newsgen
--help`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import corpora
import install
import measure
from contestants import newsgen_entries

HERE = Path(__file__).resolve().parent
_SETTLE = 3.0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, metavar="CORPUS")
    parser.add_argument(
        "--theme", choices=("minimal", "default", "full"), default="minimal", help="[minimal]"
    )
    parser.add_argument("--rounds", type=int, default=3, metavar="K", help="[3]")
    parser.add_argument(
        "--programs",
        type=Path,
        metavar="DIR",
        help="the folder that newsgen is in  [installed into WORK]",
    )
    parser.add_argument(
        "--work", type=Path, default=HERE / "work", metavar="DIR", help="[benchmarks/work]"
    )
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    programs = options.programs or install.newsgen(options.work.resolve())
    entry = newsgen_entries(programs.absolute(), [options.theme])[0]
    with tempfile.TemporaryDirectory(dir=options.work) as folder:
        site = Path(folder) / "site"
        shutil.copytree(entry.site, site)
        shutil.copytree(options.corpus, site / entry.content, copy_function=shutil.copyfile)
        subject = _subject(site / entry.content)
        time.sleep(_SETTLE)  # newsgen does not trust files younger than two seconds

        def cold(number: int) -> None:
            for name in (entry.output, *entry.caches):
                if (site / name).exists():
                    (site / name).rename(Path(folder) / f"{name}-{number}")

        phases: dict[str, Callable[[int], None]] = {
            "cold": cold,
            "nothing changed": lambda _: None,
            "one article edited": lambda number: corpora.edit(subject, number),
        }
        rows = {
            name: _medians(site, entry.command, before, options.rounds)
            for name, before in phases.items()
        }
    stages = list(dict.fromkeys(stage for row in rows.values() for stage in row))
    print("| seconds | " + " | ".join(stages) + " |\n|" + " --- |" + " ---: |" * len(stages))
    for name, row in rows.items():
        print(
            f"| {name} | "
            + " | ".join(f"{row[stage]:.3f}" if stage in row else "" for stage in stages)
            + " |"
        )
    took = measure.start_up(programs)
    print(
        f'\n`newsgen --help` {took["help"]:.3f} s, `python -c "import click"` '
        f"{took['click']:.3f} s: {took['help'] / took['click']:.2f}"
    )


def _subject(content: Path) -> Path:
    paths = sorted(content.rglob("*.md"))
    return paths[len(paths) // 2]


def _medians(
    site: Path, command: tuple[str, ...], before: Callable[[int], None], rounds: int
) -> dict[str, float]:
    """Return the median of each stage, and of the whole process with its start-up."""
    taken: dict[str, list[float]] = {}
    for number in range(1, rounds + 1):
        before(number)
        os.sync()
        start = time.perf_counter()
        said = subprocess.run(
            [*command, "--json"], cwd=site, check=True, stdout=subprocess.PIPE
        ).stdout
        whole = time.perf_counter() - start
        for stage, seconds in (*json.loads(said)["seconds"].items(), ("all, with start-up", whole)):
            taken.setdefault(stage, []).append(seconds)
    return {stage: measure.median(values) for stage, values in taken.items()}


if __name__ == "__main__":
    main()
