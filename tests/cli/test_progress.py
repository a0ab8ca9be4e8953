"""The progress of long stages, on a terminal and in a log."""

from __future__ import annotations

import io
import re

import pytest

from newsgen.cli.output import Bar, duration


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that a test sets, in seconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def shown(written: str) -> str:
    """Return the last line of a terminal after this output."""
    cells: list[str] = []
    place = 0
    for part in re.findall(r"\r|\x1b\[K|[^\r\x1b]", written):
        if part == "\r":
            place = 0
        elif part == "\x1b[K":
            del cells[place:]
        else:
            cells[place : place + 1] = [part]
            place += 1
    return "".join(cells).strip()


def test_a_shorter_line_leaves_nothing_of_a_longer_one() -> None:
    """A short line drawn over a longer one leaves nothing of it visible."""
    stream, clock = Terminal(), Clock()
    bar = Bar(True, stream, clock)
    bar.show("rendering", 1_000, 123_456)
    clock.now = 30
    bar.show("rendering", 100_000, 123_456)
    assert shown(stream.getvalue()).endswith(" 100,000/123,456, 8 s left")
    bar.show("writing", 1, 2)
    assert shown(stream.getvalue()) == f"writing [{'#' * 15}{'.' * 15}] 1/2"


def test_the_time_left_is_that_of_the_stages_own_pace() -> None:
    """The time left counts from the first reported step, is not shown before the pace is known, and
    ends with the stage.
    """
    stream, clock = Terminal(), Clock()
    bar = Bar(True, stream, clock)
    said = []
    for clock.now, done in ((0.0, 48), (0.1, 96), (10.0, 148), (20.0, 1_048)):
        bar.show("reading", done, 1_048)
        said.append(shown(stream.getvalue()).partition("] ")[2])
    assert said == ["48/1,048", "96/1,048", "148/1,048, 2 min left", "1,048/1,048"]


def test_off_a_terminal_lines_are_plain_and_few() -> None:
    """Off a terminal, a plain line is printed every ten seconds, and none for a quick stage."""
    stream, clock = io.StringIO(), Clock()
    bar = Bar(True, stream, clock)
    for second in range(26):
        clock.now = float(second)
        bar.show("rendering", second * 10, 1_000)
    bar.clear()
    assert (
        stream.getvalue() == "rendering: 100/1,000, 2 min left\nrendering: 200/1,000, 2 min left\n"
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "1 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "2 min"),
        (3599, "1 h 0 min"),
        (3900, "1 h 5 min"),
    ],
)
def test_durations_are_short(seconds: float, said: str) -> None:
    """Durations are seconds, minutes or hours, without more detail."""
    assert duration(seconds) == said
