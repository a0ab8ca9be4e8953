"""Background checks of the preview: templates of closed pages, and links in all bodies."""

from __future__ import annotations

from collections.abc import Iterator

from newsgen.build.prepare import Prepared
from newsgen.builder.route_table import output_path
from newsgen.check.site_check import BodyLink, broken_links, failing, links_of
from newsgen.config.settings import Config
from newsgen.core.problems import Problem
from newsgen.render.renderer import Articles, Renderer

_BATCH = 100


class Around:
    """The problems found in the background. `templates` are those of failing templates."""

    def __init__(self) -> None:
        # By record key, so that each body is searched once.
        self._links: dict[bytes, tuple[str, ...]] = {}
        self._broken: list[Problem] = []
        self.forget_templates()

    def forget_templates(self) -> None:
        """Forget the problems of templates, because the templates changed."""
        self.templates: list[Problem] = []
        self._unchecked = True

    def problems(self) -> list[Problem]:
        """Return all problems found."""
        return [*self.templates, *self._broken]

    def steps(
        self, prepared: Prepared, config: Config, renderer: Renderer, articles: Articles
    ) -> Iterator[bool]:
        """Check changed templates and all links in bodies, a little at each step.

        Raises CacheDamaged.
        """
        if self._unchecked:
            found: list[Problem] = []
            for problem in failing(prepared, renderer):
                found += [problem] if problem else []
                yield True
            self.templates, self._unchecked = found, False
        links: list[BodyLink] = []
        files, known = prepared.files, prepared.views.plan.links
        stories = [(path, route, files[path].key) for path, route in prepared.views.articles()]
        for start in range(0, len(stories), _BATCH):
            batch = stories[start : start + _BATCH]
            unknown = {key for _, _, key in batch} - self._links.keys()
            self._links |= (
                {key: tuple(links_of(article.body)) for key, article in articles(unknown).items()}
                if unknown
                else {}
            )
            links += [
                BodyLink(link, known.get(path, {}).get(link, link), path, output_path(route))
                for path, route, key in batch
                for link in self._links[key]
            ]
            yield True
        for path, route in prepared.views.plan.plain:
            page = files[path].page
            links += [
                BodyLink(link, known.get(path, {}).get(link, link), path, output_path(route))
                for link in links_of(page.body if page else "")
            ]
        self._broken = broken_links(links, prepared, config, renderer)
