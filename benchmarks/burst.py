"""Measure 200 edited titles, and one, in a preview: CPU seconds of its process, and its memory.

    python benchmarks/burst.py SITE [--rounds 3]

SITE is the root of a site whose content folder is `articles`. Its titles are changed. Nothing is
served or watched, so the seconds are those of following the files. If a lead changed, the site is
planned again; such a round is marked.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import time
from datetime import UTC, datetime
from pathlib import Path

import corpora

from newsgen.config.settings import load_config
from newsgen.content.visibility import Clock
from newsgen.preview.session import PreviewSession

BURST = 200


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("site", type=Path, metavar="SITE")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    options = parser.parse_args()
    now = datetime.now(UTC)
    preview = PreviewSession(
        lambda: load_config(options.site), lambda _: Clock(now, drafts=True, future=True)
    )
    gc.freeze()  # as `newsgen serve` does
    print(f"started: {memory()}", flush=True)
    files = [
        file
        for file in sorted((options.site / "articles").iterdir())
        if "\npublished: false" not in file.read_text("utf-8")
    ]
    files = random.Random(1).sample(files, BURST)
    for some in (*[files] * options.rounds, *[[file] for file in files[:5]]):
        number = time.time_ns() // 10**6 % 10**9
        for file in some:
            corpora.edit(file, number)
        plan, start = preview.state.prepared.cached_plan, time.process_time()
        preview.update([os.path.realpath(file) for file in some])
        took = time.process_time() - start
        again = "" if preview.state.prepared.cached_plan is plan else ", planned again"
        print(f"{len(some)} edits: {1000 * took:,.0f} ms of CPU{again}; {memory()}", flush=True)


def memory() -> str:
    """Return the memory of this process, now and at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    found = {name: int(value.split()[0]) // 1024 for name, _, value in (
        line.partition(":") for line in lines if line.startswith(("VmRSS", "VmHWM"))
    )}  # fmt: skip
    return f"{found['VmRSS']:,} MB, peak {found['VmHWM']:,} MB"


if __name__ == "__main__":
    main()
