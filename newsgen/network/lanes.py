"""Request many addresses: several hosts at once, and each host one request after the other."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
R = TypeVar("R")
Answers = Generator[R, None, None]


def lanes_of(items: Iterable[T], url: Callable[[T], str], per_host: int = 1) -> list[Sequence[T]]:
    """Group items by the host of their URL into lanes, at most `per_host` for each host.

    The first lanes of all hosts come before any second lane, so that most dead hosts get only one
    request.
    """
    by_host: dict[str, list[T]] = {}
    for item in items:
        by_host.setdefault(urlsplit(url(item)).netloc.lower(), []).append(item)
    return [
        some[n::per_host] for n in range(per_host) for some in by_host.values() if n < len(some)
    ]


def ask_lanes(
    lanes: Sequence[Sequence[T]],
    ask: Callable[[Sequence[T]], Answers[R]],
    take: Callable[[R], None],
    at_once: int,
    seconds: float = math.inf,
    pause: Callable[[R], float] = lambda answer: 0,
) -> None:
    """Call `take` with each answer that `ask` yields for a lane; `at_once` lanes run at once.

    An answer is never None. `take` is called by one thread at a time. A lane waits `pause(answer)`
    seconds before its next request. After `seconds`, and when a call fails or Ctrl-C is pressed, no
    answer is taken any more, and hosts that hang are not waited for. Raises what `ask` or `take`
    raised first.
    """
    stop, guard = threading.Event(), threading.Lock()

    def run(lane: Sequence[T]) -> None:
        answers = ask(lane)
        try:
            while not stop.is_set() and (answer := next(answers, None)) is not None:
                with guard:
                    if stop.is_set():
                        break
                    take(answer)
                stop.wait(pause(answer))
        finally:
            answers.close()

    pool = ThreadPoolExecutor(at_once)
    try:
        asking = [pool.submit(run, lane) for lane in lanes]
        limit = None if math.isinf(seconds) else max(seconds, 0)
        for ended in wait(asking, limit, FIRST_EXCEPTION).done:
            ended.result()
    finally:
        with guard:  # an answer that is being taken is finished first
            stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
