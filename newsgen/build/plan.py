"""Make the plan from clean records, and keep it until something it depends on changes.

A plan knows no titles, excerpts, images or bodies (see pages/plan.py). So editing an article, the
most common change, leaves the plan valid: newsgen repeats neither grouping nor planning, however
large the archive is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

import msgspec
from msgspec import structs

from newsgen.build.inputs import Inputs
from newsgen.build.read import ReadResult
from newsgen.config.settings import Config, Settings
from newsgen.content.clock import Clock
from newsgen.content.data import Data
from newsgen.core import digest
from newsgen.core.engine import Engine, may_fork, sharing, unshared
from newsgen.core.model import Document, Record, Summary, ties_of
from newsgen.core.separate_process import in_separate_process
from newsgen.core.site import Site
from newsgen.pages.base import StaticFile
from newsgen.pages.periods import PlannedPart, PlanPart
from newsgen.pages.plan import Plan
from newsgen.store.cache import Cache
from newsgen.store.fingerprint import program
from newsgen.store.records import FileRecord
from newsgen.stories.edited_windows import Compared
from newsgen.stories.grouping import Candidates, StoryAssignment, StoryCache
from newsgen.stories.windows import Comparison, Found, Window, Windows, compare


class CachedPlan(Record, frozen=True, array_like=True, gc=False):
    """A plan and the conditions under which it holds.

    It holds for inputs with the digest `key`, for clocks from `since` until `due`, and for
    stories with the digest `events`. `titles` are the keys of titles that `related` lists name, and
    `named` is the digest of the articles that have them. `candidates` are those for story
    detection. `plan` is without its parts; `parts` are their names and keys.
    """

    key: bytes
    since: datetime
    due: datetime | None
    titles: tuple[int, ...]
    named: bytes
    candidates: Candidates
    events: bytes
    plan: Plan
    parts: tuple[tuple[str, bytes], ...] = ()

    @property
    def digest(self) -> bytes:
        """The digest of everything that decided the plan."""
        return digest.of_value((self.key, self.since, self.named, self.events))

    def holds(self, clock: Clock, files: Mapping[str, FileRecord]) -> bool:
        """Return whether the plan holds at this time and for the titles of these files."""
        return (
            self.since <= clock.as_of
            and (self.due is None or clock.as_of < self.due)
            and self.named == _named(files, self.titles)
        )


class PlanInputs(NamedTuple):
    """Everything a plan is made of.

    `static` are the static files by path, `near` other files in the content folder, and `layouts`
    the names of layouts. `assets` holds the digest of each static file that templates use, by path.
    `titles` maps the English titles of the theme's own pages to those in the site's language.
    """

    loaded: ReadResult
    data: Data
    static: Mapping[str, StaticFile]
    near: Mapping[str, StaticFile]
    layouts: frozenset[str]
    assets: Mapping[str, str]
    titles: Mapping[str, str]
    settings: Settings
    clock: Clock

    def digest(self, content: bytes) -> bytes:
        """Return the digest of everything except the time.

        `content` is the digest of the content folder, without what only pages show of articles.
        """
        others = (
            self.clock.drafts,
            self.clock.future,
            self.settings,
            self.data,
            list(self.static.values()),
            list(self.near.values()),
        )
        return digest.fold(
            [
                program(),
                content,
                digest.of_value((*others, sorted(self.layouts), self.assets, self.titles)),
            ]
        )


def plan_site(
    inputs: PlanInputs, cache: Cache, engine: Engine
) -> tuple[CachedPlan, tuple[bytes, ...]]:
    """Return the plan, from the cache if it still holds, and for each story its similar stories.

    Raises CacheDamaged.
    """
    key = inputs.digest(cache.decided("content"))
    found = _known(inputs, key, cache, engine)
    if not found and engine.shares and len(inputs.loaded.files) >= _LARGE and may_fork():
        # Memory used for planning would stay with this process, and with each that it starts.
        in_separate_process(lambda: _store(inputs, key, cache.own(), engine))
        found = _known(inputs, key, cache, engine)
    return found or _make(inputs, key, cache, engine)


def _known(
    inputs: PlanInputs, key: bytes, cache: Cache, engine: Engine
) -> tuple[CachedPlan, tuple[bytes, ...]] | None:
    kept = _load(cache, key)
    if kept and kept.holds(inputs.clock, inputs.loaded.files):
        assignment = detect_stories(inputs.loaded, kept.candidates, inputs.settings, cache, engine)
        if kept.events == events(assignment):
            return kept, assignment.others
    return None


def _make(
    inputs: PlanInputs, key: bytes, cache: Cache, engine: Engine
) -> tuple[CachedPlan, tuple[bytes, ...]]:
    kept, parts, assignment = _store(inputs, key, cache, engine)
    made = [_part(cache, one.name, one.key) or one.make() for one in parts]
    return structs.replace(kept, plan=kept.plan.with_parts(made)), assignment.others


def _store(
    inputs: PlanInputs, key: bytes, cache: Cache, engine: Engine
) -> tuple[CachedPlan, list[PlannedPart], StoryAssignment]:
    """Make a plan and store it. Return it without its parts, these, and the stories."""
    from newsgen.stories.detect import find_candidates

    documents = inputs.loaded.documents()
    candidates = find_candidates(documents, inputs.settings, inputs.clock)
    assignment = detect_stories(inputs.loaded, candidates, inputs.settings, cache, engine)
    kept, parts = _plan(inputs, documents, key, candidates, assignment)
    _save(cache, key, kept, parts)
    return kept, parts, assignment


def _load(cache: Cache, key: bytes) -> CachedPlan | None:
    found = cache.load("plan", CachedPlan, key, keep=False)
    parts = [_part(cache, *one) for one in found.parts] if found else []
    if found is None or None in parts:
        return None
    return structs.replace(found, plan=found.plan.with_parts(parts))  # type: ignore[arg-type]


def _part(cache: Cache, name: str, key: bytes) -> PlanPart | None:
    return cache.load(name, PlanPart, key, keep=False)


def _save(cache: Cache, key: bytes, kept: CachedPlan, parts: Sequence[PlannedPart]) -> None:
    """Store a plan and its parts, making only those that are not in the cache.

    The plan names its parts, so it is deleted first and stored last. A few parts at a time: the
    whole plan, encoded and copied, would take more memory than anything else in a build.
    """
    known = cache.keys("plan *")
    todo = [one for one in parts if known.pop(one.name, b"") != one.key]
    cache.save({}, ["plan", *known])
    for i in range(0, len(todo), _SAVED):
        cache.save({one.name: (one.key, one.make()) for one in todo[i : i + _SAVED]})
    cache.save({"plan": (key, kept)})


def read_site(
    config: Config,
    clock: Clock,
    inputs: Inputs,
    loaded: ReadResult,
    assignment: StoryAssignment | None = None,
) -> Site:
    """Return the site built from these inputs, for callers that need no pages.

    Raises CacheDamaged.
    """
    from newsgen.builder.site_builder import build_site
    from newsgen.content.data import load_data

    settings, paths = config.settings, config.paths
    data, _ = load_data(paths.data, paths.static, settings.base)
    return build_site(
        loaded.documents(), loaded.pages(), data, settings, clock, assignment, inputs.static_paths()
    ).site


def detect_stories(
    loaded: ReadResult, candidates: Candidates, settings: Settings, cache: Cache, engine: Engine
) -> StoryAssignment:
    """Return which articles report the same event, from the cache if no text changed.

    Raises CacheDamaged.
    """
    from newsgen.stories.detect import detect, key_of

    files = [loaded.files[path] for path in candidates.paths]
    texts = [file.summary_digest for file in files]

    def read(place: int) -> tuple[str, str]:
        summary = _summary_decoder.decode(files[place].summary)
        return summary.title, summary.excerpt

    def load(number: int) -> Compared | None:
        return cache.load(_name(number), Compared, keep=False)

    def compare_all(comparison: Comparison, windows: list[Window]) -> Iterable[Found]:
        many = len(comparison.texts)
        each = min(-(-len(windows) // (2 * engine.slots)), _MOST)
        size = each if many > _MANY else len(windows)
        batches = [windows[i : i + size] for i in range(0, len(windows), size)]
        used = unshared(engine) if many > _HUGE else engine
        if used.shares or len(batches) < 2:
            return chain.from_iterable(sharing(used).run(_compare, comparison, batches))
        parts = ((comparison.part(batch), batch) for batch in batches)
        return chain.from_iterable(used.run(_compare_parts, None, parts))

    def assign(before: StoryCache | None) -> StoryCache:
        before = before or StoryCache()
        windows = Windows(
            candidates.times,
            texts,
            read,
            settings.stories.window,
            load,
            before.common,
            compare_all,
        )
        found = detect(candidates, [file.title for file in files], settings, before, windows)
        fresh = {_name(one.number): (one.key, it) for one, it in windows.fresh.items()}
        cache.save(fresh, [_name(number) for number in before.joined.keys() - found.joined.keys()])
        return found

    return cache.memo("stories", key_of(candidates, texts, settings), StoryCache, assign).assignment


def _name(number: int) -> str:
    return f"window {number}"


def _compare(comparison: Comparison) -> Callable[[list[Window]], list[Found]]:
    return lambda windows: compare(comparison, windows)


def _compare_parts(_: None) -> Callable[[tuple[Comparison, list[Window]]], list[Found]]:
    return lambda part: compare(*part)


def events(assignment: StoryAssignment) -> bytes:
    """Return the digest of the part of the story assignment that a plan depends on."""
    return digest.of_value((assignment.leads, assignment.moved))


def _plan(
    inputs: PlanInputs,
    documents: list[Document],
    key: bytes,
    candidates: Candidates,
    assignment: StoryAssignment,
) -> tuple[CachedPlan, list[PlannedPart]]:
    from newsgen.builder.site_builder import build_site
    from newsgen.content.visibility import next_due
    from newsgen.pages.base import PlanContext
    from newsgen.pages.plan import plan_in_parts
    from newsgen.pages.social_cards import ends
    from newsgen.pages.texts import security_end

    settings, clock, pages = inputs.settings, inputs.clock, inputs.loaded.pages()
    built = build_site(
        documents, pages, inputs.data, settings, clock, assignment, inputs.static, inputs.near
    )
    planning = PlanContext(
        built.site,
        settings,
        inputs.layouts,
        clock.as_of,
        inputs.static,
        inputs.assets,
        inputs.titles,
        inputs.near,
    )
    plan, found = plan_in_parts(planning, built.problems)
    parts = list(found)
    metas = [document.meta for document in documents]
    titles = tuple({title for meta in metas if meta.ties for _, title in ties_of(meta)})
    due = next_due(
        metas,
        (file.page for file in pages),
        clock,
        settings.news_sitemap,
        [security_end(settings.security), *(ends(meta.time, settings) for meta in metas)],
    )
    kept = CachedPlan(
        key,
        clock.as_of,
        due,
        titles,
        _named(inputs.loaded.files, titles),
        candidates,
        events(assignment),
        plan,
        tuple([(one.name, one.key) for one in parts]),
    )
    return kept, parts


def _named(files: Mapping[str, FileRecord], titles: Iterable[int]) -> bytes:
    """Return the digest of the articles whose titles `related` lists name."""
    wanted = frozenset(titles)
    return digest.of_value(
        [(file.path, file.title) for file in files.values() if file.title in wanted]
    )


_SAVED = 8  # parts of a plan to store at once
_LARGE = 5000  # files; with fewer, a plan takes less memory than a process needs anyway
_MANY = 2000  # articles; comparing fewer takes less time than starting processes
_HUGE = 20_000  # articles; workers that shared all texts of more would need much memory
_MOST = 64  # windows that a worker compares at once
_summary_decoder = msgspec.msgpack.Decoder(Summary)
