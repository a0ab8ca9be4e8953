"""`why`: show the parts of a page, and why it was last rendered."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from newsgen.build.inputs import Stopwatch, scan_inputs
from newsgen.build.pipeline import BuildOptions
from newsgen.build.prepare import prepare
from newsgen.build.trace import Part, parts_of, reason
from newsgen.config.paths import composed
from newsgen.config.settings import Config
from newsgen.content.slugs import href
from newsgen.core import digest
from newsgen.core.messages import count
from newsgen.core.problems import settings_error
from newsgen.core.progress import quiet
from newsgen.pages.articles import ArticleView, Pick
from newsgen.store.cache import Cache
from newsgen.store.open_cache import use_cache


class PartOf(Struct, frozen=True):
    """A part of a page: its name, its digest in hexadecimal, and the file it comes from, if any."""

    name: str
    digest: str
    file: str = ""


class Explanation(Struct, frozen=True):
    """A page's route, template and parts, and the reasons for rendering it.

    `related` holds the other stories of an article's page with what they have in common with it.
    `rendered` is why it was last rendered, at `rendered_at`. `now` is why a build would render it
    now, or "" if it would not.
    """

    route: str
    template: str
    templates: tuple[str, ...]
    parts: tuple[PartOf, ...]
    rendered: str
    rendered_at: datetime | None
    now: str
    related: tuple[str, ...] = ()


def explain(config: Config, options: BuildOptions, url: str) -> Explanation:
    """Explain the page at this URL or route. Raises UserError (exit code 2) if there is none."""
    return use_cache(config.paths.cache, lambda cache, _: _explain(config, options, url, cache))


def _explain(config: Config, options: BuildOptions, url: str, cache: Cache) -> Explanation:
    inputs = scan_inputs(config, options.clock)
    prepared = prepare(config, options.clock, inputs, cache, options.engine, Stopwatch(), quiet)
    pages = prepared.views.pages
    route = route_of(url, config.settings.base)
    page = pages.get(route) or pages.get(route + "/")
    if page is None:
        raise settings_error(
            "no-such-page",
            f"there is no page {route}",
            hint="`newsgen build --dry-run` lists what would be rendered",
        )
    view, copy = prepared.views.view(page), prepared.views.static_file(page)
    parts = parts_of(view, prepared.templates.digest(page.template), prepared.shared)
    before = cache.trace(page.route)
    last, place = prepared.before, prepared.views.all_pages.index(page)
    rendered = dict(zip(last.routes, range(len(last.routes)), strict=True)).get(page.route)
    current = rendered is not None and digest.at(last.pages, rendered) == prepared.digests[place]
    sources = {
        href(config.settings.base, route): path
        for path, route in (*prepared.views.articles(), *prepared.views.plan.plain)
    }

    def shown(part: Part) -> PartOf:
        file = ""
        if part.card or part.field in ("record", "body", "introduction"):
            file = sources.get(part.card.url if part.card else view.url, "")
        elif copy and part.field == "digest":
            file = copy.source
        name = f"{part.field}: {part.card.title}" if part.card else part.field
        return PartOf(name, part.value.hex(), file)

    return Explanation(
        route=page.route,
        template=page.template,
        templates=prepared.templates.files(page.template),
        parts=tuple(map(shown, parts)),
        rendered=before.reason if before else "",
        rendered_at=datetime.fromtimestamp(before.at, UTC) if before else None,
        now="" if current else reason(parts, before.parts if before else None),
        related=tuple(map(_related, view.related)) if isinstance(view, ArticleView) else (),
    )


def _related(pick: Pick) -> str:
    days = count(abs(pick.days), "day") + (" later" if pick.days > 0 else " earlier")
    when = days if pick.days else "the same day"
    topic = f"also on {pick.topic.name}, " if pick.topic else ""
    return f"{pick.card.title} ({topic}{when})"


def route_of(url: str, base: str) -> str:
    """Return the route of a link within the site, with or without its host."""
    path = "/" + composed(unquote(urlsplit(url).path)).lstrip("/")
    path = path.removeprefix(base) if base and path.startswith(base + "/") else path
    return path.removesuffix("index.html")
