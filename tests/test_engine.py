"""The parallel map: worker processes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from newsgen.core import engine


def _signalled(stop: signal.Signals) -> Callable[[int], int]:
    """Return a worker's function: it gets a signal, as all processes of a group do, and returns its
    task.
    """

    def work(task: int) -> int:
        os.kill(os.getpid(), stop)
        return task

    return work


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_worker_finishes_its_task_after_a_signal(stop: signal.Signals) -> None:
    """Workers ignore a signal to all processes: one that ended while it wrote a result would make
    the parent wait for ever.
    """
    assert list(engine.local(2).run(_signalled, stop, [1, 2, 3])) == [1, 2, 3]


_memory = [0]


def _remembering(_: None) -> Callable[[int], int]:
    return lambda task: task + _memory[0]


@pytest.mark.parametrize(("shares", "seen"), [(True, 7), (False, 0)])
def test_a_worker_that_does_not_share_begins_empty(shares: bool, seen: int) -> None:
    """Only workers that share memory have the parent's data."""
    if shares and not engine.may_fork():
        pytest.skip("this system does not fork")
    _memory[0] = 7
    try:
        found = engine.Processes(2, shares).run(_remembering, None, [10, 20, 30])
        assert list(found) == [10 + seen, 20 + seen, 30 + seen]
    finally:
        _memory[0] = 0
