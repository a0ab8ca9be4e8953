"""Download each image once, within limits, and again when it may have changed (RFC 9110, 9111)."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct, structs
from urllib3 import BaseHTTPResponse

from newsgen.config.settings import Config
from newsgen.core.messages import count
from newsgen.core.problems import Problem, UserError
from newsgen.core.progress import Progress, quiet
from newsgen.images.decoder import Decoder
from newsgen.images.media import LONGEST, Origin, keep, read_index, write_index
from newsgen.images.probe import NotAnImage
from newsgen.network.http import Absent, Client, Refused, Resting, Unreachable
from newsgen.network.lanes import Answers, ask_lanes, lanes_of

_ACCEPT = "image/avif,image/webp,image/*,*/*;q=0.5"
_SAVED = 5  # seconds between two writes of the index during a fetch
_UNTOLD = timedelta(days=7)  # how long an image is fresh if its host does not say
# Wait after a first failure. It doubles with each further one, up to LONGEST.
_HOUR, _DAY, _WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
_RESTING = (429, 503)  # status of a host that asks for no requests until `due`


class Report(Struct, frozen=True):
    """The result of a fetch.

    `wanted` URLs are in the site's content. Of these, `asked` were requested: `fetched` were
    downloaded (`bytes` in total), `unchanged` are the same as before, and `failed` could not be
    downloaded. The others are `fresh`, or failed earlier and are `waiting` to be tried again.
    `left` are due, but the host was down or the time was up.
    """

    wanted: int
    asked: int
    fetched: int
    bytes: int
    unchanged: int
    failed: int
    fresh: int
    waiting: int
    left: int
    problems: tuple[Problem, ...]


class _Answer(Struct, frozen=True):
    """A URL's new line in the index, the number of bytes downloaded, and whether its host does not
    exist.
    """

    origin: Origin
    bytes: int = 0
    absent: bool = False


def fetch_all(
    config: Config,
    wanted: Mapping[str, bool],
    sound: frozenset[str],
    progress: Progress = quiet,
    everything: bool = False,
    minutes: float = 0,
) -> Report:
    """Download these images into the media folder.

    `wanted` maps each URL to whether an article says that it could be fetched once. Those come
    first, and URLs that failed come last. `sound` are the originals in the folder that are
    undamaged. With `everything`, fresh and failed images are requested too. After `minutes` no more
    are requested; 0 means no limit.

    Downloaded images are kept even after an error. Raises UserError (exit code 4) if another run is
    fetching, OSError if nothing can be written.
    """
    with alone(config.paths.cache):
        origins, problems = read_index(config.paths.media)
        now = datetime.now(UTC).replace(microsecond=0)
        asked, waiting = _due(wanted, origins, sound, now, everything)
        resting = {} if everything else _resting(origins, now)
        answers = (
            _ask_all(asked, origins, sound, config, now, progress, minutes, resting)
            if asked
            else []
        )
    failed = [answer.origin for answer in answers if answer.origin.failures]
    fetched = [answer.bytes for answer in answers if answer.bytes]
    left = len(asked) - len(answers)
    problems += [*map(_failure, failed), *([_not_asked(left)] if left else [])]
    return Report(
        wanted=len(wanted),
        asked=len(answers),
        fetched=len(fetched),
        bytes=sum(fetched),
        unchanged=len(answers) - len(fetched) - len(failed),
        failed=len(failed),
        fresh=len(wanted) - len(asked) - waiting,
        waiting=waiting,
        left=left,
        problems=tuple(problems),
    )


def _due(
    wanted: Mapping[str, bool],
    origins: Mapping[str, Origin],
    sound: frozenset[str],
    now: datetime,
    everything: bool,
) -> tuple[list[str], int]:
    """Return the URLs to request, in order, and how many of the others failed earlier."""
    asked: list[str] = []
    waiting = 0
    failures = {url: origins[url].failures for url in wanted.keys() & origins.keys()}
    for url in sorted(wanted, key=lambda url: (failures.get(url, 0), not wanted[url], url)):
        origin = origins.get(url)
        lost = origin and origin.file and origin.file not in sound
        if (
            everything
            or origin is None
            or origin.is_due(now)
            or (lost and origin.status not in _RESTING)
        ):
            asked.append(url)
        else:
            waiting += origin.failures > 0
    return asked, waiting


def _failure(one: Origin) -> Problem:
    hint = (
        f"newsgen retries it after {one.due:%Y-%m-%d %H:%M} UTC; `newsgen images fetch --all` "
        "retries now"
    )
    return Problem("warning", "no-picture", f"{one.url}: {one.error}", hint=hint)


def _not_asked(number: int) -> Problem:
    message = (
        f"{count(number, 'image')} not requested: the hosts do not answer, or the time limit "
        "was reached"
    )
    hint = "they come first in the next fetch"
    return Problem("warning", "pictures-left", message, hint=hint)


def _resting(origins: Mapping[str, Origin], now: datetime) -> dict[str, float]:
    """Return the hosts that asked for a pause, and its end (seconds since the epoch)."""
    found: dict[str, float] = {}
    for one in origins.values():
        if one.status in _RESTING and not one.is_due(now):
            host = urlsplit(one.location or one.url).netloc
            found[host] = max(found.get(host, 0), one.due.timestamp())
    return found


@contextmanager
def alone(cache: Path) -> Iterator[None]:
    """Lock the media folder. Raises UserError (exit code 4) if another run has locked it."""
    from filelock import FileLock, Timeout

    cache.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(cache / "media.lock", timeout=0):
            yield
    except Timeout:
        raise UserError(
            Problem(
                "error",
                "media-locked",
                "another run is fetching images",
                hint="wait until it has ended",
            ),
            4,
        ) from None


def _ask_all(
    urls: list[str],
    origins: dict[str, Origin],
    sound: frozenset[str],
    config: Config,
    now: datetime,
    progress: Progress,
    minutes: float,
    resting: dict[str, float],
) -> list[_Answer]:
    """Request all URLs: several hosts at once, and several images from each host.

    Answers are added to `origins` and to the index, and hosts that ask for a pause to `resting`.
    """
    images, folder = config.settings.images, config.paths.media
    absent = set[str]()
    decoder = Decoder(images.max_pixels)
    answers: list[_Answer] = []
    saved = time.monotonic()

    def ask(lane: Sequence[str]) -> Answers[_Answer]:
        asking = _Asking(config, sound, now, resting, decoder)
        try:
            for url in lane:
                if urlsplit(url).netloc in absent:
                    break
                yield asking.ask(origins.get(url) or Origin(url, now, now))
        finally:
            asking.client.close()

    def take(answer: _Answer) -> None:
        nonlocal saved
        url = answer.origin.url
        if answer.absent:
            absent.add(urlsplit(url).netloc)
        origins[url] = answer.origin
        answers.append(answer)
        progress("fetching", len(answers), len(urls))
        if time.monotonic() - saved > _SAVED:
            write_index(folder, origins)
            saved = time.monotonic()

    try:
        lanes = lanes_of(urls, str, images.per_host)
        ask_lanes(lanes, ask, take, images.at_once, minutes * 60 or math.inf)
    finally:
        write_index(folder, origins)
        decoder.close()
    return answers


class _Asking:
    """Requests images, one after the other."""

    def __init__(
        self,
        config: Config,
        sound: frozenset[str],
        now: datetime,
        resting: dict[str, float],
        decoder: Decoder,
    ) -> None:
        self._images, self._folder = config.settings.images, config.paths.media
        self._private = frozenset(config.settings.network.private)
        self.client = Client(
            self._private, timeout=min(20, self._images.timeout), backoff=0.5, resting=resting
        )
        self._sound, self._decoder = sound, decoder
        self._now = now
        self._plain: set[str] = set()

    def ask(self, known: Origin) -> _Answer:
        """Request an image and return the answer. Raises OSError if it cannot be stored."""
        if known.file not in self._sound:
            known = structs.replace(known, file="", etag="", modified="")
        try:
            return self._answer(known)
        except (NotAnImage, Refused) as error:
            return self._failed(known, str(error), _WEEK)
        except Resting as error:
            return self._rests(known, str(error), error.until)
        except Unreachable as error:
            absent = isinstance(error, Absent) and error.host == urlsplit(known.url).hostname
            return structs.replace(self._failed(known, str(error), _HOUR), absent=absent)

    def _answer(self, known: Origin) -> _Answer:
        conditions = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
        headers = {"Accept": _ACCEPT} | {name: value for name, value in conditions.items() if value}
        answer, data, location = self._request(known.url, headers)
        status, told = answer.status, answer.headers
        there = structs.replace(
            known,
            checked=self._now,
            due=self._now + lifetime(told),
            status=status,
            error="",
            failures=0,
            etag=told.get("ETag", known.etag if status == 304 else ""),
            modified=told.get("Last-Modified", known.modified if status == 304 else ""),
            location=location if location != known.url else "",
        )
        if status == 304 and known.file:
            return _Answer(there)
        until = self.client.resting.get(urlsplit(location).netloc)
        if until and status in _RESTING:
            return self._rests(
                structs.replace(known, status=status, location=location),
                f"the host is overloaded ({status})",
                until,
            )
        if status != 200:
            words = (
                "it is gone"
                if status in (404, 410)
                else "the host has an error"
                if status >= 500
                else "the host refuses it"
            )
            return self._failed(
                known, f"{words} ({status})", _HOUR if status >= 500 else _DAY, status
            )
        facts = self._decoder.look(data)
        file = keep(self._folder, data, facts.suffix)
        return _Answer(structs.replace(there, file=file, fetched=self._now), len(data))

    def _request(self, url: str, headers: Mapping[str, str]) -> tuple[BaseHTTPResponse, bytes, str]:
        """Return the answer, its body (for status 200) and the URL after redirects. Tries once more
        if the body breaks off.

        URLs of images use https; hosts in the setting `network.private` may use plain http, as in
        an intranet.
        """
        host, until, broken = urlsplit(url).hostname, time.monotonic() + self._images.timeout, False
        while True:
            asked = url.replace("https:", "http:", 1) if host in self._plain else url
            try:
                answer, location = self.client.request("GET", asked, headers, until=until)
                # An unchanged image's answer is read too, so that the connection can be used again.
                data = (
                    self.client.read_body(answer, self._images.max_bytes)
                    if answer.status in (200, 304)
                    else b""
                )
                answer.close()
                return answer, data, location
            except Unreachable as error:
                if host in self._private and host not in self._plain:
                    self._plain.add(host)
                    until = time.monotonic() + self._images.timeout
                elif broken or isinstance(error, Absent) or time.monotonic() > until:
                    raise
                broken = host not in self._plain or asked.startswith("http:")

    def _failed(self, known: Origin, error: str, wait: timedelta, status: int = 0) -> _Answer:
        """Return a failure. The image fetched earlier is kept."""
        due = self._now + min(wait * 2 ** min(known.failures, 20), LONGEST)
        return _Answer(
            structs.replace(
                known,
                checked=self._now,
                due=due,
                status=status,
                error=error,
                failures=known.failures + 1,
            )
        )

    def _rests(self, known: Origin, error: str, until: float) -> _Answer:
        """Return a failure that is due again at the host's time. The image fetched earlier is
        kept.
        """
        due = datetime.fromtimestamp(math.ceil(until), UTC)
        return _Answer(
            structs.replace(
                known, checked=self._now, due=due, error=error, failures=known.failures + 1
            )
        )


def lifetime(headers: Mapping[str, str]) -> timedelta:
    """Return how long an answer is fresh, as in a private cache (RFC 9111, 4.2).

    This is max-age minus Age, else Expires minus Date, else a tenth of the time since the last
    change. `no-store` is treated like `no-cache`, because storing the image is the purpose here.
    """
    control = headers.get("Cache-Control", "").lower()
    if re.search(r"\bno-(?:cache|store)\b", control):
        return timedelta(0)
    date = _date(headers.get("Date", "")) or datetime.now(UTC)
    age = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", control)
    modified = _date(headers.get("Last-Modified", ""))
    if age:
        passed = headers.get("Age", "")
        found = timedelta(seconds=int(age[1]) - (int(passed[:9]) if passed.isdecimal() else 0))
    elif "Expires" in headers:
        expires = _date(headers["Expires"])
        found = expires - date if expires else timedelta(0)
    else:
        found = (date - modified) / 10 if modified else _UNTOLD
    return min(max(found, timedelta(0)), LONGEST)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
