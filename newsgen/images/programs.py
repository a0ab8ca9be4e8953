"""Start newsgen's own programs for images, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import IO, Any


def start(
    module: str, *arguments: str, stdout: int | IO[Any] = subprocess.PIPE
) -> subprocess.Popen[bytes]:
    """Start a module as a program, with a pipe as its standard input.

    It uses one processor. Ctrl-C does not reach it: it ends when its standard input does.
    """
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "VIPS_CONCURRENCY": "1",
    }
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=stdout,
        env=environment,
        start_new_session=True,
    )
