"""Progress of long stages: a bar with the time left on a terminal, else a line now and then."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from math import ceil
from types import TracebackType
from typing import TextIO

_WIDTH = 30
_QUIET = 10.0  # seconds between two lines if the output is no terminal
_SOON = 0.5  # seconds after which the pace of a stage is known


class Bar:
    """Progress on standard error. `clock` counts seconds."""

    def __init__(
        self,
        wanted: bool,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wanted = wanted
        self._stream = stream or sys.stderr
        self._clock = clock
        self._drawing = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._drawn = False
        self._stage = ""
        self._began = self._said = 0.0
        self._first = self._done = 0

    def __enter__(self) -> Bar:
        return self

    def show(self, stage: str, done: int, total: int) -> None:
        """Show how far a stage is: `done` of `total` steps."""
        if not self._wanted or not total:
            return
        now = self._clock()
        if stage != self._stage or done < self._done:
            self._stage, self._began, self._said, self._first = stage, now, now, done
        self._done = done
        numbers = f"{done:,}/{total:,}{self._left(done, total, now)}"
        if self._drawing:
            columns = self._columns()
            width = min(_WIDTH, columns - len(numbers) - 16)
            filled = max(width, 0) * done // total
            bar = f"[{'#' * filled}{'.' * (width - filled)}] " if width > 0 else ""
            self._write(f"\r{f'{stage:>10} {bar}{numbers} '[: columns - 1]}\x1b[K")
            self._drawn = True
        elif now - self._said >= _QUIET:
            self._write(f"{stage}: {numbers}\n")
            self._said = now

    def _left(self, done: int, total: int, now: float) -> str:
        """Return the time left at the stage's pace so far, or "" while the pace is unknown."""
        steps, elapsed = done - self._first, now - self._began
        if steps <= 0 or elapsed < _SOON or done >= total:
            return ""
        return f", {duration(elapsed * (total - done) / steps)} left"

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or 80
        except OSError:
            return 80

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()

    def clear(self) -> None:
        """Remove the bar, so that other text can be printed."""
        if self._drawn:
            self._write("\r\x1b[2K")
            self._drawn = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.clear()


def duration(seconds: float) -> str:
    """Return seconds for people, rounded up: `8 s`, `3 min`, `1 h 5 min`."""
    if seconds <= 59:
        return f"{ceil(seconds)} s"
    minutes = ceil(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
