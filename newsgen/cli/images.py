"""The command `images`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from newsgen.cli.options import (
    Choice,
    Common,
    jobs_option,
    json_option,
    make_clock,
    with_common,
)
from newsgen.cli.output import SHOWN, Bar, echo, print_document, print_problems, say
from newsgen.config.settings import load_config
from newsgen.core.messages import count
from newsgen.core.problems import Problem, as_mapping

if TYPE_CHECKING:
    from newsgen.images.fetch import Report
    from newsgen.inspect.images import ImageStatus, Pruned


_EXAMPLES = """\b
Examples:
  newsgen images fetch                          download new and changed images
  newsgen images fetch --all                    request all, also those that failed
  newsgen images status                         show numbers, sizes and failing hosts
  newsgen images prune                          list images that no article uses
  newsgen images prune --keep-days 30 --delete  delete those older than 30 days"""


@click.command(epilog=_EXAMPLES)
@click.argument("action", type=Choice(["fetch", "status", "prune"]))
@click.option(
    "--all", "everything", is_flag=True, help="fetch: also request fresh and failed images."
)
@click.option(
    "--keep-days",
    type=click.FloatRange(0),
    default=0,
    metavar="N",
    help=("prune: keep what was downloaded or requested in the last N days.  [default: 0]"),
)
@click.option(
    "--delete", is_flag=True, help="prune: delete the files instead of only listing them."
)
@jobs_option
@json_option("Print the result as one JSON document.")
@with_common
def images_command(
    common: Common,
    action: str,
    everything: bool,
    keep_days: float,
    delete: bool,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Download remote images, show their status, or delete unused ones.

    Images are stored in the folder of the setting `media`. A failed download is a warning and stops
    nothing."""
    from newsgen.core.engine import default_jobs
    from newsgen.inspect import images

    if (everything and action != "fetch") or ((keep_days or delete) and action != "prune"):
        raise click.UsageError(f"{action} does not take these options; see `newsgen images --help`")
    config = load_config(common.root, common.config, common.sets, None, common.cache)
    clock, jobs = make_clock(config, False, False, None), jobs or default_jobs()
    with Bar(common.verbosity >= 0 and not as_json) as bar:
        found: Report | ImageStatus | Pruned
        problems: tuple[Problem, ...] = ()
        if action == "fetch":
            found = fetched = images.fetch(config, clock, jobs, bar.show, everything)
        elif action == "prune":
            found = pruned = images.prune(config, clock, keep_days, delete, jobs, bar.show)
        else:
            found = standing = images.status(config)
            problems = images.missing(config, clock, jobs, bar.show)
    if action == "fetch":
        problems = fetched.problems
    print_problems(problems, config.paths.root, common.verbosity)
    if as_json:
        told = {name: getattr(found, name) for name in found.__struct_fields__}
        print_document(
            told if action == "prune" else told | {"problems": list(map(as_mapping, problems))}
        )
    elif action == "status":
        _print_status(standing, common.verbosity)
    elif common.verbosity >= 0:
        say(_told(fetched) if action == "fetch" else _removed(pruned, delete))


def _told(report: Report) -> str:
    parts = [
        f"{report.fetched:,} fetched ({_size(report.bytes)})",
        f"{report.unchanged:,} unchanged",
        f"{report.failed:,} failed",
    ]
    parts += [
        f"{report.fresh:,} fresh",
        f"{report.waiting:,} to retry later",
        f"{report.left:,} left",
    ]
    return f"{count(report.wanted, 'image')}: " + ", ".join(parts)


def _removed(pruned: Pruned, delete: bool) -> str:
    originals = (
        f"{count(pruned.originals, 'original')} ({_size(pruned.bytes)}) and "
        f"{count(len(pruned.urls), 'index line')}"
    )
    what = f"{originals}, {count(pruned.copies, 'copy')}"
    return f"{what} deleted" if delete else f"{what} would be deleted; pass --delete to delete them"


def _print_status(status: ImageStatus, verbosity: int) -> None:
    echo(
        f"{count(status.urls, 'address')}, {count(status.originals, 'original')} "
        f"({_size(status.bytes)})"
    )
    echo(
        f"{status.dead:,} dead, {status.stale:,} kept although their source fails, "
        f"{status.due:,} due"
    )
    echo(f"{count(status.copies, 'copy')} ({_size(status.copies_bytes)})")
    shown = status.hosts if verbosity > 0 else status.hosts[:SHOWN]
    for host in shown:
        echo(
            f"  {host.host:40} {count(host.urls, 'address'):>17} {host.pictures:>7,} there "
            f"{host.failing:>7,} failing"
        )
    if len(shown) < len(status.hosts):
        echo(f"  ... and {count(len(status.hosts) - len(shown), 'more host')}; -v shows all")


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
