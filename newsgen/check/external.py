"""Asking the pages of the sources whether they are there: politely, and not again before the answer is old."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
from msgspec import Struct

from newsgen.check.links import Named
from newsgen.config.settings import Config
from newsgen.core.atomic import replace_file
from newsgen.core.problems import Problem
from newsgen.core.progress import Progress, quiet
from newsgen.network.http import LONGEST_REST, Absent, Client, Refused, Resting, Unreachable

FILE = "external.json"
_AT_ONCE = 16  # hosts; each is asked one thing at a time
_PAUSE = 0.5  # seconds between two questions to one host
_DAY = 86_400
# For how many seconds an answer counts. Pages that want a reader to sign in, or that send programs away, may well be there.
_LIFETIMES = {"there": 14 * _DAY, "unclear": 2 * _DAY, "dead-link": 2 * _DAY, "refused-link": 2 * _DAY, "unreachable-link": 3600}
_DEAD = (404, 410)
_HINTS = {
    "dead-link": "look for the page elsewhere; an article without webUrl links to its originalUrl",
    "unreachable-link": "ask again later",
    "refused-link": "a host of your own is allowed by the setting network.private",
}


class Answer(Struct, frozen=True, array_like=True):
    """What came of asking for an address, in what words, and when (seconds since the epoch); `due` is when its host wants to be asked
    again, if it said so."""

    at: int
    verdict: str
    message: str = ""
    due: int = 0

    def holds(self, now: float) -> bool:
        """Whether there is no need to ask again. A time that cannot be right is not believed."""
        lifetime = self.due - self.at if self.due else _LIFETIMES.get(self.verdict, 0)
        return 0 <= now - self.at < min(lifetime, LONGEST_REST)


def check_sources(sources: Mapping[str, Sequence[Named]], config: Config, progress: Progress = quiet) -> list[Problem]:
    """What is wrong with these addresses, at each of the places that name it. Raises OSError where answers cannot be kept."""
    file = config.paths.cache / FILE
    now = time.time()
    answers = {url: answer for url, answer in _read(file).items() if answer.holds(now)}
    by_host: dict[str, list[str]] = {}
    for url in sources:
        if url not in answers:
            by_host.setdefault(url.split("/", 3)[2], []).append(url)
    asked = sum(map(len, by_host.values()))
    done = itertools.count(1)
    stop, resting = threading.Event(), dict[str, float]()

    def ask_host(urls: Iterable[str]) -> None:
        """Ask one host, one thing after the other."""
        client = Client(config.settings.network.private, resting=resting)
        for url in urls:
            answers[url] = ask(client, url)
            progress("asking", next(done), asked)
            if not answers[url].due and stop.wait(_PAUSE):
                break
        client.close()

    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        for _ in pool.map(ask_host, by_host.values()):
            pass
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
        if asked:
            _write(file, answers)
    out = []
    for url, places in sources.items():
        verdict = answers[url].verdict
        if verdict in _HINTS:
            message = f"{url}: {answers[url].message}"
            out += [Problem("warning", verdict, message, at.field, _HINTS[verdict], at.file, at.line, at.column) for at in places]
    return out


def ask(client: Client, url: str) -> Answer:
    """Whether there is a page. Its head is asked for; where that fails, the page itself decides, of which no text is read."""
    now = int(time.time())
    try:
        try:
            answer = client.request("HEAD", url)[0]
            answer.close()
            known = answer.status < 400 or answer.status == 429
        except (Absent, Resting):
            raise
        except Unreachable:  # hosts that do not know HEAD may say nothing, or anything
            known = False
        if not known:
            answer = client.request("GET", url)[0]
            answer.close()
    except Refused as error:
        return Answer(now, "refused-link", str(error))
    except Resting as error:
        return Answer(now, "unclear", str(error), int(error.until))
    except Unreachable as error:
        return Answer(now, "unreachable-link", str(error))
    until = client.resting.get(url.split("/", 3)[2]) if answer.status in (429, 503) else None
    if until:
        return Answer(now, "unclear", due=int(until))
    if answer.status in _DEAD:
        return Answer(now, "dead-link", f"the page is gone ({answer.status})")
    if answer.status >= 500:
        return Answer(now, "unreachable-link", f"the host has an error ({answer.status})")
    return Answer(now, "there" if answer.status < 400 else "unclear")


def _read(file: Path) -> dict[str, Answer]:
    """The answers that are kept; none where they cannot be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Answer])
    except (OSError, msgspec.MsgspecError):
        return {}


def _write(file: Path, answers: Mapping[str, Answer]) -> None:
    replace_file(file, msgspec.json.encode(answers))
