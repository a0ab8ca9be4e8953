"""Plan the stylesheet made from the settings `theme.*`."""

from __future__ import annotations

from collections.abc import Iterator

from newsgen.pages.base import Page, PlanContext, View
from newsgen.pages.stylesheet import theme_css, theme_route


class StyleView(View, frozen=True, array_like=True, gc=False):
    """The stylesheet that the settings make."""

    text: str
    """The stylesheet."""


def plan_theme(planning: PlanContext) -> Iterator[Page]:
    """Plan the stylesheet, if the settings make one."""
    css = theme_css(planning.settings.theme, planning.settings.base)
    if css:
        route = theme_route(css)
        view = StyleView(planning.href(route), "Theme", css)
        yield Page(route, "theme.css", view, immutable=True)
