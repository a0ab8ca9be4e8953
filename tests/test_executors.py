"""Engines of other programs: any executor of `concurrent.futures`."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import loky
import pytest

from apart_from import apart_from
from newsgen.build.executors import Executors
from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.core import guarded_workers
from newsgen.core.guarded_workers import Lost
from newsgen.core.problems import UserError
from support import AS_OF, SmallSite, read_tree

_SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Executors]:
    """Return an engine whose workers lose all files of the test's folder once there is a file
    `moved` beside it.
    """
    given = (str(tmp_path), f"{tmp_path}.moved")
    with loky.ProcessPoolExecutor(2, initializer=apart_from, initargs=given) as executor:
        yield Executors(executor, 2)


def _adding(number: int) -> Callable[[int], int]:
    def add(task: int) -> int:
        if task < 0:
            os._exit(1)
        return task + number

    return add


def test_a_site_has_the_same_bytes(tmp_path: Path, engine: Executors) -> None:
    """Workers that get only batches render the same as this process. The second build changes the
    title of every article, so each page has an earlier trace, and its workers have neither the
    content folder nor the output.
    """
    site = SmallSite(
        tmp_path / "wire",
        feeds={"full_text": True},
        search={"body": True},
        social_cards={"enabled": True, "days": 2},
    )
    site.every_kind()
    for title in ("Story", "Tale"):
        for number in range(120):
            site.article(
                f"news-{number:03}",
                title=f"{title} {number} of the tide",
                body=f"Of [one](news-{number // 2:03}.md).\n\n> [!NOTE]\n> High water.\n",
                publishedDateTime=f"2026-01-{1 + number // 8:02}T08:00:00Z",
            )
        there = load_config(site.root, output=tmp_path / "there", cache=tmp_path / "cache")
        found = build(there, BuildOptions(Clock(AS_OF), engine))
        here = site.build()
        assert (found.problems, found.rendered) == (here.problems, here.rendered)
        assert read_tree(tmp_path / "there") == site.tree()
        Path(f"{tmp_path}.moved").touch()


def test_a_task_that_ends_its_worker_is_lost_alone() -> None:
    """All other results arrive, in order."""
    with ProcessPoolExecutor(2, _SPAWN) as executor:
        found = list(
            guarded_workers.run(
                _adding, 10, [[1, 2], [3, -1, 4], [5], [6]], Executors(executor, 2), 60
            )
        )
    lost = found[1][1]
    assert isinstance(lost, Lost)
    assert lost.item == -1
    assert [*found[0], found[1][0], *found[1][2:], *found[2], *found[3]] == [11, 12, 13, 14, 15, 16]


def _dying() -> None:
    os._exit(1)


def test_without_workers_the_old_site_stays(tmp_path: Path) -> None:
    """If workers end while they render, the command reports it and changes nothing. Files that they
    should read are read here.
    """
    site = SmallSite(tmp_path)
    for number in range(60):
        site.article(f"news-{number:03}")
    with (
        ProcessPoolExecutor(1, _SPAWN, initializer=_dying) as executor,
        pytest.raises(UserError, match="a worker ended before its task was done"),
    ):
        build(load_config(site.root), BuildOptions(Clock(AS_OF), Executors(executor, 1)))
    assert site.tree() == {}


def _with_another_package(folder: str) -> None:
    sys.path.append(folder)


def test_a_worker_with_other_packages_is_refused(tmp_path: Path) -> None:
    """The bytes of such a worker might differ, so the build names its machine and stops."""
    (tmp_path / "jinja2-99.0.dist-info").mkdir()
    with (
        ProcessPoolExecutor(
            1, _SPAWN, initializer=_with_another_package, initargs=(str(tmp_path),)
        ) as executor,
        pytest.raises(UserError, match="has other code or packages than this machine") as refused,
    ):
        list(Executors(executor, 1).run(_adding, 1, [1, 2]))
    assert refused.value.problem.code == "worker-differs"
    assert refused.value.exit_code == 3
