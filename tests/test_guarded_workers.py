"""An item that kills its process is lost. All others are processed in order."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from newsgen.core.cpu_limit import CpuLimitReached, cpu_limit
from newsgen.core.engine import INLINE, may_fork
from newsgen.core.guarded_workers import run
from support import ROOT, SmallSite

_DEADLY = """
import os, resource, signal
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

class Deadly(Preprocessor):
    def run(self, lines):
        text = "\\n".join(lines)
        if "abort" in text:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            os.abort()
        if "endless" in text:
            while True:
                pass
        return lines

class DeadlyExtension(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Deadly(md), "deadly", 100)

def makeExtension(**options):
    return DeadlyExtension(**options)
"""


def test_this_process_has_its_own_work_beside_a_single_one() -> None:
    """While a single other process works, this one takes the steps of `meanwhile`."""
    steps = iter(range(3))
    found = run(lambda add: lambda item: item + add, 1, [[1, 2]], INLINE, 60, steps)
    assert list(found) == [[2, 3]]
    assert list(steps) == ([] if may_fork() else [0, 1, 2])


@pytest.mark.parametrize(
    ("jobs", "count"), [(1, 3), (2, 3), (2, 110)], ids=["one job", "one batch", "several batches"]
)
def test_an_article_that_kills_its_reader_is_left_out(
    tmp_path: Path, jobs: int, count: int
) -> None:
    """The build continues without the article, names it and exits with 1.

    The next build tries it again, because nothing of it is cached.
    """
    site = SmallSite(
        tmp_path,
        markdown={"engine": "markdown", "extensions": ["deadly"]},
        without=["feed", "topic", "source", "day"],
    )
    site.write("deadly.py", _DEADLY)
    for i in range(count):
        site.article(f"good-{i:03}", body="Good.\n")
    site.article("good-050-bad", body="abort\n")
    for _ in range(2):
        done = site.run(
            "build",
            "--jobs",
            str(jobs),
            env={"PYTHONPATH": f"{site.root}{os.pathsep}{ROOT}"},
            timeout=300,
        )
        assert done.returncode == 1, done.stderr
        assert (
            "content/good-050-bad.md: error: reading it ended its process (SIGABRT)" in done.stderr
        )
        assert "[reading-died]" in done.stderr
        pages = list((site.output / "news").glob("good-*/index.html"))
        assert len(pages) == count


def test_cpu_time_is_limited(tmp_path: Path) -> None:
    """An article that takes too long to read is left out after the CPU time in the settings."""
    site = SmallSite(
        tmp_path,
        markdown={"engine": "markdown", "extensions": ["deadly"]},
        budgets={"cpu_seconds": 1},
    )
    site.write("deadly.py", _DEADLY)
    site.article("good", body="Good.\n")
    site.article("bad", body="endless\n")
    done = site.run("build", env={"PYTHONPATH": f"{site.root}{os.pathsep}{ROOT}"}, timeout=300)
    assert done.returncode == 1, done.stderr
    assert "content/bad.md: error: reading it took too much CPU time" in done.stderr
    assert (site.output / "news/good/index.html").is_file()


def test_a_limit_on_cpu_time_stops_work_that_does_not_end() -> None:
    """Work that exceeds its CPU time ends with an error that no `except` swallows."""

    def work(seconds: float) -> None:
        end = time.process_time() + seconds
        while time.process_time() < end:
            with suppress(Exception):
                "".join(map(str, range(100)))

    with pytest.raises(CpuLimitReached), cpu_limit(0.01):
        work(60)
    with cpu_limit(60):
        work(0.01)
