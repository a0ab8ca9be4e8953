"""Start newsgen's own programs for images, each in a separate process."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import IO, Any

from newsgen.core.problems import build_error
from newsgen.core.progress import Progress


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


def run(module: str, orders: Sequence[bytes], total: int, progress: Progress) -> None:
    """Run a program for each order, all at once, until together they have written `total` lines. An
    empty line reports that an item is done, any other line says what is wrong with it. Raises
    UserError (exit code 3) at the first that is not empty, and if a program ends early.
    """
    told, telling = os.pipe()
    programs = []
    try:
        for order in orders:
            one = start(module, stdout=telling)
            programs.append(one)
            assert one.stdin
            one.stdin.write(len(order).to_bytes(8, "big") + order)
            one.stdin.flush()  # stays open until this process ends for any reason
        os.close(telling)
        done = 0
        with open(told, encoding="utf-8") as lines:
            for done, line in enumerate(lines, 1):
                if line.strip():
                    raise build_error(
                        "bad-picture",
                        line.strip(),
                        hint="build again; if it happens again, remove the image",
                    )
                progress("images", done, total)
        if done < total:
            raise build_error(
                "bad-picture",
                "a program that encodes images ended early",
                hint="see its output",
            )
    finally:
        for program in programs:
            program.kill()
            program.communicate()


def read_order() -> bytes:
    """Return the order that `run` gave this program."""
    size = int.from_bytes(sys.stdin.buffer.read(8), "big")
    return sys.stdin.buffer.read(size)


def end_with_parent() -> None:
    """End this program when the process that started it closes its standard input, or dies."""

    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
