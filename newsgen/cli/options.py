"""Options that every command has, before or after its name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
_SITE = (
    click.option("--root", type=click.Path(path_type=Path), metavar="DIR", help="The site's folder.  [default: this folder]"),
    click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="The settings.  [default: newsgen.yaml in the root]"),
    click.option("--set", "sets", multiple=True, metavar="KEY=VALUE", help="A setting for this run, as in --set related.limit=5."),
    click.option("--cache", type=click.Path(path_type=Path), metavar="DIR", help="The cache.  [default: .newsgen in the root]"),
    click.option("-q", "--quiet", count=True, help="Say only what is wrong."),
    click.option("-v", "--verbose", count=True, help="Say more: every problem, the time of each stage."),
)


class Common(NamedTuple):
    """The options of `newsgen` itself and of the command, taken together."""

    root: Path
    config: Path | None
    sets: tuple[str, ...]
    cache: Path | None
    verbosity: int


def site_options(function: F) -> F:
    """Add the options that every command has."""
    for option in reversed(_SITE):
        function = option(function)
    return function


def with_common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its common options as one value; those after its name win over those before.

    With --json, what a user can put right is told on standard output too.
    """

    @click.pass_context
    @wraps(function)
    def wrapped(ctx: click.Context, /, **options: Any) -> Any:
        above = ctx.parent.params if ctx.parent else {}
        own = {name: options.pop(name) for name in ("root", "config", "sets", "cache", "quiet", "verbose")}

        def pick(name: str) -> Any:
            return own[name] or above.get(name)

        common = Common(
            root=pick("root") or Path(),
            config=pick("config"),
            sets=(*(above.get("sets") or ()), *own["sets"]),
            cache=pick("cache"),
            verbosity=(pick("verbose") or 0) - (pick("quiet") or 0),
        )
        from newsgen.problems import UserError

        try:
            return function(common, **options)
        except UserError as error:
            if options.get("as_json"):
                from newsgen.cli.report import print_error_json

                print_error_json(error)
            raise

    return site_options(wrapped)
