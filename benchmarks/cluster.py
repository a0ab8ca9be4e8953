"""Compare builds on a Dask cluster of this machine with those of local processes.

    python benchmarks/cluster.py SITE [--rounds N] [--workers N] [--kills N] [--apart]

A scheduler and workers of one thread run as separate processes. Local and cluster builds, all cold,
take turns. Processor times are the system's counts for each process. With `--kills`, each of so
many more builds loses a worker at a random moment, and their bytes are compared. With `--apart`,
workers find neither the site nor the output.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from dask_here import DaskHere

AS_OF = "2026-06-30T12:00"


class Cost(NamedTuple):
    """Seconds of a build: in total, of all its processors, and of those of the scheduler and of the
    process that builds.
    """

    wall: float
    cpu: float
    scheduler: float = 0.0
    builder: float = 0.0


class Dask(DaskHere):
    """A scheduler and workers, as processes of this machine."""

    def __init__(self, folder: Path, workers: int, stack: ExitStack, hidden: list[Path]) -> None:
        super().__init__(folder, stack)
        while not self.address():
            time.sleep(0.1)
        hide = "".join(f"apart_from({str(one.resolve())!r}); " for one in hidden)
        self._before = f"from apart_from import apart_from; {hide}" if hidden else ""
        self.workers = [self.start(number) for number in range(workers)]

    def start(self, number: int) -> subprocess.Popen[bytes]:
        """Start a worker."""
        tests = str(Path(__file__).resolve().parent.parent / "tests")
        return self.worker(f"worker{number}", self._before, PYTHONPATH=tests)


def seconds_of(process: int) -> float:
    """Return the processor time of a process (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def megabytes_of(process: int) -> float:
    """Return the most memory that a process had (Linux)."""
    status = Path(f"/proc/{process}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def build(
    site: Path, folder: Path, *options: str, meanwhile: Callable[[], None] | None = None
) -> tuple[float, float]:
    """Build the site cold into `folder`. Return its seconds and those of its processors."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "newsgen", "--root", str(site), "--cache", f"{folder}/cache"]
    command += ["build", "--quiet", "--as-of", AS_OF, "--output", f"{folder}/site", *options]
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command)
    if meanwhile:
        meanwhile()
    if process.wait():
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.monotonic() - start, cpu


def cluster_build(site: Path, folder: Path, dask: Dask) -> Cost:
    def spent() -> list[float]:
        return [seconds_of(one.pid) for one in (dask.scheduler, *dask.workers)]

    before = spent()
    wall, builder = build(site, folder, "--engine", dask.address())
    parts = [now - then for now, then in zip(spent(), before, strict=True)]
    return Cost(wall, builder + sum(parts), parts[0], builder)


def manifest(folder: Path) -> bytes:
    return (folder / "site/.newsgen-manifest").read_bytes()


def kill_one(dask: Dask, within: float) -> None:
    """Kill a worker at a random moment and start another."""
    time.sleep(random.uniform(0.2, 0.8) * within)
    place = random.randrange(len(dask.workers))
    dask.workers[place].send_signal(signal.SIGKILL)
    dask.workers[place].wait()
    dask.workers[place] = dask.start(place)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("site", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--apart", action="store_true")
    options = parser.parse_args()
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hidden = [options.site, work / "there"] if options.apart else []
        dask = Dask(work, options.workers, stack, hidden)
        here, there = [], []
        for _ in range(options.rounds):
            jobs = ("--jobs", str(options.workers))
            here.append(Cost(*build(options.site, work / "here", *jobs)))
            there.append(cluster_build(options.site, work / "there", dask))
            if manifest(work / "here") != manifest(work / "there"):
                raise SystemExit("the bytes differ")
        for name, costs in (("processes", here), ("cluster", there)):
            told = [statistics.median(column) for column in zip(*costs, strict=True)]
            shown = dict(zip(Cost._fields, [f"{one:.2f} s" for one in told], strict=True))
            print(name, shown, flush=True)
        print("workers", [f"{megabytes_of(one.pid):.0f} MB" for one in dask.workers], flush=True)
        for number in range(options.kills):
            within = there[0].wall
            build(
                options.site,
                work / "there",
                "--engine",
                dask.address(),
                meanwhile=lambda within=within: kill_one(dask, within),  # type: ignore[misc]
            )
            same = manifest(work / "here") == manifest(work / "there")
            print(f"kill {number + 1}:", "the same bytes" if same else "OTHER BYTES", flush=True)


if __name__ == "__main__":
    main()
