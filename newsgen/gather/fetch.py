"""Request feeds: conditionally, several hosts at once, with one deadline each (RFC 9110, 9111)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from msgspec import Struct, structs

from newsgen.gather.feeds_file import FeedsFile
from newsgen.network.http import Absent, Client, Refused, Resting, Unreachable
from newsgen.network.lanes import Answers, ask_lanes, lanes_of

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_PERMANENT = (301, 308)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_LONGEST = timedelta(days=7)  # the longest wait after failures
_GONE = 410


class FeedState(Struct, frozen=True, omit_defaults=True):
    """The state of a feed: what its host answered, and when to ask again.

    `error` is the last error, "" if the last request succeeded, and `failures` counts requests that
    failed in a row. `last_error` and `erred` keep the last error after a success. `moved` is where
    the feed has moved for good. `items` counts the items of the last answer, and `last_item` is the
    date of its newest.
    """

    url: str
    checked: datetime | None = None
    due: datetime | None = None
    etag: str = ""
    modified: str = ""
    status: int = 0
    error: str = ""
    failures: int = 0
    last_error: str = ""
    erred: datetime | None = None
    moved: str = ""
    title: str = ""
    items: int = 0
    last_item: datetime | None = None
    rules: str = ""

    def is_due(self, now: datetime) -> bool:
        """Return whether the feed may be requested. Only failures and Retry-After make it wait."""
        if self.due is None or self.checked is None:
            return True
        return not (self.checked <= now + _HOUR and now < self.due <= self.checked + 52 * _LONGEST)


class FeedAnswer(Struct, frozen=True):
    """A host's answer to a request: the new state, and the body, empty if the feed is unchanged or
    failed.

    `location` is the address after all redirects.
    """

    state: FeedState
    body: bytes = b""
    content_type: str = ""
    location: str = ""


def failed(state: FeedState, error: str, now: datetime, wait: timedelta = _HOUR) -> FeedState:
    """Return the state after a failure. The wait doubles with each, up to a week."""
    due = now + min(wait * 2 ** min(state.failures, 10), _LONGEST)
    return structs.replace(
        state,
        checked=now,
        due=due,
        error=error,
        failures=state.failures + 1,
        last_error=error,
        erred=now,
    )


def ask_all(
    states: Iterable[FeedState],
    feeds: FeedsFile,
    private: Iterable[str],
    now: datetime,
    resting: dict[str, float],
    done: Callable[[], None],
    seconds: float = math.inf,
) -> list[FeedAnswer]:
    """Request feeds and return the answers, in no order.

    Feeds of one host are requested one after the other. After `seconds`, those without an answer
    are left out. `done` is called after each answer.
    """
    answers: list[FeedAnswer] = []
    allowed = frozenset(private)

    def ask_lane(lane: Sequence[FeedState]) -> Answers[FeedAnswer]:
        client = Client(
            allowed, timeout=min(20, feeds.timeout), retries=1, backoff=0.5, within=feeds.timeout,
            resting=resting,
        )  # fmt: skip
        try:
            for state in lane:
                yield ask(client, state, feeds.max_bytes, now)
        finally:
            client.close()

    def take(answer: FeedAnswer) -> None:
        answers.append(answer)
        done()

    lanes = lanes_of(states, lambda state: state.url)
    ask_lanes(lanes, ask_lane, take, feeds.at_once, seconds)
    return answers


def ask(client: Client, state: FeedState, max_bytes: int, now: datetime) -> FeedAnswer:
    """Request one feed, conditionally if its host named a version."""
    conditions = {"If-None-Match": state.etag, "If-Modified-Since": state.modified}
    headers = {"Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"}
    headers |= {name: value for name, value in conditions.items() if value}
    try:
        answer, location = client.request("GET", state.url, headers)
        told, status = answer.headers, answer.status
        moved = location if client.redirects and set(client.redirects) <= {*_PERMANENT} else ""
        state = structs.replace(state, status=status, moved=moved)
        body = client.read_body(answer, max_bytes) if status == 200 else b""
        answer.close()
    except Resting as error:
        return FeedAnswer(_rests(state, str(error), error.until, now))
    except Refused as error:
        return FeedAnswer(failed(state, str(error), now, _DAY))
    except Unreachable as error:
        return FeedAnswer(
            failed(state, str(error), now, _DAY if isinstance(error, Absent) else _HOUR)
        )
    until = client.resting.get(urlsplit(location).netloc)
    if until and status in (429, 503):
        return FeedAnswer(_rests(state, f"the host is overloaded ({status})", until, now))
    if status not in (200, 304):
        return FeedAnswer(failed(state, _words(status), now, _HOUR if status >= 500 else _DAY))
    if status == 200 and not body.strip():
        return FeedAnswer(failed(state, "it is empty", now))
    state = structs.replace(state, checked=now, due=now, error="", failures=0)
    if status == 304:
        return FeedAnswer(state)
    state = structs.replace(
        state, etag=told.get("ETag", ""), modified=told.get("Last-Modified", "")
    )
    return FeedAnswer(state, body, told.get("Content-Type", ""), location)


def _words(status: int) -> str:
    if status == _GONE:
        return "the feed is gone for good (410)"
    if status == 404:
        return "there is no such feed (404)"
    return f"the host {'has an error' if status >= 500 else 'refuses it'} ({status})"


def _rests(state: FeedState, error: str, until: float, now: datetime) -> FeedState:
    due = datetime.fromtimestamp(math.ceil(until), UTC)
    return structs.replace(failed(state, error, now), due=max(due, now))
