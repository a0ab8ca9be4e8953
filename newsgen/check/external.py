"""Check that the pages of sources exist. It spaces its requests, and reuses answers that are recent
enough.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from newsgen.check.links import Named
from newsgen.config.settings import Config
from newsgen.core.atomic import replace_file
from newsgen.core.problems import Problem
from newsgen.core.progress import Progress, quiet
from newsgen.network.http import LONGEST_REST, Absent, Client, Refused, Resting, Unreachable
from newsgen.network.lanes import Answers, ask_lanes, lanes_of

FILE = "external.json"
_AT_ONCE = 16  # hosts; each gets one request at a time
_PAUSE = 0.5  # seconds between two requests to one host
_DAY = 86_400
# Seconds that an answer stays valid. An unclear page may exist: some demand a login or reject bots.
_LIFETIMES = {
    "there": 14 * _DAY,
    "unclear": 2 * _DAY,
    "dead-link": 2 * _DAY,
    "refused-link": 2 * _DAY,
    "unreachable-link": 3600,
}
_DEAD = (404, 410)
_HINTS = {
    "dead-link": "find the page elsewhere; an article without webUrl links to its originalUrl",
    "unreachable-link": "ask again later",
    "refused-link": "to allow a host of your own, use the setting network.private",
}


class Answer(Struct, frozen=True, array_like=True):
    """The result of a request.

    `verdict` is its kind and `message` its text. `at` is when it was made, and `due` when the host
    wants the next request, if it said so (seconds since the epoch).
    """

    at: int
    verdict: str
    message: str = ""
    due: int = 0

    def holds(self, now: float) -> bool:
        """Return whether the answer is still valid. An implausible time makes it invalid."""
        lifetime = self.due - self.at if self.due else _LIFETIMES.get(self.verdict, 0)
        return 0 <= now - self.at < min(lifetime, LONGEST_REST)


def check_sources(
    sources: Mapping[str, Sequence[Named]], config: Config, progress: Progress = quiet
) -> list[Problem]:
    """Return what is wrong with these URLs, once for each place that names one.

    Raises OSError if answers cannot be stored.
    """
    file = config.paths.cache / FILE
    now = time.time()
    answers = {url: answer for url, answer in _read(file).items() if answer.holds(now)}
    due = [url for url in sources if url not in answers]
    done = itertools.count(1)
    resting = dict[str, float]()

    def ask_host(urls: Sequence[str]) -> Answers[tuple[str, Answer]]:
        client = Client(config.settings.network.private, resting=resting)
        try:
            for url in urls:
                yield url, ask(client, url)
        finally:
            client.close()

    def take(told: tuple[str, Answer]) -> None:
        answers.update([told])
        progress("asking", next(done), len(due))

    def pause(told: tuple[str, Answer]) -> float:
        return 0 if told[1].due else _PAUSE  # a host that rests is not asked

    try:
        ask_lanes(lanes_of(due, str), ask_host, take, _AT_ONCE, pause=pause)
    finally:
        if due:
            _write(file, answers)
    out = []
    for url, places in sources.items():
        verdict = answers[url].verdict
        if verdict in _HINTS:
            message = f"{url}: {answers[url].message}"
            out += [
                Problem(
                    "warning",
                    verdict,
                    message,
                    at.field,
                    _HINTS[verdict],
                    at.file,
                    at.line,
                    at.column,
                )
                for at in places
            ]
    return out


def ask(client: Client, url: str) -> Answer:
    """Check a page. Sends HEAD; if that fails, GET decides, without reading the body."""
    now = int(time.time())
    try:
        try:
            answer = client.request("HEAD", url)[0]
            answer.close()
            known = answer.status < 400 or answer.status == 429
        except (Absent, Resting):
            raise
        except Unreachable:  # a host without HEAD may answer anything, or nothing
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
    """Return the stored answers, or none if they cannot be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, Answer])
    except (OSError, msgspec.MsgspecError):
        return {}


def _write(file: Path, answers: Mapping[str, Answer]) -> None:
    replace_file(file, msgspec.json.encode(answers))
