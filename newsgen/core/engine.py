"""One map, inline or over processes. The order of results is that of the tasks."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")


def run(prepare: Callable[[S], Callable[[T], R]], state: S, tasks: Sequence[T], jobs: int) -> Iterator[R]:
    """`prepare(state)` once a process, then its result for every task.

    With one job, or one task, it all runs here. Processes are forked where that is safe, so that
    `state` is not copied; elsewhere it is pickled.
    """
    if jobs < 2 or len(tasks) < 2:
        yield from map(prepare(state), tasks)
        return
    import multiprocessing  # costs more than a few tasks do
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork" if may_fork() else "spawn")
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), context, initializer=_start, initargs=(prepare, state))
    try:
        yield from pool.map(_work, tasks)
    finally:
        pool.shutdown(cancel_futures=True)


def may_fork() -> bool:
    """Whether this process can be forked safely: on Linux alone system libraries allow it, and locks of other threads would stay locked."""
    return sys.platform.startswith("linux") and threading.active_count() == 1


def default_jobs() -> int:
    """As many as there are processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_function: Callable[[Any], Any]


def _start(prepare: Callable[[Any], Callable[[Any], Any]], state: Any) -> None:
    global _function
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent,), daemon=True).start()
    _function = prepare(state)


def _die_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _work(task: Any) -> Any:
    return _function(task)
