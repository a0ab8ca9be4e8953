"""An engine over any executor of `concurrent.futures`, such as those of loky or mpi4py.

Workers may run on other machines. They need the same newsgen: each answer begins with the digest of
the worker's own code and packages, and an answer of another newsgen is refused.
"""

from __future__ import annotations

import pickle
import platform
import threading
import uuid
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor
from typing import Any, NamedTuple, Protocol, TypeVar

from newsgen import __version__
from newsgen.core import digest
from newsgen.core.engine import WorkerDied
from newsgen.core.problems import build_error
from newsgen.store.fingerprint import program

T = TypeVar("T")
R = TypeVar("R")
S = TypeVar("S")
AHEAD = 4  # tasks for each slot that are under way or wait for one


class Run(NamedTuple):
    """One call of an engine: its unique name, the program that workers must have, and what they
    prepare, pickled. They unpickle it only if they have that program.
    """

    name: str
    program: bytes
    prepare: bytes


class Promise(Protocol):
    """The result of a task, later."""

    def result(self) -> bytes:
        """Wait for the result and return it."""

    def cancel(self) -> Any:
        """Give the task up."""


class Executors:
    """Does tasks in the workers of an executor, `slots` at once."""

    shares = False

    def __init__(self, executor: Executor, slots: int) -> None:
        self._executor = executor
        self.slots = slots

    def run(
        self, prepare: Callable[[S], Callable[[T], R]], state: S, tasks: Iterable[T]
    ) -> Iterator[R]:
        """Yield the result of each task, in order. Raises UserError (exit code 3), WorkerDied."""
        run = new_run(prepare, state)
        try:
            yield from in_order(
                lambda task: self._executor.submit(work, run, task), tasks, AHEAD * self.slots
            )
        except BrokenExecutor:
            raise WorkerDied from None


def new_run(prepare: Callable[[Any], Callable[[Any], Any]], state: object) -> Run:
    """Return a new run of tasks."""
    return Run(uuid.uuid4().hex, program(), _packed((prepare, state)))


def in_order(submit: Callable[[bytes], Promise], tasks: Iterable[Any], most: int) -> Iterator[Any]:
    """Submit tasks, at most so many ahead of the results, and yield the results in order.

    Raises UserError (exit code 3) if a worker has another newsgen.
    """
    waiting: deque[Promise] = deque()
    try:
        for task in tasks:
            waiting.append(submit(_packed(task)))
            if len(waiting) == most:
                yield _opened(waiting.popleft().result())
        while waiting:
            yield _opened(waiting.popleft().result())
    finally:
        for promise in waiting:
            promise.cancel()


def work(run: Run, task: bytes) -> bytes:
    """Do a task in a worker. Return its program and the pickled result; if the run wants another
    program, its program and what it is.
    """
    own = program()
    if own != run.program:
        shown = f"{platform.node()}: newsgen {__version__}, Python {platform.python_version()}"
        return own + shown.encode()
    if getattr(_prepared, "name", "") != run.name:
        prepare, state = _unpacked(run.prepare)
        _prepared.do, _prepared.name = prepare(state), run.name
    return own + _packed(_prepared.do(_unpacked(task)))


def _packed(value: object) -> bytes:
    return zlib.compress(pickle.dumps(value), 1)  # a third of the bytes, which pass a scheduler


def _unpacked(data: bytes) -> Any:
    return pickle.loads(zlib.decompress(data))


_prepared = threading.local()  # the last run of each thread: `name`, and what does its tasks


def _opened(answer: bytes) -> Any:
    """Return the result in an answer. Raises UserError (exit code 3)."""
    own, rest = answer[: digest.SIZE], answer[digest.SIZE :]
    if own == program():
        return _unpacked(rest)
    here = f"newsgen {__version__}, Python {platform.python_version()}"
    raise build_error(
        "worker-differs",
        f"the worker on {rest.decode()} has other code or packages than this machine ({here})",
        hint="install the same Python, newsgen and requirements on every machine, then restart the "
        "workers",
    )
