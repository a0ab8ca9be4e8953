"""Read `feeds.yaml`: the feeds that a site gathers, and what to take from each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from newsgen.config.reader import Count, SettingsFile, Table, as_yaml, matching
from newsgen.config.settings import Config
from newsgen.content.urls import comparable, safe_url
from newsgen.core.atomic import replace_file
from newsgen.core.problems import settings_error

FILE = "feeds.yaml"
_Url = Annotated[str, matching(r"^https?://[^\s/]+\S*$", "is not an http or https address")]
_Language = Annotated[
    str, matching(r"^(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)?$", "is not a language tag")
]
_Folder = Annotated[
    str, matching(r"^(?:[^\s./\\_:][^/\\:]*)?$", "is not the name of a folder in content")
]
Days = Annotated[int, Meta(ge=0)]


class FeedRules(Table, frozen=True):
    """What to take from a feed: see docs/gathering.md."""

    url: _Url
    source: str = ""
    topics: tuple[str, ...] = ()
    category: str = ""
    language: _Language = ""
    limit: Count = 50
    first_run: Annotated[int, Meta(ge=0)] = 20
    keep_days: Days = 0
    full_text: bool = False
    og_image: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class FeedsFile(Table, frozen=True):
    """All feeds, and how they are requested. `timeout` is in seconds for one request in total."""

    feeds: tuple[FeedRules | str, ...] = ()
    folder: _Folder = "feeds"
    at_once: Count = 16
    timeout: Annotated[float, Meta(gt=0)] = 30
    max_bytes: Count = 10_000_000

    @property
    def rules(self) -> tuple[FeedRules, ...]:
        """Return the feeds without duplicates. An address alone has the default rules."""
        found: dict[str, FeedRules] = {}
        for one in self.feeds:
            rules = one if isinstance(one, FeedRules) else FeedRules(url=one)
            found.setdefault(comparable(rules.url), rules)
        return tuple(found.values())


def feeds_file(config: Config) -> Path:
    """Return the file that lists the site's feeds."""
    return config.paths.root / FILE


def load_feeds(config: Config) -> FeedsFile:
    """Return the feeds of a site. Raises UserError (exit code 2) with the place of the mistake."""
    source = SettingsFile(feeds_file(config), ())
    feeds = source.typed(FeedsFile)
    for n, one in enumerate(feeds.feeds):
        url = one.url if isinstance(one, FeedRules) else one
        if not safe_url(url, lambda code: None):
            raise source.wrong(f"feeds[{n}]", "is not an http or https address")
    return feeds


def add_feeds(config: Config, feeds: Iterable[FeedRules]) -> int:
    """Append the feeds that feeds.yaml does not have, and return their number. The existing text
    does not change. Raises UserError (exit code 2), OSError.
    """
    file = feeds_file(config)
    text = file.read_text("utf-8") if file.exists() else ""
    known = {comparable(rules.url) for rules in load_feeds(config).rules} if text else set()
    new = [rules for rules in feeds if comparable(rules.url) not in known]
    if not new:
        return 0
    lines = [f"  - {as_yaml(_written(rules))}\n" for rules in new]
    found = re.search(r"^feeds:[ \t]*(?:#.*)?$\n", text, re.M)
    if not text.strip():
        made = "feeds:\n" + "".join(lines)
    elif found:
        indent = re.match(r"[ \t]*(?=-)", text[found.end() :])
        above = indent[0] if indent else "  "
        made = text[: found.end()] + "".join(f"{above}{line.lstrip()}" for line in lines)
        made += text[found.end() :]
    else:
        hint = "write the list as lines below `feeds:`, each with `- `"
        raise settings_error("bad-setting", f"{FILE} has no list `feeds:`", hint=hint)
    replace_file(file, made.encode())
    return len(new)


def _written(rules: FeedRules) -> dict[str, object]:
    """Return a feed's rules as plain values, without those that have the default."""
    values = msgspec.to_builtins(rules)
    defaults = msgspec.to_builtins(FeedRules(url=""))
    return {name: value for name, value in values.items() if value != defaults[name]}


def has_word(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a text has one of these words or phrases, in any case."""
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.I) for word in words if word.strip()
    )
