"""The engine of a cluster: a Dask scheduler and its workers, as processes on loopback."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from support import AS_OF, PATIENCE, ROOT, SmallSite, command, eventually, read_tree

_ENV = {
    **os.environ,
    "PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": str(PATIENCE),
    "DASK_DISTRIBUTED__WORKER__USE_FILE_LOCKING": "False",
}
_SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
_WORKER = "from distributed.cli.dask_worker import main; main()"


@contextmanager
def _running(
    code: str, *arguments: str, cwd: Path, **env: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A Python that runs code in a folder of its own. It is ended with the block."""
    cwd.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=cwd,
        env=_ENV | env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def _read_address(file: Path) -> str:
    try:
        address: str = json.loads(file.read_text("utf-8"))["address"]
    except (OSError, ValueError):  # the scheduler has not written all of it yet
        return ""
    return address.replace("tcp://", "dask://")


def test_a_worker_that_is_killed_changes_no_byte(tmp_path: Path) -> None:
    """The only worker is killed before it writes its 50th page. Dask gives its tasks to the next
    worker, and the site is the one that this machine makes.
    """
    site = SmallSite(tmp_path / "wire", feeds={"full_text": True})
    site.every_kind()
    for number in range(100):
        site.article(f"news-{number:03}", body="High water.\n", title=f"Story {number}")
    site.build(output=tmp_path / "here", cache=tmp_path / "cache")
    file = tmp_path / "scheduler.json"
    scheduler = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    worker = ("--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard")
    build = ("build", "--as-of", AS_OF.isoformat(), "--engine")
    fatal = {"KILL_AT": "50", "KILL_BELOW": str(site.output)}
    with ExitStack() as stack:

        def start(name: str, code: str, *arguments: str, **env: str) -> subprocess.Popen[bytes]:
            running = _running(code, *arguments, cwd=tmp_path / name, **env)
            return stack.enter_context(running)

        start("scheduler", _SCHEDULER, *scheduler, "--scheduler-file", str(file))
        address = eventually(lambda: _read_address(file), "the scheduler")
        first = start("first", f"import killed; killed.at_change(); {_WORKER}", *worker, **fatal)
        builder = stack.enter_context(
            subprocess.Popen(
                command(*build, address), cwd=site.root, stdin=subprocess.DEVNULL, env=_ENV
            )
        )
        stack.callback(builder.kill)
        assert first.wait(PATIENCE) == -signal.SIGKILL
        assert builder.poll() is None
        start("second", _WORKER, *worker)
        assert builder.wait(PATIENCE) == 0
    assert site.tree() == read_tree(tmp_path / "here")


def test_without_dask_the_command_says_what_to_install(tmp_path: Path) -> None:
    """Dask is an extra, which most sites do not need."""
    site = SmallSite(tmp_path / "wire")
    for number in range(100):
        site.article(f"news-{number:03}")
    missing = "raise ModuleNotFoundError(\"No module named 'distributed'\", name='distributed')\n"
    site.write("packages/distributed.py", missing)
    found = site.run(
        "build",
        "--engine",
        "dask://127.0.0.1:1",
        env={"PYTHONPATH": f"{site.root / 'packages'}{os.pathsep}{ROOT}"},
    )
    assert found.returncode == 2, found.stderr
    assert 'pip install "newsgen[dask]"' in found.stderr


def test_a_scheduler_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The error says which address has none."""
    with socket.socket() as taken:  # bound, but nothing listens there
        taken.bind(("127.0.0.1", 0))
        address = f"dask://127.0.0.1:{taken.getsockname()[1]}"
        code = (
            "from newsgen.build.cluster import Cluster\n"
            "from newsgen.core.problems import UserError\n"
            "try:\n"
            f"    Cluster({address!r}, 0.1).slots\n"
            "except UserError as error:\n"
            "    print(error.exit_code, error.problem.message)\n"
        )
        found = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=tmp_path,
            env=_ENV,
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
    assert found.stdout == f"2 {address}: there is no scheduler after 0.1 s\n"
