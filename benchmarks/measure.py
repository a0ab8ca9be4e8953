"""Measure one build: the time, the processor time and the memory of a whole tree of processes."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """What a command took. `wall` and `cpu` are seconds, `cpu` of all its processes together;
    `peak` is the resident memory in MB of the largest single one of them."""

    wall: float
    cpu: float
    peak: float


class Failed(Exception):
    """A command that failed, or did not end in time."""


def run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], limit: float, log: Path
) -> Run:
    """Run a command in a folder. Raises Failed if it fails or takes more than `limit` seconds.
    Python may keep compiled code, as on most machines. The kernel's counts (wait4) cover all
    processes that the command started and waited for.
    """
    os.sync()  # data that an earlier build left to be written is not this build's cost
    with log.open("wb") as stream:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environment, "PYTHONDONTWRITEBYTECODE": ""},
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
        late = threading.Event()
        timer = threading.Timer(limit, _stop, (process.pid, late))
        timer.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
    if late.is_set():
        raise Failed(f"took more than {limit:.0f} s")
    if process.returncode:
        tail = log.read_text("utf-8", "replace").strip()[-800:]
        raise Failed(f"ended with {process.returncode}: {tail}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _stop(group: int, late: threading.Event) -> None:
    late.set()
    os.killpg(group, signal.SIGKILL)


def start_up(programs: Path, times: int = 10) -> dict[str, float]:
    """Return the median seconds of `newsgen --help` and of Python importing click, run in turn."""
    commands = {
        "help": [str(programs / "newsgen"), "--help"],
        "click": [str(programs / "python"), "-c", "import click"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            taken[name].append(time.perf_counter() - start)
    return {name: median(seconds) for name, seconds in taken.items()}


def median(values: Sequence[float]) -> float:
    """Return the middle value, or the mean of the two middle ones."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
