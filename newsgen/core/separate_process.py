"""Do work in a separate process, so that its memory is freed afterwards."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable


def in_separate_process(work: Callable[[], object]) -> None:
    """Do `work` in a forked process and wait for its end.

    The work stores its result elsewhere. A failure is not reported: the caller finds no result
    there, and does the work itself. The forked process also ends if this one is killed. Call it
    only where forking is safe (see `may_fork`).
    """
    parent, child = os.getpid(), os.fork()
    if not child:
        try:
            signal.signal(signal.SIGALRM, lambda *_: _follow(parent))
            signal.setitimer(signal.ITIMER_REAL, 1, 1)
            work()
        finally:
            os._exit(0)
    try:
        os.waitpid(child, 0)
    except BaseException:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise


def _follow(parent: int) -> None:
    if os.getppid() != parent:
        os._exit(1)
