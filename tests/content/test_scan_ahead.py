"""A scan of the content folder in another process gives the same as one in this process."""

from __future__ import annotations

import os
import select
import signal
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.paths import Paths
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.content.scan import PICTURES, SUFFIXES, scan
from newsgen.content.scan_ahead import Ahead, ScanResult, look_ahead, scan_content, stats_of
from newsgen.store.records import CACHE_FILE
from support import AS_OF, SmallSite

in_a_child = pytest.mark.skipif(
    not sys.platform.startswith("linux"),
    reason="only on Linux is the folder looked through in a child",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b.md", "a/c.md", "a/c.jpg", "bad\x01.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def told(found: ScanResult | None) -> list[object]:
    assert found
    return [stats_of(found.articles), stats_of(found.near), found.digest, found.problems]


def test_articles_and_pictures_are_told_apart(folder: Path) -> None:
    """A scan returns articles, the images beside them, and problems."""
    found, problems = scan(folder, (*SUFFIXES, *PICTURES))
    articles, near, _, told_of = told(scan_content(folder))
    assert articles == [found[1], found[2]]
    assert near == [found[0]]
    assert told_of == problems
    assert [problem.code for problem in problems] == ["file-name"]


def test_formats_that_are_not_read_are_reported(tmp_path: Path) -> None:
    """One warning for each unread format names the first file and their number, and these files are
    not articles.
    """
    for name in ("a.rst", "B.RST", "c.org", "d.mdx", "e.meta", "f.md"):
        (tmp_path / name).touch()
    found = scan_content(tmp_path)
    assert [stat.path for stat in stats_of(found.articles)] == ["f.md"]
    assert [(one.code, one.file, one.hint.split()[-1]) for one in found.problems] == [
        ("unread-format", "d.mdx", ".md"),
        ("unread-format", "e.meta", "to"),
        ("unread-format", "c.org", "gfm"),
        ("unread-format", "B.RST", "gfm"),
    ]
    assert found.problems[-1].message.startswith("2 files end in `.rst`, ")


def test_any_other_stat_is_another_digest(folder: Path) -> None:
    """A larger image and a touched article change the digest."""
    digests = [scan_content(folder).digest]
    (folder / "a/c.jpg").write_text("xx")
    digests.append(scan_content(folder).digest)
    os.utime(folder / "b.md", ns=(1, 1))
    digests.append(scan_content(folder).digest)
    assert len(set(digests)) == 3


@in_a_child
def test_a_child_tells_the_same(folder: Path) -> None:
    """A scan in another process gives the same result as one here."""
    assert told(Ahead(folder).found()) == told(scan_content(folder))


@in_a_child
def test_a_child_that_dies_tells_nothing(folder: Path) -> None:
    """If the child is killed before it sent its result, the parent scans itself."""
    for i in range(1500):  # more than a pipe holds: the child waits until it is read
        (folder / f"{i:060}.md").touch()
    ahead = Ahead(folder)
    os.kill(ahead.child, signal.SIGKILL)
    assert ahead.found() is None


def _stopped(folder: Path) -> Ahead:
    """Return a scan whose child is stopped before it sent anything, on any machine."""
    while True:
        ahead = Ahead(folder)
        os.kill(ahead.child, signal.SIGSTOP)
        os.waitpid(ahead.child, os.WUNTRACED)
        if not select.select([ahead._source], [], [], 0)[0]:
            return ahead
        os.kill(ahead.child, signal.SIGCONT)
        ahead.found()


@in_a_child
def test_meanwhile_something_else_is_done(folder: Path) -> None:
    """While the child scans, the parent runs its other steps, one at a time, only until the result
    is there, and each once.
    """
    for i in range(1500):  # more than a pipe holds: the child ends only when it is read
        (folder / f"{i:060}.md").touch()
    ahead = _stopped(folder)
    steps: list[int] = []

    def work() -> Iterator[None]:
        for step in range(10_000):
            if step == 3:
                os.kill(ahead.child, signal.SIGCONT)
                select.select([ahead._source], [], [])  # until it has a result
            steps.append(step)
            yield

    assert told(ahead.found(work())) == told(scan_content(folder))
    assert told(ahead.found(work())) == told(scan_content(folder))
    assert steps == [0, 1, 2, 3]


@in_a_child
def test_a_small_site_is_looked_at_here(folder: Path) -> None:
    """Without a cache of several thousand articles, no process is started."""
    paths = Paths(*[folder] * 10)
    assert look_ahead(paths) is None
    (folder / "cache.sqlite").write_bytes(b"x")
    assert look_ahead(paths) is None


@in_a_child
def test_a_cache_that_is_damaged_asks_again(site: SmallSite) -> None:
    """If the cache proves damaged after the scan, the repeated build uses the same scan."""
    site.article("one")
    site.build()
    with sqlite3.connect(site.root / ".newsgen" / CACHE_FILE) as cache:
        cache.execute("UPDATE buckets SET items = x'0011223344'")
    cache.close()
    site.article("two")
    result = build(
        load_config(site.root), BuildOptions(Clock(AS_OF)), ahead=Ahead(site.root / "content")
    )
    assert result.articles == 2
    assert [problem.code for problem in result.problems] == ["cache-renewed"]
