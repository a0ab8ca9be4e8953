"""Requests in lanes: several hosts at once, and one request after the other for each host."""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence

import pytest

from newsgen.network.lanes import ask_lanes, lanes_of
from support import PATIENCE


def test_first_lanes_come_before_second_ones() -> None:
    """Every URL is in one lane of its host, in any case of its name, and each host's first lane
    comes before any second one.
    """
    urls = [f"https://{host}.example/{n}" for host in ("a", "b") for n in range(3)]
    urls.append("https://A.example/3")
    assert lanes_of(urls, str) == [[*urls[:3], urls[6]], urls[3:6]]
    assert lanes_of(urls, str, 2) == [
        [urls[0], urls[2]],
        [urls[3], urls[5]],
        [urls[1], urls[6]],
        [urls[4]],
    ]


def test_hosts_are_asked_at_once_and_each_in_turn() -> None:
    """Two lanes run at the same time, and the answers of each come in its order."""
    together = threading.Barrier(2, timeout=PATIENCE)
    found: list[int] = []

    def ask(lane: Sequence[int]) -> Generator[int, None, None]:
        together.wait()  # passes only if both lanes run
        yield from lane

    ask_lanes([[1, 2, 3], [10, 20]], ask, found.append, 2)
    assert [n for n in found if n < 10] == [1, 2, 3]
    assert [n for n in found if n >= 10] == [10, 20]


def test_a_host_that_hangs_is_not_waited_for() -> None:
    """After the time limit no answer is taken, even a later one, and the lane is closed."""
    asked, release, closed = threading.Event(), threading.Event(), threading.Event()
    found: list[int] = []

    def ask(lane: Sequence[int]) -> Generator[int, None, None]:
        try:
            asked.set()
            release.wait(PATIENCE)
            yield from lane
        finally:
            closed.set()

    ask_lanes([[1, 2]], ask, found.append, 1, seconds=0)
    release.set()
    assert not asked.is_set() or closed.wait(PATIENCE)
    assert found == []


@pytest.mark.parametrize("where", ["ask", "take"])
def test_an_error_ends_the_others(where: str) -> None:
    """An error of a request, or of handling an answer, is raised, and no answer is taken after
    it.
    """
    found: list[int] = []

    def ask(lane: Sequence[int]) -> Generator[int, None, None]:
        for n in lane:
            if where == "ask" and n == 2:
                raise OSError("the disk is full")
            yield n

    def take(answer: int) -> None:
        if where == "take" and answer == 2:
            raise OSError("the disk is full")
        found.append(answer)

    with pytest.raises(OSError, match="the disk is full"):
        ask_lanes([[1, 2, 3]], ask, take, 1)
    assert found == [1]
