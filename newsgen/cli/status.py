"""`newsgen status`."""

from __future__ import annotations

from datetime import datetime

import click

from newsgen.cli.options import Common, make_clock, with_common
from newsgen.cli.report import SHOWN, echo, print_document
from newsgen.config.settings import load_config
from newsgen.core.messages import count

_EXAMPLES = """\b
Examples:
  newsgen status
  newsgen status --at 2026-02-01T08:00    the same at that time
  newsgen status -v                       every file, not only the first of them"""


@click.command(epilog=_EXAMPLES)
@click.option("--at", metavar="TIME", help="At which time, in the site's zone.  [default: now]")
@click.option("--json", "as_json", is_flag=True, help="Print it as one JSON document.")
@with_common
def command(common: Common, at: str | None, as_json: bool) -> None:
    """Tell who may be seen, who not and why, what time alone will change next; what is live, and
    how the last night went.
    """
    from msgspec import to_builtins

    from newsgen.core.engine import default_jobs
    from newsgen.inspect.status import status
    from newsgen.publish.editions import Store
    from newsgen.publish.report import last_report

    config = load_config(common.root, common.config, common.sets, None, common.cache)
    found = status(config, make_clock(config, False, False, at, "--at").as_of, default_jobs())
    store = Store(config.paths.editions)
    night, hold = last_report(store), store.hold()
    if as_json:
        print_document(
            to_builtins(found)
            | {"live": store.live_name(), "held": hold and hold.since, "last_night": night}
        )
        return
    zone = config.settings.zone

    def shown(time: datetime) -> str:
        return f"{time.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"

    echo(f"at {shown(found.at)}")
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
    limit = len(unseen) if common.verbosity > 0 else SHOWN
    for one in unseen[:limit]:
        until = f" until {shown(one.due)}" if one.due else ""
        echo(f"  {one.seen:8}  {one.file}  ({', '.join(one.why)}{until})")
    if len(unseen) > limit:
        echo(f"  ... and {len(unseen) - limit:,} more; -v shows all")
    if found.due:
        echo(f"time alone changes it next at {shown(found.due)}")
        for one in found.changes:
            echo(f"  {one.file} is {one.seen} then")
        if not found.changes:
            echo(
                "  no file is seen otherwise then; stories leave the news sitemap, or show what "
                "is dated so"
            )
    else:
        echo("time alone changes nothing")
    if store.live_name():
        echo(
            f"live is the edition {store.live_name()[:12]}"
            + (f", held since {shown(hold.since)}" if hold else "")
        )
    if night:
        echo(
            f"the last night ended at {shown(night.ended)}: {night.outcome} (exit code "
            f"{night.exit})"
        )


_ORDER = ("visible", "hidden", "withheld", "left out")
