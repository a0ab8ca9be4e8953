"""The stylesheet that the settings `theme.*` make."""

from __future__ import annotations

from collections.abc import Iterator

from newsgen.builder.look import theme_css, theme_route
from newsgen.pages.base import Page, Planning, View


class StyleView(View, frozen=True, array_like=True, gc=False):
    """A stylesheet, whole."""

    text: str


def plan_theme(planning: Planning) -> Iterator[Page]:
    """The stylesheet, where the settings make one."""
    css = theme_css(planning.settings.theme, planning.settings.base)
    if css:
        route = theme_route(css)
        yield Page(route, "theme.css", StyleView(planning.href(route), "Theme", css))
