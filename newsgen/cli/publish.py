"""The commands `publish`, `rollback`, `editions` and `diff`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsgen.cli.options import (
    Common,
    editions_option,
    jobs_option,
    json_option,
    with_common,
)
from newsgen.cli.output import SHOWN, echo, print_document, print_problems, say
from newsgen.config.settings import Config, load_config
from newsgen.core.messages import count
from newsgen.core.problems import as_mapping

if TYPE_CHECKING:
    from newsgen.publish.publish import Published


_PUBLISH_EXAMPLES = """\b
Examples:
  newsgen publish                          as a new edition in ./editions
  newsgen publish --dry-run                what would change, and where
  newsgen publish --to /srv/www/wire       a host serves /srv/www/wire/current
  newsgen publish --target rsync://host.example/wire/
  newsgen publish --release                after a rollback: lift its hold
  newsgen publish --purge https://wire.example/news/tide-gates/"""
_SHOWN = 5


@click.command(epilog=_PUBLISH_EXAMPLES)
@editions_option
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="ADDRESS",
    help="Send it there too.  [default: the setting publish.targets]",
)
@click.option(
    "--keep",
    type=click.IntRange(2),
    metavar="N",
    help="How many editions are kept.  [default: the setting publish.keep]",
)
@click.option(
    "--max-deletes",
    type=click.IntRange(0),
    metavar="N",
    help="How many files may be removed at a target.",
)
@click.option(
    "--purge",
    multiple=True,
    metavar="URL",
    help="Take this page out of all kept editions; publish nothing.",
)
@click.option("--release", is_flag=True, help="Lift the hold of a rollback.")
@click.option(
    "--strict",
    is_flag=True,
    help="Stop where guards name articles, instead of publishing without these.",
)
@click.option("--force", is_flag=True, help="Publish although guards say no.")
@click.option(
    "--dry-run", is_flag=True, help="Only tell what would change, and what would be sent."
)
@jobs_option
@click.option(
    "--wait", is_flag=True, help="Wait where another run holds the output or the editions."
)
@json_option("Print what was done as one JSON document.")
@with_common
def publish_command(
    common: Common,
    to: Path | None,
    targets: tuple[str, ...],
    purge: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> int:
    """Publish the built site: all of it at once, or nothing.

    The site becomes an edition in a folder of its own, and the link `current` leads to it from one
    moment to the next."""
    from newsgen.core.engine import default_jobs
    from newsgen.publish.publish import PublishOptions, exit_code, now, publish
    from newsgen.publish.rollback import purge as take_out

    given = {
        "publish.keep": options["keep"],
        "publish.max_deletes": options["max_deletes"],
        "publish.targets": targets or None,
    }
    sets = [f"{key}={json.dumps(value)}" for key, value in given.items() if value is not None]
    config = load_config(common.root, common.config, (*common.sets, *sets), None, common.cache, to)
    if purge:
        done = take_out(config, purge)
    else:
        flags = {name: options[name] for name in ("wait", "dry_run", "force", "release", "strict")}
        done = publish(config, PublishOptions(now(), options["jobs"] or default_jobs(), **flags))
    _show(done, config, common, as_json)
    return exit_code(done)


def _show(done: Published, config: Config, common: Common, as_json: bool) -> None:
    """Print the result: as JSON on standard output, or for people on standard error."""
    from msgspec import to_builtins

    from newsgen.publish.diff import lines, summary

    print_problems(done.problems, config.paths.root, common.verbosity)
    if as_json:
        print_document(to_builtins(done) | {"problems": list(map(as_mapping, done.problems))})
    elif common.verbosity >= 0:
        if done.difference:
            for line in lines(
                done.difference, _SHOWN if common.verbosity < 1 else len(done.difference.urls)
            ):
                say(f"  {line}")
            say(summary(done.difference))
        for one in done.sent:
            say(f"{one.target}: {count(one.files, 'file')} sent, {one.removed:,} removed")
        if done.left_out:
            say(f"guards kept {count(len(done.left_out), 'article')} out of the edition")
        state = (
            "not published, still live is"
            if done.stopped
            else "live is now"
            if done.published
            else "live is"
        )
        say(
            f"{state} {done.edition[:12] or 'nothing'}, {sum(done.seconds.values()):.2f} s -> "
            f"{config.paths.editions / 'current'}"
        )


_ROLLBACK_EXAMPLES = """\b
Examples:
  newsgen rollback                 to the edition before the live one
  newsgen rollback 3f9a            to the one whose name begins so
  newsgen publish --release        publish again"""


@click.command(epilog=_ROLLBACK_EXAMPLES)
@click.argument("edition", default="")
@editions_option
@click.option("--withheld", is_flag=True, help="Although it shows articles that are withheld now.")
@json_option("Print what was done as one JSON document.")
@with_common
def rollback_command(
    common: Common, edition: str, to: Path | None, withheld: bool, as_json: bool
) -> int:
    """Make an earlier edition live again, and hold it:

    nothing is published over it until `newsgen publish --release`.
    """
    from newsgen.publish.publish import exit_code, now
    from newsgen.publish.rollback import rollback

    config = load_config(common.root, common.config, common.sets, None, common.cache, to)
    done, missing = rollback(config, edition, now(), withheld)
    _show(done, config, common, as_json)
    if missing and common.verbosity >= 0:
        say(
            f"{count(len(missing), 'article')} of it no longer in the content folder, such as "
            f"{missing[0]}"
        )
    return exit_code(done)


@click.command(epilog="\b\nExamples:\n  newsgen editions\n  newsgen editions --json")
@editions_option
@json_option("Print them as one JSON document.")
@with_common
def editions_command(common: Common, to: Path | None, as_json: bool) -> None:
    """List the editions that are kept, the last published first: name, date, size,
    what it changed.
    """
    from msgspec import to_builtins

    from newsgen.publish.editions import Store

    config = load_config(common.root, common.config, common.sets, None, common.cache, to)
    store = Store(config.paths.editions)
    live, hold, kept = store.live_name(), store.hold(), store.heads()
    if as_json:
        held = hold.edition if hold else ""
        print_document(
            [
                to_builtins(one) | {"live": one.name == live, "held": one.name == held}
                for one in kept
            ]
        )
        return
    for one in kept:
        state = "held" if hold and one.name == hold.edition else "live" if one.name == live else ""
        when = one.published.astimezone(config.settings.zone)
        echo(
            f"{one.name[:12]}  {when:%Y-%m-%d %H:%M}  {one.size / 1e6:8,.1f} MB  {state:4}  "
            f"{one.change}"
        )
    if not kept:
        echo(f"{count(0, 'edition')} in {store.folder}; `newsgen publish` makes one")


_DIFF_EXAMPLES = """\b
Examples:
  newsgen diff                     what the live edition changed
  newsgen diff 3f9a                what changed from that one to the live one
  newsgen diff 3f9a 81c0           from the first to the second
  newsgen diff --urls              what a CDN is to forget, one address a line"""


@click.command(epilog=_DIFF_EXAMPLES)
@click.argument("before", default="")
@click.argument("after", default="")
@editions_option
@click.option("--urls", is_flag=True, help="Only the addresses of all changed files, one a line.")
@json_option("Print it as one JSON document.")
@with_common
def diff_command(
    common: Common, before: str, after: str, to: Path | None, urls: bool, as_json: bool
) -> None:
    """Tell what changed from one edition to another:

    stories that are new, gone, corrected, edited, moved; pictures; addresses.
    """
    from newsgen.core.problems import settings_error
    from newsgen.publish.diff import compare, lines, summary
    from newsgen.publish.editions import Store

    config = load_config(common.root, common.config, common.sets, None, common.cache, to)
    store = Store(config.paths.editions)
    second = store.find(after) if after else store.live()
    if second is None:
        raise settings_error(
            "no-such-edition", "no edition is live", hint="`newsgen publish` makes one"
        )
    earlier = before or next(
        (head.name for head in store.heads() if head.serial < second.serial), ""
    )
    first = store.find(earlier) if earlier else None
    found = compare(first, second, config.settings.url, config.settings.base)
    if as_json:
        print_document(found)
    elif urls:
        echo("\n".join(found.urls))
    else:
        for line in (
            *lines(found, SHOWN if common.verbosity < 1 else len(found.urls)),
            summary(found),
        ):
            echo(line)
