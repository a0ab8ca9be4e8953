"""A long run of random edits: after each, the incremental build must have the bytes of a clean one.

    python benchmarks/edits.py --steps 500 --seed 1 [--articles ../shared/corpus/diablo4/_news
    --first 150]

The edits are those of tests/incremental/edits.py. A failure names the step, the edit and the files
that differ."""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from incremental.edits import EDITS, Edited, apply


def run(steps: int, seed: int, articles: Path | None, first: int, root: Path) -> int:
    """Return the number of steps after which the two builds differed."""
    edited = Edited(root / "site", templates=articles is None)
    rng = random.Random(seed)
    if articles:
        content = edited.site.root / "content"
        content.mkdir()
        for file in sorted(articles.glob("*.md"))[:first]:
            shutil.copy(file, content)
    for _ in range(20):
        apply(edited, "add", rng.randrange(2**16))
    edited.incremental()
    done: Counter[str] = Counter()
    wrong, start = 0, time.monotonic()
    for step in range(1, steps + 1):
        name = rng.choice(sorted(EDITS))
        apply(edited, name, rng.randrange(2**16))
        found, clean = edited.incremental(jobs=1 + step % 2), edited.clean(root / "clean")
        differing = sorted(
            path for path in found.keys() | clean.keys() if found.get(path) != clean.get(path)
        )
        done[name] += 1
        if differing:
            wrong += 1
            print(
                f"step {step}, {name}: {len(differing)} files differ: {', '.join(differing[:5])}",
                flush=True,
            )
    print(
        f"{steps} edits of {len(done)} kinds, seed {seed}: {wrong} differed from a clean "
        f"build; {time.monotonic() - start:.0f} s"
    )
    return wrong


def main() -> int:
    """Run, and end with 1 if any step differed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--articles",
        type=Path,
        help="begin with real articles of this folder, and the default theme",
    )
    parser.add_argument("--first", type=int, default=100, help="how many of them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return int(
            run(options.steps, options.seed, options.articles, options.first, Path(folder)) > 0
        )


if __name__ == "__main__":
    sys.exit(main())
