"""The command `gather`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from newsgen.cli.options import Common, jobs_option, json_option, with_common
from newsgen.cli.output import SHOWN, Bar, echo, print_document, print_problems, say
from newsgen.config.settings import Config, load_config
from newsgen.core.messages import count
from newsgen.core.problems import UserError, as_mapping, settings_error

if TYPE_CHECKING:
    from newsgen.gather.gather import Gathered

_EXAMPLES = """\b
Examples:
  newsgen gather                           write an article for each new item
  newsgen gather --dry-run                 list them, and write nothing
  newsgen gather --opml-in reader.opml     add a feed reader's feeds to feeds.yaml
  newsgen gather --opml-out feeds.opml     write the feeds as OPML"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "--dry-run", is_flag=True, help="Write nothing. List the articles that would be written."
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also request feeds that failed and are to be retried later.",
)
@click.option(
    "--opml-in",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help=(
        "Add the feeds of an OPML file to the end of feeds.yaml, with their folders as "
        "topics, and do nothing else."
    ),
)
@click.option(
    "--opml-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the feeds to an OPML file, and do nothing else.",
)
@jobs_option
@json_option("Print the result as one JSON document.")
@with_common
def gather_command(
    common: Common,
    dry_run: bool,
    everything: bool,
    opml_in: Path | None,
    opml_out: Path | None,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Write an article for each new item of the feeds in feeds.yaml.

    A feed that fails is a warning and stops nothing."""
    from newsgen.core.engine import default_jobs
    from newsgen.gather.gather import gather

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    if opml_in or opml_out:
        done = _exchange(config, opml_in, opml_out)
        if as_json:
            print_document(done)
        elif common.verbosity >= 0:
            say(f"{count(done['feeds'], 'feed')} {'added' if opml_in else 'written'}")
        return
    with Bar(common.verbosity >= 0 and not as_json) as bar:
        found = gather(
            config,
            datetime.now(UTC),
            jobs or default_jobs(),
            bar.show,
            everything,
            dry_run,
        )
    print_problems(found.problems, config.paths.root, common.verbosity)
    if as_json:
        told = {name: getattr(found, name) for name in found.__struct_fields__}
        print_document(told | {"problems": list(map(as_mapping, found.problems))})
        return
    limit = len(found.files) if common.verbosity > 0 else SHOWN
    if dry_run or common.verbosity > 0:
        for one in found.files[:limit]:
            echo(f"{one.action:7}  {one.file}  ({one.title})")
        if len(found.files) > limit:
            echo(f"... and {count(len(found.files) - limit, 'more file')}; -v shows all")
    if common.verbosity >= 0:
        say(_told(found) + (", nothing written" if dry_run else ""))


def _told(found: Gathered) -> str:
    parts = [
        f"{found.asked:,} requested ({found.unchanged:,} unchanged, {found.failed:,} failed)",
        f"{found.number('new'):,} new, {found.number('updated'):,} updated, "
        f"{found.number('kept'):,} edited here and kept",
    ]
    rest = {
        "removed": found.number("removed"),
        "unwanted": found.unwanted,
        "too old": found.old,
        "waiting": found.waiting,
        "without a title": found.untitled,
        "skipped in a first run": found.skipped,
    }
    parts += [f"{number:,} {name}" for name, number in rest.items() if number]
    if found.resting:
        parts.append(f"{count(found.resting, 'feed')} to retry later")
    return f"{count(found.feeds, 'feed')}: " + "; ".join(parts)


def _exchange(config: Config, opml_in: Path | None, opml_out: Path | None) -> dict[str, int]:
    """Add the feeds of an OPML file to feeds.yaml, or write them to one; return their number."""
    from newsgen.core.atomic import replace_file
    from newsgen.gather.feeds_file import add_feeds, load_feeds
    from newsgen.gather.opml import read_opml, write_opml

    if opml_in and opml_out:
        raise click.UsageError("--opml-in and --opml-out exclude each other")
    try:
        if opml_in:
            return {"feeds": add_feeds(config, read_opml(opml_in.read_bytes()))}
        assert opml_out
        feeds = load_feeds(config).rules
        replace_file(opml_out, write_opml(config.settings.title, feeds))
        return {"feeds": len(feeds)}
    except OSError as error:
        code = "unreadable-file" if opml_in else "cannot-write"
        raise UserError(
            settings_error(code, f"{error.filename}: {error.strerror}").problem, 3
        ) from None
