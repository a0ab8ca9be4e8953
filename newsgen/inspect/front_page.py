"""`front`: list the stories that lead the front page at a given time, and why. Writes only the
cache.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Struct

from newsgen.build.inputs import scan_inputs
from newsgen.build.prepare import read_content
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.core.engine import local
from newsgen.core.model import Summary
from newsgen.store.cache import Cache
from newsgen.store.open_cache import use_cache


class FrontStory(Struct, frozen=True):
    """A story that leads the front page: its file, its URL and its score.

    The parts of the score (see docs/stories.md) are given with their sum.
    """

    file: str
    url: str
    title: str
    source: str
    time: datetime
    topics: tuple[str, ...]
    also: tuple[str, ...]
    pinned: bool
    score: float
    heat: float
    coverage: float
    quality: float
    freshness: float
    picture: float
    weight: float


class FrontPage(Struct, frozen=True):
    """The leads of the front page at a given time, first lead first."""

    at: datetime
    stories: tuple[FrontStory, ...]


def front(config: Config, clock: Clock, jobs: int) -> FrontPage:
    """Return the leads of the front page.

    Raises UserError (exit code 3) if the cache is not writable.
    """
    return use_cache(config.paths.cache, lambda cache, _: _front(config, clock, jobs, cache))


def _front(config: Config, clock: Clock, jobs: int, cache: Cache) -> FrontPage:
    from newsgen.build.plan import detect_stories, read_site
    from newsgen.builder.ranking import coverage
    from newsgen.pages.base import PlanContext
    from newsgen.pages.lists import front_leads, front_stories
    from newsgen.stories.detect import find_candidates

    settings = config.settings
    inputs = scan_inputs(config, clock)
    loaded = read_content(config, inputs, cache, local(jobs))
    told = detect_stories(
        loaded, find_candidates(loaded.documents(), settings, clock), settings, cache, local(jobs)
    )
    site = read_site(config, clock, inputs, loaded, told)
    planning = PlanContext(site, settings, frozenset(), clock.as_of, {}, {}, {})
    found = []
    for i, score in front_leads(planning, front_stories(planning)).items():
        story, path = site.stories[i], site.stories[i].document.path
        card, title = (
            story.card,
            msgspec.msgpack.decode(loaded.files[path].summary, type=Summary).title,
        )
        parts = {
            name: round(value, 3)
            for name, value in msgspec.structs.asdict(score).items()
            if name != "pinned"
        }
        topics, also = tuple(topic.name for topic in card.topics), tuple(coverage(site, i))
        time = story.document.meta.time
        found.append(
            FrontStory(
                path,
                card.url,
                title,
                card.source.name,
                time,
                topics,
                also,
                score.pinned,
                round(score.total, 3),
                **parts,
            )
        )
    return FrontPage(clock.as_of, tuple(found))
