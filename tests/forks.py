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
import select
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

# Imported only in the forks that need them: the first remembers its process, the second starts
# threads.
_LATER = ("newsgen.cli", "newsgen.__main__", "newsgen.images.encode")
# Python reads these when it starts, so a fork would not see another value.
_READ_AT_START = ("PYTHON", "LC_", "LANG")


def possible(env: Mapping[str, str]) -> bool:
    """Return whether a fork sees its environment: on Linux, where forking is safe, and unless
    Python reads a changed variable only when it starts.
    """
    return sys.platform == "linux" and not any(
        name.startswith(_READ_AT_START) and os.environ.get(name) != value
        for name, value in env.items()
    )


class Fork:
    """A command that runs in a fork: what `subprocess.Popen` is for a new process."""

    def __init__(self, answers: socket.socket) -> None:
        self._answers = answers.makefile("r")
        self._socket = answers
        self.pid = int(self._answers.readline())
        self._code: int | None = None

    def poll(self) -> int | None:
        """Return the exit code, or None while the command runs."""
        if self._code is None and not select.select([self._socket], [], [], 0)[0]:
            return None
        return self.wait()

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code once the command has ended; negative for a signal.

        Raises subprocess.TimeoutExpired after so many seconds, having killed the command.
        """
        if self._code is None:
            self._socket.settimeout(timeout)
            try:
                self._code = int(self._answers.readline())
            except TimeoutError:
                os.kill(self.pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired("newsgen", timeout or 0) from None
            finally:
                self._answers.close()
                self._socket.close()
        return self._code


def start(
    arguments: list[str],
    cwd: Path,
    env: Mapping[str, str],
    out: int,
    err: int,
    before: str = "",
) -> Fork:
    """Start `newsgen ARGUMENTS` in a fork that first calls `before`, a "module:function" of tests/.

    `out` and `err` are the file descriptors that it writes to.
    """
    with tempfile.TemporaryFile("w+") as request:
        json.dump([arguments, os.fspath(cwd), dict(env), before], request)
        request.flush()
        answers, theirs = socket.socketpair()
        with theirs:
            fds = [theirs.fileno(), request.fileno(), out, err]
            socket.send_fds(_server(), [b"."], fds)
    return Fork(answers)


def run(
    arguments: list[str], cwd: Path, env: Mapping[str, str], timeout: float, before: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `newsgen ARGUMENTS` in a fork, as `subprocess.run` with text and captured output does.

    Raises subprocess.TimeoutExpired.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        code = start(arguments, cwd, env, out.fileno(), err.fileno(), before).wait(timeout)
        out.seek(0)
        err.seek(0)
        said = [file.read().decode().replace("\r\n", "\n") for file in (out, err)]
    return subprocess.CompletedProcess(["newsgen", *arguments], code, *said)


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
    """Fork the command, which answers with its process id, and then answer with its exit code."""
    pid = os.fork()
    if not pid:
        _guarded(lambda: _command(answers, request, out, err))
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):  # after the timeout, nobody reads it
        os.write(answers, b"%d\n" % os.waitstatus_to_exitcode(status))


def _command(answers: int, request: int, out: int, err: int) -> None:
    with open(request) as file:
        file.seek(0)
        arguments, cwd, env, before = json.load(file)
    for fd, stream in ((out, 1), (err, 2)):
        os.dup2(fd, stream)
        os.close(fd)
    # The server's own streams know whether its output was a terminal or could be searched.
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace", closefd=False)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    tempfile.tempdir = None
    sys.argv = ["newsgen", *arguments]
    if before:
        named(before)()
    os.write(answers, b"%d\n" % os.getpid())
    os.close(answers)
    sys.path[0] = cwd
    from newsgen.cli import main  # imported here: it remembers the importing process

    main()


def named(function: str) -> Callable[[], None]:
    """Return the function of a "module:function" in tests/."""
    module, _, name = function.partition(":")
    found: Callable[[], None] = getattr(importlib.import_module(module), name)
    return found


def _guarded(work: Callable[[], Any]) -> NoReturn:
    """Do the work of a fork, which must not continue with the server's."""
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
    from newsgen.check.site_check import CheckOptions, check_site
    from newsgen.config.settings import load_config
    from newsgen.content.clock import Clock
    from support import AS_OF, SmallSite, warm_up

    warm_up()
    with tempfile.TemporaryDirectory() as folder:
        site = SmallSite(Path(folder))
        site.every_kind()
        site.build()
        check_site(load_config(site.root), CheckOptions(Clock(AS_OF)))  # compiles all templates
    threads = len(os.listdir("/proc/self/task"))
    assert threads == 1, f"{threads} threads: a fork would have only one of them"


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _control:
        _prepare()
        _serve(_control)
