"""`newsgen publish`, and the output of commands that publish."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsgen.cli.options import Common, with_common
from newsgen.cli.report import print_document, print_problems, say
from newsgen.config.settings import Config, load_config
from newsgen.core.messages import count
from newsgen.core.problems import as_mapping

if TYPE_CHECKING:
    from newsgen.publish.publish import Published

_EXAMPLES = """\b
Examples:
  newsgen publish                          as a new edition in ./editions
  newsgen publish --dry-run                what would change, and where
  newsgen publish --to /srv/www/wire       a host serves /srv/www/wire/current
  newsgen publish --target rsync://host.example/wire/
  newsgen publish --release                after a rollback: lift its hold
  newsgen publish --purge https://wire.example/news/tide-gates/"""
_SHOWN = 5


def editions_option(function: Any) -> Any:
    """Add the option that names the folder of editions."""
    meaning = "The folder of all editions.  [default: the setting editions]"
    return click.option("--to", type=click.Path(path_type=Path), metavar="DIR", help=meaning)(
        function
    )


@click.command(epilog=_EXAMPLES)
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
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="How many processes.  [default: one a processor]",
)
@click.option(
    "--wait", is_flag=True, help="Wait where another run holds the output or the editions."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was done as one JSON document.")
@with_common
def command(
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
    show(done, config, common, as_json)
    return exit_code(done)


def show(done: Published, config: Config, common: Common, as_json: bool) -> None:
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
