"""The command in a fork of a process that has imported newsgen and compiled the theme.

To start Python, import newsgen and compile the theme takes longer than most commands that tests
run. So a process does that once, and each command is a fork of it: a process of its own with its
own arguments, environment, folder and streams, which ends as the command does.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

# Left to those forks that need them: the first remembers its process, the second starts threads.
_LATER = ("newsgen.cli", "newsgen.__main__", "newsgen.images.encode")
# Read when Python starts, so that a fork would not see another value.
_READ_AT_START = ("PYTHON", "LC_", "LANG")


def possible(env: Mapping[str, str]) -> bool:
    """Return whether a fork sees what it must: on Linux, whose libraries may be forked, and unless
    Python reads a changed variable when it starts."""
    return sys.platform == "linux" and not any(
        name.startswith(_READ_AT_START) and os.environ.get(name) != value
        for name, value in env.items()
    )


def run(
    arguments: list[str], cwd: Path, env: Mapping[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run `newsgen ARGUMENTS` in a fork; otherwise as `subprocess.run` with text and captured
    output does.

    Raises subprocess.TimeoutExpired.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with tempfile.TemporaryFile("w+") as request:
            json.dump([arguments, os.fspath(cwd), dict(env)], request)
            request.flush()
            answers, theirs = socket.socketpair()
            with answers:
                with theirs:
                    fds = [theirs.fileno(), request.fileno(), out.fileno(), err.fileno()]
                    socket.send_fds(_server(), [b"."], fds)
                code = _code(answers, arguments, timeout)
        out.seek(0)
        err.seek(0)
        said = [file.read().decode().replace("\r\n", "\n") for file in (out, err)]
    return subprocess.CompletedProcess(["newsgen", *arguments], code, *said)


def _code(answers: socket.socket, arguments: list[str], timeout: float) -> int:
    """Return the exit code that the fork's parent sends after the fork's process id."""
    answers.settimeout(timeout)
    with answers.makefile("r") as lines:
        pid = int(lines.readline())
        try:
            return int(lines.readline())
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(arguments, timeout) from None


@cache
def _server() -> socket.socket:
    """Return the socket of this process's server, which ends when the socket is closed."""
    ours, theirs = socket.socketpair()
    with theirs:
        process = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
    atexit.register(lambda: (ours.close(), process.wait()))
    return ours


def _serve(control: socket.socket) -> None:
    while True:
        message, fds, *_ = socket.recv_fds(control, 1, 4)
        if not message:
            return
        if not os.fork():
            control.close()
            _guarded(lambda fds=fds: _parent(*fds))
        for fd in fds:
            os.close(fd)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _parent(answers: int, request: int, out: int, err: int) -> None:
    """Fork the command, wait for it, and answer with its process id and exit code."""
    pid = os.fork()
    if not pid:
        os.close(answers)
        _guarded(lambda: _command(request, out, err))
    os.write(answers, b"%d\n" % pid)
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):  # after the timeout nobody listens
        os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(status))


def _command(request: int, out: int, err: int) -> None:
    with open(request) as file:
        file.seek(0)
        arguments, cwd, env = json.load(file)
    for fd, stream in ((out, 1), (err, 2)):
        os.dup2(fd, stream)
        os.close(fd)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    tempfile.tempdir = None
    sys.argv = ["newsgen", *arguments]
    sys.path[0] = cwd
    from newsgen.cli import main  # here: it remembers the process that imports it

    main()


def _guarded(work: Callable[[], Any]) -> NoReturn:
    """Do the work of a fork, which must not go on with the server's."""
    try:
        work()
        os._exit(0)
    except BaseException as error:
        traceback.print_exception(error)
        os._exit(99)


def _prepare() -> None:
    """Import what commands import, and compile the theme."""
    import newsgen

    for module in pkgutil.walk_packages(newsgen.__path__, "newsgen."):
        if not module.name.startswith(_LATER):
            importlib.import_module(module.name)
    from support import SmallSite

    with tempfile.TemporaryDirectory() as folder:
        site = SmallSite(Path(folder))
        site.every_kind()
        site.build()
    threads = len(os.listdir("/proc/self/task"))
    assert threads == 1, f"{threads} threads: a fork would have only one of them"


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _control:
        _prepare()
        _serve(_control)
