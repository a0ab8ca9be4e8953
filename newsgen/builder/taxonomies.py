"""Group stories by the keys in the setting `taxonomies`."""

from __future__ import annotations

from collections.abc import Sequence

from newsgen.builder.labels import NameLabels
from newsgen.builder.route_table import ListRoutes, taxonomy_route
from newsgen.config.settings import Settings
from newsgen.content.slugs import href
from newsgen.core.model import ArticleMeta, Terms
from newsgen.core.site import Taxonomy


class TermLabels:
    """Turns the terms of all visible articles into labels, for each taxonomy of the settings."""

    def __init__(
        self, metas: Sequence[ArticleMeta], places: ListRoutes, settings: Settings
    ) -> None:
        self._settings = settings
        self._terms = [dict(meta.terms) if meta.terms else {} for meta in metas]
        self._labels = {
            key: NameLabels(
                [some.get(key, ()) for some in self._terms],
                places,
                f"{taxonomy_route(key)}{{slug}}/",
                linked=True,
            )
            for key in settings.taxonomies
        }

    def of(self, index: int) -> tuple[Terms, ...]:
        """Return the terms of an article, in the order of the settings."""
        if not self._terms[index]:
            return ()
        return tuple(
            [
                Terms(
                    key,
                    self._settings.taxonomies[key].heading(key),
                    href(self._settings.base, taxonomy_route(key)),
                    labels.labels[index],
                )
                for key, labels in self._labels.items()
                if labels.labels[index]
            ]
        )

    def taxonomies(self) -> tuple[Taxonomy, ...]:
        """Return all taxonomies with their groups."""
        options = self._settings.taxonomies
        return tuple(
            Taxonomy(key, options[key].heading(key), taxonomy_route(key), labels.groups())
            for key, labels in self._labels.items()
        )
