"""Engines, which do the tasks of a build in this process or in others."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from math import inf
from types import ModuleType
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")
R_co = TypeVar("R_co", covariant=True)
AHEAD = 4  # tasks for each slot, running or waiting


class WorkerDied(Exception):
    """A worker ended while it did a task, and that task ends workers again and again."""


class Engine(Protocol):
    """Does tasks, maybe several at once and in other processes. An engine that does not share
    memory pickles the state and the tasks. For such an engine, the state should be small, and each
    task should carry what it needs.
    """

    @property
    def slots(self) -> int:
        """Return the number of tasks that it does at once."""

    @property
    def shares(self) -> bool:
        """Return whether workers see the memory of this process: then a task may name values in
        `state`.
        """

    def run(
        self, prepare: Callable[[S], Callable[[T], R]], state: S, tasks: Iterable[T]
    ) -> Iterator[R]:
        """Call `prepare(state)` once per worker, then yield its result for each task, in order.

        `prepare` is a function of an importable module, and returns the function that does a task.
        Raises WorkerDied.
        """


class Inline:
    """Does tasks in this process, one after the other."""

    slots = 1
    shares = True

    def run(
        self, prepare: Callable[[S], Callable[[T], R]], state: S, tasks: Iterable[T]
    ) -> Iterator[R]:
        """Yield the result of each task."""
        return map(prepare(state), tasks)


class Processes:
    """Does tasks in processes of this machine, `slots` at once; a single task in this one.

    Where forking is safe, workers are forked and share `state`; elsewhere it is pickled. Workers of
    an engine that does not share memory begin empty, however much memory this process has.
    """

    def __init__(self, slots: int, shares: bool = True) -> None:
        self.slots = slots
        self.shares = shares

    def run(
        self, prepare: Callable[[S], Callable[[T], R]], state: S, tasks: Iterable[T]
    ) -> Iterator[R]:
        """Yield the result of each task, in order. Raises WorkerDied."""
        rest = iter(tasks)
        first = list(islice(rest, self.slots))
        if len(first) < 2:
            yield from INLINE.run(prepare, state, chain(first, rest))
            return
        import multiprocessing  # the import costs more than a few tasks
        from concurrent.futures import ProcessPoolExecutor
        from concurrent.futures.process import BrokenProcessPool

        context = multiprocessing.get_context("fork" if self.shares and may_fork() else "spawn")
        pool = ProcessPoolExecutor(
            len(first), context, initializer=_start, initargs=(prepare, state)
        )
        try:
            # Tasks that name shared values are small, so all may wait.
            most = inf if self.shares else AHEAD * self.slots

            def submit(task: T) -> Promise[R]:
                with _without_main():
                    return pool.submit(_work, task)

            yield from in_order(submit, chain(first, rest), most)
        except BrokenProcessPool:
            raise WorkerDied from None
        finally:
            pool.shutdown(cancel_futures=True)


class Promise(Protocol[R_co]):
    """The result of a task, later."""

    def result(self) -> R_co:
        """Wait for the result and return it."""

    def cancel(self) -> Any:
        """Give the task up."""


def _next(waiting: deque[Promise[R]]) -> Iterable[R]:
    return [waiting.popleft().result()]


def in_order(
    submit: Callable[[T], Promise[R]],
    tasks: Iterable[T],
    most: float,
    fetch: Callable[[deque[Promise[R]]], Iterable[R]] = _next,
) -> Iterator[R]:
    """Submit tasks, at most so many ahead of the results, and yield the results in order.

    `fetch` waits for the first of the promises. It removes this one, and any others after it that
    are done, and returns their results.
    """
    waiting: deque[Promise[R]] = deque()
    try:
        for task in tasks:
            waiting.append(submit(task))
            if len(waiting) == most:
                yield from fetch(waiting)
        while waiting:
            yield from fetch(waiting)
    finally:
        for promise in waiting:
            promise.cancel()


@contextmanager
def _without_main() -> Iterator[None]:
    """Hide the running program from new processes, which would otherwise run it again. A script may
    call newsgen without checking `__name__`. New processes need only newsgen's modules.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


INLINE: Engine = Inline()


def local(jobs: int) -> Engine:
    """Return the engine of this machine with so many processes."""
    return Processes(jobs) if jobs > 1 else INLINE


def sharing(engine: Engine) -> Engine:
    """Return the engine itself if it shares memory, else this process: for work too small or too
    close to this machine to be sent away.
    """
    return engine if engine.shares else INLINE


def unshared(engine: Engine) -> Engine:
    """Return an engine whose workers have none of this process's memory: for large states."""
    return Processes(engine.slots, shares=False) if engine.slots > 1 and engine.shares else engine


def may_fork() -> bool:
    """Return whether this process can be forked safely.

    That needs Linux, because system libraries of other platforms do not allow it, and a single
    thread: locks held by other threads would stay locked in the child.
    """
    return sys.platform.startswith("linux") and threading.active_count() == 1


def default_jobs() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_function: Callable[[Any], Any]


def _start(prepare: Callable[[Any], Callable[[Any], Any]], state: Any) -> None:
    global _function
    # Signals to the group also reach the parent, which stops the workers. A worker that ended while
    # it writes a result would leave a part of it, and the pool would wait for the rest for ever.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
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
