"""Replay a build's tasks through Dask's own scheduler, with workers that sleep.

    python benchmarks/simulation.py SITE [--workers 1 2 4 8 16]

First the site is built cold in this process, with the tasks that a cluster gets. It records the
processor time and the bytes of each task, the preparation of a worker before its first one, and the
builder's work between two tasks. Then a scheduler and workers run as processes of this machine, and
each task is a sleep of its time, with as many bytes sent and answered. So a machine with two
processors can simulate sixteen workers. The scheduler's work, the transfers and each worker's work
for Dask are real, and share these processors.

Efficiency is the time of all tasks, divided by that of the replay and the number of workers. It is
printed with the builder's own work and without it. The latter shows the limit of Dask.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from cluster import Dask, seconds_of

from newsgen.build.cluster import gather
from newsgen.build.executors import Executors
from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.core.engine import AHEAD, in_order

CLOCK = Clock(datetime(2026, 6, 30, 12, tzinfo=UTC))


class Task(NamedTuple):
    """A task of a run: seconds of the builder before it, of the task, and of what its worker
    prepares once in this run; bytes of the run's state, the task and its answer.
    """

    run: str
    before: float
    seconds: float
    prepare: float
    state: int
    sent: int
    answered: int


class Recorder(Executor):
    """Does tasks in this process, at once, and notes them."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.after = time.process_time()

    def submit(self, work: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        """Do a task. The first one of a run is done twice, to know what was prepared for it."""
        run, task = args
        before, start, first = time.process_time() - self.after, time.process_time(), 0.0
        if not self.tasks or self.tasks[-1].run != run.name:
            work(run, task)
            first, start = time.process_time() - start, time.process_time()
        future: Future[Any] = Future()
        future.set_result(work(run, task))
        seconds = time.process_time() - start
        prepare = max(first - seconds, 0.0)
        told = len(run.prepare), len(task), len(future.result())
        self.tasks.append(Task(run.name, before, seconds, prepare, *told))
        self.after = time.process_time()
        return future


def nap(run: str, _state: bytes, prepare: float, seconds: float, size: int, _sent: bytes) -> bytes:
    """Sleep as long as a task takes in a worker, and return so many bytes."""
    from distributed import get_worker

    worker = get_worker()
    if getattr(worker, "prepared", "") != run:
        time.sleep(prepare)
        worker.prepared = run  # type: ignore[attr-defined]
    time.sleep(seconds)
    return os.urandom(size)


def replay(client: Any, tasks: list[Task], ahead: int, rest: float, builds: bool) -> float:
    """Do the tasks in the order of a build, at most so many ahead of their results. Return the
    seconds. If the builder `builds`, it sleeps as long as it worked before each, and `rest` at the
    end.
    """
    start = time.monotonic()
    for number, (_, own) in enumerate(groupby(tasks, lambda task: task.run)):
        one = list(own)
        run, prepare = f"{start} {number}", one[0].prepare
        state = client.submit(os.urandom, one[0].state, pure=False)
        client.replicate([state])

        def submit(task: Task, run=run, prepare=prepare, state=state) -> Any:
            time.sleep(task.before if builds else 0)
            bodies = task.seconds, task.answered, os.urandom(task.sent)
            return client.submit(nap, run, state, prepare, *bodies, pure=False)

        for _answer in in_order(submit, one, ahead, partial(gather, client)):
            pass
    time.sleep(rest if builds else 0)
    return time.monotonic() - start


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("site", type=Path)
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4, 8, 16])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work, recorder = Path(folder), Recorder()
        config = load_config(options.site, output=work / "site", cache=work / "cache")
        result = build(
            config, BuildOptions(CLOCK, Executors(recorder, max(options.workers, default=16)))
        )
        rest = time.process_time() - recorder.after
    tasks = recorder.tasks
    total, own = sum(one.seconds for one in tasks), sum(one.before for one in tasks) + rest
    moved = sum(one.sent + one.answered for one in tasks) / result.articles / 1000
    print(f"{result.articles} articles, {len(tasks)} tasks, {moved:.1f} KB moved an article")
    print(f"tasks {total:.2f} s, builder {own:.2f} s ({own / (own + total):.1%})")
    for _, run in groupby(tasks, lambda task: task.run):
        one = list(run)
        print(
            f"  {len(one)} tasks of {sum(task.seconds for task in one) / len(one) * 1000:.0f} ms,"
            f" prepared in {one[0].prepare * 1000:.0f} ms, the builder before all"
            f" {one[0].before:.2f} s, between {sum(task.before for task in one[1:]):.2f} s"
        )
    print("| workers | seconds | efficiency | without the builder | scheduler, ms a task |")
    print("| ---: | ---: | ---: | ---: | ---: |", flush=True)
    for workers in options.workers:
        print(_row(tasks, rest, workers, total), flush=True)


def _row(tasks: list[Task], rest: float, workers: int, total: float) -> str:
    from distributed import Client

    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        dask = Dask(Path(folder), workers, stack)
        place = dask.address().replace("dask://", "tcp://")
        client = stack.enter_context(Client(place, set_as_default=False))
        client.wait_for_workers(workers)
        before = seconds_of(dask.scheduler.pid)
        whole = replay(client, tasks, AHEAD * workers, rest, True)
        spent = (seconds_of(dask.scheduler.pid) - before) / len(tasks) * 1000
        alone = replay(client, tasks, AHEAD * workers, rest, False)
    shares = [total / workers / seconds for seconds in (whole, alone)]
    return f"| {workers} | {whole:.1f} | {shares[0]:.2f} | {shares[1]:.2f} | {spent:.1f} |"


if __name__ == "__main__":
    main()
