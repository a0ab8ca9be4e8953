"""The engine of a cluster: a Dask scheduler and its workers, as processes on loopback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from dask_here import DaskHere
from support import AS_OF, PATIENCE, ROOT, SmallSite, command, eventually, read_tree

_ENV = {
    **os.environ,
    "PYTHONPATH": f"{ROOT / 'tests'}{os.pathsep}{ROOT}",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": str(PATIENCE),
    "DASK_DISTRIBUTED__WORKER__USE_FILE_LOCKING": "False",
}


def test_a_worker_that_is_killed_changes_no_byte(tmp_path: Path) -> None:
    """The only worker is killed before it writes its 50th page. Dask gives its tasks to the next
    worker, which has none of the site's folders, and the site has the same bytes as a local build.
    """
    site = SmallSite(tmp_path / "wire", feeds={"full_text": True})
    site.every_kind()
    for number in range(100):
        site.article(f"news-{number:03}", body="High water.\n", title=f"Story {number}")
    site.build(output=tmp_path / "here", cache=tmp_path / "cache")
    build = ("build", "--as-of", AS_OF.isoformat(), "--engine")
    fatal = {"KILL_AT": "50", "KILL_BELOW": str(site.output)}
    with ExitStack() as stack:
        dask = DaskHere(tmp_path, stack, _ENV)
        address = eventually(dask.address, "the scheduler")
        first = dask.worker("first", "import killed; killed.at_change(); ", **fatal)
        builder = stack.enter_context(
            subprocess.Popen(
                command(*build, address), cwd=site.root, stdin=subprocess.DEVNULL, env=_ENV
            )
        )
        stack.callback(builder.kill)
        assert first.wait(PATIENCE) == -signal.SIGKILL
        assert builder.poll() is None
        elsewhere = f"from apart_from import apart_from; apart_from({str(site.root)!r}); "
        dask.worker("second", elsewhere)
        assert builder.wait(PATIENCE) == 0
    assert site.tree() == read_tree(tmp_path / "here")


def test_without_dask_the_command_says_what_to_install(tmp_path: Path) -> None:
    """Without Dask, which is an extra, the command names the package to install."""
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
    """The error names the address without a scheduler."""
    with socket.socket() as taken:  # bound, but without a listener
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
