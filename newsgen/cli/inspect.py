"""The commands that show things: `status`, `next-due`, `front`, `why`, `theme` and `config`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from newsgen.cli.options import (
    Choice,
    Common,
    clock_options,
    json_option,
    make_clock,
    with_common,
)
from newsgen.cli.output import SHOWN, echo, print_document, say
from newsgen.config.reader import as_yaml
from newsgen.config.settings import list_settings, load_config
from newsgen.core.messages import count

if TYPE_CHECKING:
    from newsgen.gather.health import FeedHealth
    from newsgen.inspect.status import Status

_ORDER = ("visible", "hidden", "withheld", "left out")
_STATUS_EXAMPLES = """\b
Examples:
  newsgen status
  newsgen status --at 2026-02-01T08:00    show the status at that time
  newsgen status -v                       list every file"""


@click.command(epilog=_STATUS_EXAMPLES)
@click.option(
    "--at",
    metavar="TIME",
    help=("The time to report on. A time without an offset is in the site's zone.  [default: now]"),
)
@json_option("Print the result as one JSON document.")
@with_common
def status_command(common: Common, at: str | None, as_json: bool) -> None:
    """Show which articles are published or withheld and why, the next scheduled change, the live
    edition and the last nightly run.
    """
    from msgspec import to_builtins

    from newsgen.core.engine import default_jobs
    from newsgen.gather.health import health
    from newsgen.inspect.status import status
    from newsgen.publish.editions import Store
    from newsgen.publish.report import last_report

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    found = status(config, make_clock(config, False, False, at, "--at").as_of, default_jobs())
    store = Store(config.paths.editions)
    night, hold = last_report(store), store.hold()
    feeds = health(config, found.at)
    if as_json:
        more = {"live": store.live_name(), "held": hold and hold.since, "last_night": night}
        print_document(to_builtins(found) | more | {"feeds": feeds})
        return
    zone = config.settings.zone

    def shown(time: datetime) -> str:
        return f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"

    every = common.verbosity > 0
    echo(f"at {shown(found.at)}")
    _print_articles(found, shown, every)
    _print_changes(found, shown)
    if store.live_name():
        echo(
            f"the live edition is {store.live_name()[:12]}"
            + (f", held since {shown(hold.since)}" if hold else "")
        )
    if night:
        echo(
            f"the last nightly run ended at {shown(night.ended)}: {night.outcome} (exit code "
            f"{night.exit})"
        )
    _print_feeds(feeds, shown, every)


def _print_articles(found: Status, shown: Callable[[datetime], str], every: bool) -> None:
    """Print how many articles and pages are visible, and those that are not."""
    for name, counts in (("article", found.articles), ("plain page", found.pages)):
        parts = ", ".join(
            f"{n:,} {seen}"
            for seen, n in sorted(counts.items(), key=lambda item: _ORDER.index(item[0]))
        )
        echo(f"{count(sum(counts.values()), name)}" + (f": {parts}" if parts else ""))
    if found.why:
        echo("because " + ", ".join(f"{why} ({n:,})" for why, n in sorted(found.why.items())))
    unseen = sorted(
        (one for one in found.files if one.seen != "visible"),
        key=lambda one: -_ORDER.index(one.seen),
    )
    limit = len(unseen) if every else SHOWN
    for one in unseen[:limit]:
        until = f" until {shown(one.due)}" if one.due else ""
        echo(f"  {one.seen:8}  {one.file}  ({', '.join(one.why)}{until})")
    if len(unseen) > limit:
        echo(f"  ... and {len(unseen) - limit:,} more; -v shows all")


def _print_changes(found: Status, shown: Callable[[datetime], str]) -> None:
    """Print when the site next changes without an edit, and what changes."""
    if not found.due:
        echo("the site does not change without an edit")
        return
    echo(f"the site next changes at {shown(found.due)} without an edit")
    for one in found.changes:
        echo(f"  {one.file} becomes {one.seen}")
    if not found.changes:
        echo("  no article changes visibility; the news sitemap or scheduled updates change")


def _print_feeds(
    feeds: Sequence[FeedHealth], shown: Callable[[datetime], str], every: bool
) -> None:
    if not feeds:
        return
    failing = sum(feed.failures > 0 for feed in feeds)
    echo(f"{count(len(feeds), 'feed')}, {failing:,} failing")
    limit = len(feeds) if every else SHOWN
    for feed in feeds[:limit]:
        echo(_feed_line(feed, shown))
    if len(feeds) > limit:
        echo(f"  ... and {count(len(feeds) - limit, 'more feed')}; -v shows all")


def _feed_line(feed: FeedHealth, shown: Callable[[datetime], str]) -> str:
    """Return how a feed is doing, on one line."""
    last = f"last item {shown(feed.last_item)}" if feed.last_item else "no item yet"
    parts = [last, f"{feed.per_week:g} a week", count(feed.articles, "article")]
    if feed.failures:
        parts.append(f"failed {count(feed.failures, 'time')}: {feed.last_error}")
    elif feed.erred:
        parts.append(f"last error {shown(feed.erred)}: {feed.last_error}")
    if feed.moved:
        parts.append(f"moved to {feed.moved}")
    return f"  {feed.url}  ({'; '.join(parts)})"


@click.command(epilog="\b\nExamples:\n  newsgen next-due\n  newsgen next-due --at 2026-02-01T08:00")
@click.option(
    "--at",
    metavar="TIME",
    help=(
        "The time to start from. A time without an offset is in the site's zone.  [default: now]"
    ),
)
@json_option("Print the result as one JSON document.")
@with_common
def next_due_command(common: Common, at: str | None, as_json: bool) -> None:
    """Print when the site next changes without an edit: a story is due, expires, or leaves the news
    sitemap.

    Prints nothing if there is no such time. A scheduler can sleep until then."""
    from newsgen.core.engine import default_jobs
    from newsgen.inspect.status import status

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    due = status(config, make_clock(config, False, False, at, "--at").as_of, default_jobs()).due
    if as_json:
        print_document({"due": due})
    elif due:
        echo(due.isoformat().replace("+00:00", "Z"))
    else:
        say("the site does not change without an edit")


_FRONT_EXAMPLES = """\b
Examples:
  newsgen front
  newsgen front --as-of 2026-02-01T08:00    list its stories at that time
  newsgen front --json"""


@click.command(epilog=_FRONT_EXAMPLES)
@clock_options
@json_option("Print the result as one JSON document.")
@with_common
def front_command(
    common: Common, drafts: bool, future: bool, as_of: str | None, as_json: bool
) -> None:
    """List the front page's stories, each with its score and the parts of the score."""
    from newsgen.core.engine import default_jobs
    from newsgen.inspect.front_page import front

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    found = front(config, make_clock(config, drafts, future, as_of), default_jobs())
    if as_json:
        print_document(found)
        return
    zone = config.settings.zone
    for n, story in enumerate(found.stories, 1):
        echo(f"{n:2}  {story.title}")
        origin = ", ".join(
            filter(None, (story.source, f"{story.time.astimezone(zone):%Y-%m-%d %H:%M}", story.url))
        )
        echo(f"    {origin}")
        parts = {
            name: getattr(story, name)
            for name in ("heat", "coverage", "quality", "freshness", "picture", "weight")
        }
        told = " ".join(f"{value:+.2f} {name}" for name, value in parts.items() if value)
        echo(f"    {'pinned, ' * story.pinned}{story.score:.2f} = {told or '0'}")
        if story.also:
            more = f" and {len(story.also) - 5} more" if len(story.also) > 5 else ""
            echo(f"    also: {', '.join(story.also[:5])}{more}")
    if not found.stories:
        echo("no stories at that time")


_WHY_EXAMPLES = """\b
Examples:
  newsgen why /topics/ai/
  newsgen why https://wire.example/news/2021-11-19-a-story/ --json"""


@click.command(epilog=_WHY_EXAMPLES)
@click.argument("url")
@clock_options
@json_option("Print the answer as one JSON document.")
@with_common
def why_command(
    common: Common, url: str, drafts: bool, future: bool, as_of: str | None, as_json: bool
) -> None:
    """Show what the page at URL depends on, and why it was last rendered."""
    from newsgen.build.pipeline import BuildOptions
    from newsgen.core.engine import default_jobs, local
    from newsgen.inspect.why import explain

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    clock = make_clock(config, drafts, future, as_of)
    found = explain(config, BuildOptions(clock, local(default_jobs())), url)
    if as_json:
        print_document(found)
        return
    echo(f"{found.route}")
    if found.rendered_at:
        echo(f"  last rendered {found.rendered_at:%Y-%m-%d %H:%M:%S} UTC: {found.rendered}")
    else:
        echo("  never rendered")
    if found.now:
        echo(f"  would be rendered now: {found.now}")
    if found.templates:
        echo(f"  template {found.template}, from the files {', '.join(found.templates)}")
    for part in found.parts:
        echo(f"  {part.digest[:16]}  {part.name}" + (f"  ({part.file})" if part.file else ""))
    for other in found.related:
        echo(f"  related: {other}")


_THEME_EXAMPLES = """\b
Examples:
  newsgen theme list
  newsgen theme eject article.html    copy it to templates/article.html
  newsgen theme diff                  show what the site's templates change
  newsgen theme use brief             use another theme"""


@click.command(epilog=_THEME_EXAMPLES)
@click.argument("action", type=Choice(["list", "eject", "diff", "use"]))
@click.argument("name", required=False)
@json_option("Print the list as one JSON document.")
@with_common
def theme_command(common: Common, action: str, name: str | None, as_json: bool) -> None:
    """List the templates, copy one from the theme into the site, compare the site's with the
    theme's, or use another theme.

    `diff` without NAME compares all templates that the site replaces. `use` writes the setting
    `theme.name`; the themes are `default` and `brief`.
    """
    from newsgen.inspect import theme

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    if action == "use":
        from newsgen.inspect.theme_setting import use_theme

        if not name:
            raise click.UsageError("use needs the NAME of a theme: default or brief")
        use_theme(config.paths.config, name)
        say(f"{config.paths.config} now says  theme.name: {name}")
        return
    if action == "eject":
        if not name:
            raise click.UsageError(
                "eject needs the NAME of a template; `newsgen theme list` lists them"
            )
        say(
            f"{theme.eject(config, name)} was copied from the theme; `newsgen theme diff {name}` "
            "shows your changes"
        )
        return
    if name and action == "list":
        raise click.UsageError("list takes no NAME")
    listed = [] if name else theme.list_templates(config)
    if action == "diff":
        for changed in (
            [name] if name else [one.name for one in listed if one.state.startswith("replaced")]
        ):
            echo(theme.diff(config, changed), nl=False)
    elif as_json:
        print_document(listed)
    else:
        width = max(len(one.name) for one in listed)
        for one in listed:
            echo(
                f"{one.name:{width}}  {one.state}"
                + (f"  ({one.file})" if one.state != "theme" else "")
            )


_CONFIG_EXAMPLES = """\b
Examples:
  newsgen config
  newsgen config related
  newsgen config url --json"""


@click.command(epilog=_CONFIG_EXAMPLES)
@click.argument("key", required=False, default="")
@json_option("Print the list as one JSON document.")
@with_common
def config_command(common: Common, key: str, as_json: bool) -> None:
    """List the settings with their values and where each comes from: the default, a line of the
    file, or --set.

    KEY limits the list to that setting or group.
    """
    found = list_settings(common.root, common.config, common.sets, key)
    if as_json:
        print_document(found)
        return
    width = max(len(one.key) for one in found)
    for one in found:
        echo(f"{one.key:{width}}  {as_yaml(one.value)}  ({one.origin})")
