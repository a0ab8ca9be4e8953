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
  newsgen publish                          publish a new edition in ./editions
  newsgen publish --dry-run                show what would change, and where
  newsgen publish --to /srv/www/wire       for a host that serves /srv/www/wire/current
  newsgen publish --target rsync://host.example/wire/
  newsgen publish --target s3://bucket/wire --dry-run -v
  newsgen publish --release                publish again after a rollback
  newsgen publish --purge https://wire.example/news/tide-gates/"""
_SHOWN = 5


@click.command(epilog=_PUBLISH_EXAMPLES)
@editions_option
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="ADDRESS",
    help=("Send the edition there. Repeatable.  [default: the setting publish.targets]"),
)
@click.option(
    "--keep",
    type=click.IntRange(2),
    metavar="N",
    help="The number of editions to keep.  [default: the setting publish.keep]",
)
@click.option(
    "--max-deletes",
    type=click.IntRange(0),
    metavar="N",
    help=("The most files to remove at a target.  [default: the setting publish.max_deletes]"),
)
@click.option(
    "--purge",
    multiple=True,
    metavar="URL",
    help=(
        "Publish nothing. Remove this page or file from all kept editions and from the "
        "targets. Repeatable."
    ),
)
@click.option("--release", is_flag=True, help="Lift the hold of a rollback.")
@click.option(
    "--strict",
    is_flag=True,
    help="Stop if a guard rejects articles, instead of publishing without them.",
)
@click.option(
    "--force", is_flag=True, help="Publish even if guards object, and allow purged pages again."
)
@click.option(
    "--dry-run",
    is_flag=True,
    help=(
        "Publish nothing: show what would change and how much would be sent; for an "
        "object store each request with its headers (all of them with -v)."
    ),
)
@click.option(
    "--verify-remote",
    is_flag=True,
    help=(
        "Do not trust the manifests of targets. Object stores are listed and read, and files that "
        "differ are sent; other targets are offered every file."
    ),
)
@jobs_option
@click.option("--wait", is_flag=True, help="Wait if another run holds the output or the editions.")
@json_option("Print the result as one JSON document.")
@with_common
def publish_command(
    common: Common,
    to: Path | None,
    targets: tuple[str, ...],
    purge: tuple[str, ...],
    as_json: bool,
    **options: Any,
) -> int:
    """Publish the built site in one step: all of it, or nothing.

    The site becomes an edition in its own folder, and the link `current` switches to it."""
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
        names = ("wait", "dry_run", "force", "release", "strict", "verify_remote")
        flags = {name: options[name] for name in names}
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
            shown = one.requests[: None if common.verbosity > 0 else _SHOWN]
            for request in shown:
                headers = "".join(f"  {name}: {value}" for name, value in request.headers.items())
                say(f"  {request.method} {request.path}{headers}")
            if len(shown) < len(one.requests):
                say(f"  and {len(one.requests) - len(shown):,} more (-v shows all)")
        if done.left_out:
            say(f"guards left {count(len(done.left_out), 'article')} out of the edition")
        state = (
            "not published; the live edition is still"
            if done.stopped
            else "the live edition is now"
            if done.published
            else "the live edition is"
        )
        say(
            f"{state} {done.edition[:12] or 'nothing'}, {sum(done.seconds.values()):.2f} s -> "
            f"{config.paths.editions / 'current'}"
        )


_ROLLBACK_EXAMPLES = """\b
Examples:
  newsgen rollback                 return to the edition before the live one
  newsgen rollback 3f9a            return to the edition whose name starts with 3f9a
  newsgen publish --release        publish again afterwards"""


@click.command(epilog=_ROLLBACK_EXAMPLES)
@click.argument("edition", default="")
@editions_option
@click.option(
    "--withheld", is_flag=True, help="Allow an edition that shows articles withheld since."
)
@json_option("Print the result as one JSON document.")
@with_common
def rollback_command(
    common: Common, edition: str, to: Path | None, withheld: bool, as_json: bool
) -> int:
    """Make an earlier edition live again, and hold it.

    Nothing else is published until `newsgen publish --release`.
    """
    from newsgen.publish.publish import exit_code, now
    from newsgen.publish.rollback import rollback

    config = load_config(common.root, common.config, common.sets, None, common.cache, to)
    done, missing = rollback(config, edition, now(), withheld)
    _show(done, config, common, as_json)
    if missing and common.verbosity >= 0:
        say(
            f"the edition has {count(len(missing), 'article')} that the content folder lacks, such "
            f"as {missing[0]}"
        )
    return exit_code(done)


@click.command(epilog="\b\nExamples:\n  newsgen editions\n  newsgen editions --json")
@editions_option
@json_option("Print the list as one JSON document.")
@with_common
def editions_command(common: Common, to: Path | None, as_json: bool) -> None:
    """List the kept editions, newest first: name, date, size and changes."""
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
        echo(f"{count(0, 'edition')} in {store.folder}; `newsgen publish` creates one")


_DIFF_EXAMPLES = """\b
Examples:
  newsgen diff                     show what the live edition changed
  newsgen diff 3f9a                compare 3f9a with the live edition
  newsgen diff 3f9a 81c0           compare 3f9a with 81c0
  newsgen diff --urls              list the URLs to purge from a CDN, one per line"""


@click.command(epilog=_DIFF_EXAMPLES)
@click.argument("before", default="")
@click.argument("after", default="")
@editions_option
@click.option(
    "--urls",
    is_flag=True,
    help=(
        "Print only the addresses of all files that are new, changed or gone, one per "
        "line: exactly what a CDN must purge."
    ),
)
@json_option("Print the result as one JSON document.")
@with_common
def diff_command(
    common: Common, before: str, after: str, to: Path | None, urls: bool, as_json: bool
) -> None:
    """Show what changed between two editions.

    Lists stories that are new, removed, corrected, edited or moved, and counts images and files.
    """
    from newsgen.core.problems import settings_error
    from newsgen.publish.diff import compare, lines, summary
    from newsgen.publish.editions import Store

    config = load_config(common.root, common.config, common.sets, None, common.cache, to)
    store = Store(config.paths.editions)
    second = store.find(after) if after else store.live()
    if second is None:
        raise settings_error(
            "no-such-edition", "no edition is live", hint="`newsgen publish` creates one"
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
