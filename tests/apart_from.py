"""Start a process of a test as if it ran on another machine: without a folder of this one."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any


def apart_from(folder: str, when: str = "") -> None:
    """Hide all files below `folder` from this process, from now on or as soon as a file `when`
    exists.
    """
    stat = os.stat

    def hide(path: Any) -> None:
        below = isinstance(path, str | os.PathLike) and os.fspath(path).startswith(folder + os.sep)
        if below and (not when or _exists(when)):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))

    def _exists(path: str) -> bool:
        try:
            stat(path)
        except FileNotFoundError:
            return False
        return True

    def hidden_stat(path: Any, *arguments: Any, **named: Any) -> os.stat_result:
        hide(path)
        return stat(path, *arguments, **named)

    os.stat = hidden_stat
    sys.addaudithook(
        lambda event, arguments: hide(arguments[0]) if event in ("open", "os.scandir") else None
    )
