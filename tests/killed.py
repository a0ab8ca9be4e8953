"""A command that is killed when it is about to change a file for the n-th time."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any


def at_change() -> None:
    """Kill this process before its KILL_AT-th change of a file below KILL_BELOW.

    Python reports each file that is opened for writing, renamed or removed (PEP 578).
    """
    left, below = int(os.environ["KILL_AT"]), os.environ["KILL_BELOW"]
    process = os.getpid()

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if event not in ("open", "os.rename", "os.remove") or os.getpid() != process:
            return
        if not str(arguments[0]).startswith(below):
            return
        if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            return
        left -= 1
        if left <= 0:
            os.kill(process, signal.SIGKILL)

    sys.addaudithook(watch)
