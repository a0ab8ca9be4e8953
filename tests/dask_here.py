"""A Dask scheduler and workers as processes of this machine, for tests and benchmarks. Each has a
separate folder, also for temporary files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

_SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
_WORKER = "from distributed.cli.dask_worker import main; main()"


class DaskHere:
    """A scheduler on a free port of loopback, ended with the stack, as its workers are."""

    def __init__(self, folder: Path, stack: ExitStack, env: dict[str, str] | None = None) -> None:
        self._folder, self._stack, self._env = folder, stack, env or {}
        self._file = folder / "scheduler.json"
        place = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        arguments = (*place, "--scheduler-file", str(self._file))
        self.scheduler = self._start("scheduler", _SCHEDULER, *arguments)

    def address(self) -> str:
        """The scheduler's address for newsgen, "" until it listens."""
        try:
            address: str = json.loads(self._file.read_text("utf-8"))["address"]
        except (OSError, ValueError):  # the scheduler is still writing it
            return ""
        return address.replace("tcp://", "dask://")

    def worker(self, name: str, before: str = "", **env: str) -> subprocess.Popen[bytes]:
        """Start a worker of one thread, which runs the code `before` first."""
        place = ("--scheduler-file", str(self._file), "--nthreads", "1", "--no-nanny")
        return self._start(name, f"{before}{_WORKER}", *place, "--no-dashboard", **env)

    def _start(self, name: str, code: str, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
        own = self._folder / name
        own.mkdir(exist_ok=True)
        process = self._stack.enter_context(
            subprocess.Popen(
                [sys.executable, "-c", code, *arguments],
                cwd=own,
                env={**os.environ, **self._env, "TMPDIR": str(own), **env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
        self._stack.callback(process.kill)
        return process
