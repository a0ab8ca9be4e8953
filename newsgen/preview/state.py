"""The site as the preview serves it at one moment."""

from __future__ import annotations

import os
from array import array
from typing import Any, NamedTuple

import msgspec

from newsgen.build.incremental import Snapshot
from newsgen.build.prepare import Prepared
from newsgen.config.settings import Config
from newsgen.core import digest
from newsgen.core.model import ArticleMeta
from newsgen.render.renderer import Articles, Parts, Renderer
from newsgen.store.cache import Cache

_meta_decoder = msgspec.msgpack.Decoder(ArticleMeta)


class State(NamedTuple):
    """The site at one moment.

    `tag` is the digest of all templates, and `shared` is everything that compiled templates depend
    on.
    """

    config: Config
    site: Snapshot
    renderer: Renderer
    tag: str
    shared: tuple[Any, ...]

    @property
    def prepared(self) -> Prepared:
        """The prepared site."""
        return self.site.prepared

    def from_root(self, file: str) -> str:
        """Return a path below the content folder relative to the root."""
        paths = self.config.paths
        return f"{os.path.relpath(paths.content, paths.root)}/{file}" if file else ""

    def badges(self, route: str) -> dict[str, str]:
        """Return the badges of a page, by the link of the story. The page's own badge is at ""."""
        views = self.prepared.views
        page = views.pages.get(route)
        if page is None:
            return {}
        stories = set(array("i", page.cards))
        paths = {views.card(ref).url: views.plan.paths[ref] for ref in stories}
        paths[""] = views.file_of(page)
        return {link: badge for link, path in paths.items() if (badge := self.badge(path))}

    def badge(self, path: str) -> str:
        """Return `draft` or `scheduled` for a file that only the preview shows, else ""."""
        file = self.prepared.files.get(path)
        if file is None or not file.article_digest:
            return "draft" if file and file.page and file.page.draft else ""
        meta = _meta_decoder.decode(file.meta)
        if meta.draft:
            return "draft"
        return "scheduled" if meta.time > self.site.clock.as_of else ""


def state_of(
    config: Config,
    site: Snapshot,
    articles: Articles,
    parts: Parts,
    cache: Cache,
    before: State | None,
) -> State:
    """Return the state of a site. Compiled templates of the previous state are reused if they are
    still valid.
    """
    templates, views = site.prepared.templates, site.prepared.views
    texts = sorted((name, template.text) for name, template in templates.by_name.items())
    tag = digest.of_text(*(part for one in texts for part in one)).hex()
    shared = (tag, config.settings, views.plan.navigation, templates.assets, views.media)
    if before and before.shared == shared:
        renderer = before.renderer.with_pages(views)
    else:
        renderer = Renderer(templates, config.settings, views, articles, cache.folder, cache, parts)
    return State(config, site, renderer, tag, shared)
