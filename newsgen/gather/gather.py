"""Gather all feeds: request them, choose their new items, write an article for each.

A feed that fails is a problem in the report and stops nothing. Feeds are handled in rounds. A run
that is killed loses one round at most, and the next run repeats it.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct, structs

from newsgen.config.bucket import refuse_bucket
from newsgen.config.budgets import OverBudget
from newsgen.config.settings import Config
from newsgen.content.body.embeds import Hosts
from newsgen.content.repair import clean_text
from newsgen.content.slugs import fold
from newsgen.core import digest, guarded_workers
from newsgen.core.engine import local
from newsgen.core.guarded_workers import Lost
from newsgen.core.messages import count
from newsgen.core.problems import Problem, UserError, build_error
from newsgen.core.progress import Progress, quiet
from newsgen.gather.articles import article_path, article_text
from newsgen.gather.feeds_file import FILE, FeedRules, FeedsFile, load_feeds
from newsgen.gather.fetch import FeedAnswer, FeedState, ask_all, failed
from newsgen.gather.page_image import find_images
from newsgen.gather.parse import FeedItem, NotAFeed, ParsedFeed, parse_feed
from newsgen.gather.select import ItemChange, Selection, Titles, host_of, select, without_tracking
from newsgen.gather.state import read_states, write_states
from newsgen.store.ledger import Ledger, WrittenItem

LEDGER = "feeds.jsonl"  # beside feeds.yaml
_ROUND = 64  # feeds
_PARSE_SECONDS = 60  # of CPU time for one feed
Action = Literal["new", "updated", "kept", "removed"]


class GatheredFile(Struct, frozen=True):
    """A file of the content folder, and what was done with it.

    A file that somebody edited is `kept` although its item changed.
    """

    file: str
    action: Action
    title: str
    feed: str


class Gathered(Struct, frozen=True):
    """The result of a run.

    Of all `feeds`, `asked` were requested: `unchanged` had nothing new, `failed` failed. `resting`
    failed earlier and were not requested; for `left` there was no time. Items without an article
    are `unwanted`, `old`, `waiting`, `untitled`, or `skipped` in a first run.
    """

    feeds: int
    asked: int
    unchanged: int
    failed: int
    resting: int
    left: int
    unwanted: int
    old: int
    waiting: int
    untitled: int
    skipped: int
    files: tuple[GatheredFile, ...]
    problems: tuple[Problem, ...]

    def number(self, action: Action) -> int:
        """Return how many files had this done with them."""
        return sum(one.action == action for one in self.files)


@contextmanager
def gathering(cache: Path) -> Iterator[None]:
    """Lock the ledger. Raises UserError (exit code 4) if another run gathers."""
    from filelock import FileLock, Timeout

    cache.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(cache / "gather.lock", timeout=0):
            yield
    except Timeout:
        problem = Problem(
            "error", "gather-locked", "another run is gathering", hint="wait until it has ended"
        )
        raise UserError(problem, 4) from None


def gather(
    config: Config,
    now: datetime,
    jobs: int = 1,
    progress: Progress = quiet,
    everything: bool = False,
    dry_run: bool = False,
    minutes: float = 0,
) -> Gathered:
    """Write an article for each new item of the site's feeds.

    `now` is in UTC. With `everything`, feeds that failed or asked for a pause are requested too.
    With `dry_run`, nothing is written. No feed is requested after `minutes`; 0 means no limit.
    Raises UserError: exit code 2 for a mistake in feeds.yaml or if the articles are in a bucket, 3
    if an article cannot be written, 4 if another run gathers.
    """
    refuse_bucket(config.settings.bucket)
    feeds = load_feeds(config)
    now = now.replace(microsecond=0)
    try:
        with gathering(config.paths.cache):
            run = _Run(config, feeds, now, dry_run)
            return run.all(jobs, progress, everything, minutes)
    except OSError as error:
        message = f"{error.filename or config.paths.content}: {error.strerror}"
        raise build_error("cannot-write", message) from None


class _Run:
    """One run over all feeds."""

    def __init__(self, config: Config, feeds: FeedsFile, now: datetime, dry_run: bool) -> None:
        self._config, self._feeds, self._now, self._dry_run = config, feeds, now, dry_run
        self._rules = {rules.url: rules for rules in feeds.rules}
        self._places = {rules.url: n for n, rules in enumerate(feeds.rules)}
        self._states = read_states(config.paths.cache)
        self._ledger = Ledger(config.paths.root / LEDGER, config.paths.content)
        self._titles = Titles(self._ledger)
        self._known = {item.origin for item in self._ledger}
        self._files: list[GatheredFile] = []
        self._problems: list[Problem] = []
        self._counts = dict.fromkeys(("unwanted", "old", "waiting", "untitled", "skipped"), 0)
        self._private = tuple(config.settings.network.private)

    def all(self, jobs: int, progress: Progress, everything: bool, minutes: float) -> Gathered:
        """Handle all feeds and return the result."""
        states = [self._state(rules) for rules in self._rules.values()]
        due = [state for state in states if everything or state.is_due(self._now)]
        resting = {} if everything else self._resting(states)
        until = time.monotonic() + minutes * 60 if minutes else math.inf
        asked = unchanged = 0

        def step() -> None:
            nonlocal asked
            asked += 1
            progress("gathering", asked, len(due))

        with self._ledger:
            for start in range(0, len(due), _ROUND):
                seconds = until - time.monotonic()
                if seconds <= 0:
                    break
                answers = ask_all(
                    due[start : start + _ROUND],
                    self._feeds, self._private, self._now, resting, step, seconds,
                )  # fmt: skip
                unchanged += sum(not one.body and not one.state.failures for one in answers)
                self._take_all(answers, jobs)
            self._remove_old()
        left = len(due) - asked
        if left:
            hint = "they come first in the next run"
            message = f"{count(left, 'feed')} not requested: the time limit was reached"
            self._problems.append(Problem("warning", "feeds-left", message, hint=hint))
        failing = [
            state for state in self._states.values() if state.url in self._rules and state.failures
        ]
        due_urls = {state.url for state in due}
        return Gathered(
            feeds=len(self._rules),
            asked=asked,
            unchanged=unchanged,
            failed=sum(state.url in due_urls and state.checked == self._now for state in failing),
            resting=len(states) - len(due),
            left=left,
            files=tuple(self._files),
            problems=tuple(self._problems),
            **self._counts,
        )

    def _state(self, rules: FeedRules) -> FeedState:
        """Return the state of a feed. If its rules changed, it is requested without conditions."""
        state = self._states.get(rules.url) or FeedState(rules.url)
        told = digest.of_value(rules).hex()
        if state.rules != told:
            state = structs.replace(state, rules=told, etag="", modified="")
        return state

    def _resting(self, states: Sequence[FeedState]) -> dict[str, float]:
        return {
            urlsplit(state.url).netloc: state.due.timestamp()
            for state in states
            if state.status in (429, 503) and state.due and not state.is_due(self._now)
        }

    def _take_all(self, answers: Sequence[FeedAnswer], jobs: int) -> None:
        """Write the new items of these answers, and store the new states."""
        ordered = sorted(answers, key=lambda one: self._places[one.state.url])
        bodies = [one for one in ordered if one.body]
        batches = [[one] for one in bodies]
        parsed = guarded_workers.run(_parser, None, batches, local(jobs), _PARSE_SECONDS)
        found = dict(
            zip([one.state.url for one in bodies], (batch[0] for batch in parsed), strict=True)
        )
        for answer in ordered:
            state, feed = answer.state, found.get(answer.state.url)
            if isinstance(feed, ParsedFeed):
                state = self._take(state, feed)
            elif feed is not None:
                told = feed.reason if isinstance(feed, Lost) else str(feed)
                state = failed(structs.replace(state, etag="", modified=""), told, self._now)
            self._states[state.url] = state
            self._report(state)
        if not self._dry_run:
            kept = [self._states[url] for url in self._rules if url in self._states]
            write_states(self._config.paths.cache, kept)

    def _take(self, state: FeedState, feed: ParsedFeed) -> FeedState:
        rules = self._rules[state.url]
        source = _source(rules, feed, self._feeds.rules)
        first = state.url not in self._known
        chosen = select(feed.items, rules, source, self._ledger, self._titles, self._now, first)
        chosen = self._with_images(chosen, rules)
        for change in chosen.write:
            self._write(change, rules, source)
        for entry in chosen.remember:
            if not self._dry_run:
                self._ledger.remember(entry)
        if first:
            self._counts["skipped"] += sum(bool(entry.title) for entry in chosen.remember)
        for name in ("unwanted", "old", "waiting", "untitled"):
            self._counts[name] += getattr(chosen, name)
        times = [
            item.published for item in feed.items if item.published and item.published <= self._now
        ]
        if chosen.waiting:  # the feed's host must send it again
            state = structs.replace(state, etag="", modified="")
        return structs.replace(
            state,
            title=feed.title,
            items=len(feed.items),
            last_item=max(times, default=state.last_item),
        )

    def _with_images(self, chosen: Selection, rules: FeedRules) -> Selection:
        """Return the items with the images that their pages name, if the rules allow requesting
        pages.
        """
        if not rules.og_image:
            return chosen
        pages = [one.item.link for one in chosen.write if one.item.link and not one.item.images]
        found = find_images(pages, self._feeds, self._private)
        changes = [
            structs.replace(one, item=structs.replace(one.item, images=(found[one.item.link],)))
            if one.item.link in found and not one.item.images
            else one
            for one in chosen.write
        ]
        return structs.replace(chosen, write=tuple(changes))

    def _write(self, change: ItemChange, rules: FeedRules, source: str) -> None:
        """Write the article of an item, unless somebody edited it, and record it."""
        item, entry, before = change.item, change.entry, change.before
        settings, time = self._config.settings, entry.time or self._now
        updated = (item.updated or self._now) if before else item.updated
        updated = min(updated, self._now) if updated else None
        hosts = Hosts(settings.embeds.hosts, settings.embeds.media)
        asked = (source, time, updated, settings.language, hosts, settings.budgets)
        try:
            data = article_text(item, rules, *asked).encode()
        except OverBudget as error:
            rules = structs.replace(rules, full_text=False)
            data = article_text(item, rules, *asked).encode()
            self._too_much(item, rules.url, error)
        if before:
            entry = structs.replace(entry, key=before.key, path=before.path, digest=before.digest)
            kept = self._ledger.is_edited(before)
        else:
            wanted = article_path(self._feeds.folder, source, time, item.title)
            path = self._place(wanted, item.link, data)
            entry = structs.replace(entry, path=path, digest=digest.of_bytes(data).hex())
            kept = (self._config.paths.content / path).exists()
        if not self._dry_run:
            if kept:
                self._ledger.remember(entry)
            else:
                self._ledger.write(entry, data)
        self._add("kept" if kept else "updated" if before else "new", entry, item.title)

    def _too_much(self, item: FeedItem, feed: str, error: OverBudget) -> None:
        """Report that an article has no body, because the item's text exceeds a budget."""
        message = f"{feed}: the text of “{item.title[:80]}” {error}; it is left out"
        hint = f"the article links to it; to take it, raise budgets.{error.name} in the settings"
        field = f"$.feeds[{self._places[feed]}]"
        self._problems.append(Problem("warning", "over-budget", message, field, hint, FILE))

    def _place(self, wanted: str, link: str, data: bytes) -> str:
        """Return the path for a new item. If the ledger was lost, an existing file of the same
        article is reused.
        """
        try:
            there = (self._config.paths.content / wanted).read_bytes()
        except OSError:
            return self._ledger.free_path(wanted)
        line = f"\nwebUrl: {without_tracking(link)}\n".encode()
        same = there == data or (link and line in there)
        return wanted if same else self._ledger.free_path(wanted)

    def _remove_old(self) -> None:
        """Remove articles that are older than their feed keeps, except edited ones."""
        for entry in self._ledger:
            rules = self._rules.get(entry.origin)
            if not (rules and rules.keep_days and entry.path and entry.time):
                continue
            is_old = entry.time < self._now - timedelta(days=rules.keep_days)
            if not is_old or self._ledger.is_edited(entry):
                continue
            if not self._dry_run:
                (self._config.paths.content / entry.path).unlink(missing_ok=True)
                self._ledger.remember(structs.replace(entry, path=""))
            self._add("removed", entry, entry.title.partition("|")[2])

    def _add(self, action: Action, entry: WrittenItem, title: str) -> None:
        paths = self._config.paths
        shown = f"{os.path.relpath(paths.content, paths.root)}/{entry.path}"
        self._files.append(GatheredFile(shown, action, title, entry.origin))

    def _report(self, state: FeedState) -> None:
        field = f"$.feeds[{self._places[state.url]}]"

        def warn(code: str, message: str, hint: str) -> None:
            self._problems.append(Problem("warning", code, message, field, hint, FILE))

        if state.failures and state.status == 410:
            warn("feed-gone", f"{state.url}: {state.error}", "remove it from feeds.yaml")
        elif state.failures:
            after = f"newsgen retries it after {state.due:%Y-%m-%d %H:%M} UTC"
            hint = f"{after}; `newsgen gather --all` retries now"
            warn("feed-failed", f"{state.url}: {state.error}", hint)
        elif state.moved:
            warn("feed-moved", f"{state.url} has moved for good", f"replace it by {state.moved}")


def _source(rules: FeedRules, feed: ParsedFeed, others: Sequence[FeedRules]) -> str:
    """Return the name of a feed's source: as in the rules, else the feed's title, else its host.

    A feed's title is not used if the rules give this name to a feed of another host.
    """
    named = clean_text(rules.source, lambda code: None)
    if named:
        return named
    own, called = host_of(rules.url), fold(feed.title)
    taken = any(fold(one.source) == called and host_of(one.url) != own for one in others)
    return own if taken else feed.title or host_of(feed.link) or own


def _parser(_: None) -> Callable[[FeedAnswer], ParsedFeed | str]:
    def parse(answer: FeedAnswer) -> ParsedFeed | str:
        try:
            return parse_feed(answer.body, answer.location, answer.content_type)
        except NotAFeed as error:
            return str(error)

    return parse
