"""The output of commands: problems, JSON and progress."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from math import ceil
from pathlib import Path
from textwrap import indent
from types import TracebackType
from typing import Any, TextIO

import click
import msgspec

from newsgen.core.messages import count
from newsgen.core.patterns import lazily
from newsgen.core.problems import Problem, UserError, as_mapping, locate, locate_all, render

SHOWN = 20
_WIDTH = 30
_QUIET = 10.0  # seconds between two lines if the output is not a terminal
_SOON = 0.5  # seconds after which the pace of a stage is known

# Characters that control a terminal or the text direction (except tabs and newlines), and
# surrogates.
_STEERING = lazily("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """Return the text with control characters for terminals escaped, as in `\\x1b`.

    Hosts' answers, file names, articles and the output of git and rsync are untrusted, so
    everything printed goes through here.
    """
    return _STEERING.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def echo(text: str, err: bool = False, nl: bool = True) -> None:
    """Print text for people."""
    click.echo(printable(text), err=err, nl=nl)


def say(text: str) -> None:
    """Print a line for people on standard error."""
    echo(text, err=True)


def print_problems(problems: Sequence[Problem], root: Path, verbosity: int) -> None:
    """Print problems, errors first: the first twenty, or all if verbose.

    Quiet prints only errors.
    """
    ordered = sorted(problems, key=_rank)
    if verbosity < 0:
        ordered = [problem for problem in ordered if problem.severity == "error"]
    shown = ordered if verbosity > 0 else ordered[:SHOWN]
    for problem in sorted(locate_all(shown, root), key=_rank):
        print_problem(problem, err=True)
    if rest := ordered[len(shown) :]:
        kinds = Counter(problem.code for problem in rest).most_common()
        named = ", ".join(f"{code} {number:,}" for code, number in kinds)
        say(f"... and {count(len(rest), 'more problem')} ({named}); -v shows all")


def _rank(problem: Problem) -> tuple[bool, str, int, int]:
    return problem.severity != "error", problem.file, problem.line, problem.column


def print_problem(problem: Problem, margin: str = "", err: bool = False) -> None:
    """Print a problem indented by a margin, its first line in colour on a terminal."""
    text = indent(printable(render(problem)), margin)
    colour = {"error": "red", "warning": "yellow"}.get(problem.severity)
    if colour and not os.environ.get("NO_COLOR") and sys.stderr.isatty():
        first, _, rest = text.partition("\n")
        text = click.style(first, fg=colour) + (f"\n{rest}" if rest else "")
    click.echo(text, err=err)


def print_json(result: Any, root: Path) -> None:
    """Print a result as one JSON document on standard output, with located problems."""
    value = msgspec.to_builtins(result)
    value["problems"] = list(map(as_mapping, locate_all(result.problems, root)))
    value["seconds"] = {stage: round(seconds, 4) for stage, seconds in result.seconds.items()}
    print_document(value)


def print_error_json(error: UserError) -> None:
    """Print the error that stopped the command as one JSON document on standard output."""
    print_document({"problems": [as_mapping(located(error))]})


def located(error: UserError) -> Problem:
    """Return an error's problem with its line and column.

    Its file is relative to the working folder.
    """
    return error.problem if error.problem.source else locate(error.problem, Path())


def print_document(value: Any) -> None:
    """Print a value as one JSON document on standard output."""
    echo_json(msgspec.json.format(msgspec.json.encode(value), indent=2))


def echo_json(document: bytes, err: bool = False) -> None:
    """Print JSON. Control characters occur only in strings, and are escaped there."""
    click.echo(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", document.decode()), err=err)


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
        """Show the progress of a stage: `done` of `total` steps."""
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
