"""Options that every command has, before or after its name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from newsgen.core.messages import nearest

if TYPE_CHECKING:
    from newsgen.config.settings import Config
    from newsgen.content.clock import Clock

F = TypeVar("F", bound=Callable[..., Any])
_SITE = (
    click.option(
        "--root",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The site's folder.  [default: the current folder]",
    ),
    click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help=(
            "The settings file. Folders in it stay relative to the root.  [default: "
            "newsgen.yaml in the root]"
        ),
    ),
    click.option(
        "--set",
        "sets",
        multiple=True,
        metavar="KEY=VALUE",
        help=(
            "Change a setting for this run, as in related.limit=5. The value is YAML. Repeatable."
        ),
    ),
    click.option(
        "--cache",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help=(
            "The cache folder. You may delete it at any time: that costs time and changes no "
            "byte of the output.  [default: .newsgen in the root]"
        ),
    ),
    click.option("-q", "--quiet", count=True, help="Print only errors: no warnings, no summary."),
    click.option(
        "-v", "--verbose", count=True, help="Print every problem and the time of each stage."
    ),
)


_CLOCK = (
    click.option("--drafts", is_flag=True, help="Show drafts."),
    click.option("--future", is_flag=True, help="Show articles dated after the build's clock."),
    click.option(
        "--as-of",
        metavar="TIME",
        help=(
            "The clock, which decides what is published, scheduled or expired. A time without"
            " an offset is in the site's zone.  [default: now]"
        ),
    ),
)


class Choice(click.Choice[str]):
    """A choice among words. For a mistyped word, the error suggests the nearest one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the chosen word. Raises click.BadParameter."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            near = nearest(str(value), self.choices)
            self.fail(error.message + (f" Did you mean {near!r}?" if near else ""), param, ctx)


class Common(NamedTuple):
    """The common options, given before or after the command's name."""

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


def clock_options(function: F) -> F:
    """Add the options of commands that show the site at a given time."""
    for option in reversed(_CLOCK):
        function = option(function)
    return function


def output_option(meaning: str) -> Callable[[F], F]:
    """Return the option for the folder of the built site."""
    return click.option(
        "--output",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help=f"{meaning}  [default: the setting output]",
    )


def editions_option(function: F) -> F:
    """Add the option for the folder of editions."""
    meaning = "The folder of all editions.  [default: the setting editions]"
    return click.option("--to", type=click.Path(path_type=Path), metavar="DIR", help=meaning)(
        function
    )


def jobs_option(function: F) -> F:
    """Add the option for the number of worker processes."""
    meaning = "The number of worker processes.  [default: one per processor]"
    return click.option("--jobs", type=click.IntRange(1), metavar="N", help=meaning)(function)


def json_option(meaning: str) -> Callable[[F], F]:
    """Return the option for output as one JSON document."""
    return click.option("--json", "as_json", is_flag=True, help=meaning)


def with_content(config: Config, shown: bool) -> Config:
    """Return the configuration once content in a bucket is copied, and the problems of copying.
    `shown` says whether to show progress. Raises UserError (exit code 3).
    """
    bucket = config.settings.bucket
    if not bucket:
        return config
    from msgspec import structs

    from newsgen.cli.output import Bar
    from newsgen.network.mirror import mirror

    with Bar(shown) as bar:
        found = mirror(bucket, config.paths.content, bar.show)
    return structs.replace(config, problems=(*config.problems, *found))


def make_clock(
    config: Config, drafts: bool, future: bool, as_of: str | None, option: str = "--as-of"
) -> Clock:
    """Return the build's clock. Raises click.UsageError for an invalid time."""
    from newsgen.content.clock import Clock

    if as_of is None:
        return Clock(datetime.now(UTC).replace(microsecond=0), drafts, future)

    from newsgen.content.times import parse_time

    try:
        return Clock(parse_time(as_of, config.settings.zone), drafts, future)
    except ValueError as error:
        raise click.UsageError(f"{option} {as_of}: {error}") from None


def with_common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Pass a command its common options as one value. Those after its name override those before.

    With --json, errors that a user can fix are printed on standard output too.
    """

    @click.pass_context
    @wraps(function)
    def wrapped(ctx: click.Context, /, **options: Any) -> Any:
        above = ctx.parent.params if ctx.parent else {}
        own = {
            name: options.pop(name)
            for name in ("root", "config", "sets", "cache", "quiet", "verbose")
        }

        def pick(name: str) -> Any:
            return own[name] or above.get(name)

        common = Common(
            root=pick("root") or Path(),
            config=pick("config"),
            sets=(*(above.get("sets") or ()), *own["sets"]),
            cache=pick("cache"),
            verbosity=(pick("verbose") or 0) - (pick("quiet") or 0),
        )
        from newsgen.core.problems import UserError

        try:
            return function(common, **options)
        except UserError as error:
            if options.get("as_json"):
                from newsgen.cli.output import print_error_json

                print_error_json(error)
            raise

    return site_options(wrapped)
