"""Find the addresses that a site assigns to imported files."""

from __future__ import annotations

from newsgen.build.inputs import Stopwatch, scan_inputs
from newsgen.build.prepare import prepare
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.core.engine import local
from newsgen.core.progress import Progress
from newsgen.store.cache import Cache
from newsgen.store.open_cache import use_cache


def planned_routes(
    config: Config, clock: Clock, jobs: int, progress: Progress
) -> tuple[dict[str, str], set[str]]:
    """Plan the site, and return the route of each article and plain page by the path of its file,
    and the routes of all pages.
    """

    def routes(cache: Cache, _: object) -> tuple[dict[str, str], set[str]]:
        inputs = scan_inputs(config, clock)
        prepared = prepare(config, clock, inputs, cache, local(jobs), Stopwatch(), progress)
        views = prepared.views
        files = dict(views.articles()) | dict(views.plan.plain)
        return files, {page.route for page in views.plan.pages} | set(files.values())

    return use_cache(config.paths.cache, routes)
