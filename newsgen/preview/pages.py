"""The preview's own pages: all problems, and all routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from newsgen.content.slugs import href
from newsgen.preview.session import PreviewSession

_SHOWN = 300


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string((Path(__file__).parent / "tools.html").read_text("utf-8"))


def show_problems(preview: PreviewSession, problems: Sequence[Mapping[str, Any]]) -> str:
    """Render the page of all problems, with links to their places."""
    return _template().render(
        title="Problems", home=_home(preview), problems=problems, total=len(preview.problems())
    )


def show_pages(preview: PreviewSession, wanted: str, edit: Callable[[str], str]) -> str:
    """Render the list of routes whose address, file or template contains all wanted words.

    Ignores case.
    """
    words, found, total = wanted.casefold().split(), [], 0
    views, base = preview.state.prepared.views, preview.state.config.settings.base
    for route, page in views.pages.items():
        file = views.file_of(page)
        text = f"{route} {file} {page.template}".casefold()
        if all(word in text for word in words):
            total += 1
            if total <= _SHOWN:
                place = preview.state.from_root(file)
                view = views.view(page)
                title = getattr(view, "title", "")
                found.append(
                    (
                        route,
                        href(base, route),
                        title,
                        page.template,
                        place,
                        edit(place),
                        preview.state.badge(file),
                    )
                )
    return _template().render(
        title="Pages", home=_home(preview), pages=found, total=total, wanted=wanted
    )


def _home(preview: PreviewSession) -> str:
    return preview.state.config.settings.base + "/"
