"""The command `nightly`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from newsgen.cli.options import (
    Choice,
    Common,
    editions_option,
    jobs_option,
    json_option,
    with_common,
    with_content,
)
from newsgen.cli.output import Bar, echo_json, print_document, print_problems, say
from newsgen.config.settings import Config, load_config
from newsgen.core.problems import UserError, as_mapping

_EXAMPLES = """\b
Examples:
  newsgen nightly                          fetch, build, check, publish, report
  newsgen nightly --if-due                 do nothing unless something would change
  newsgen nightly --log-format json        log one JSON object per line
  newsgen nightly --print-systemd          print systemd units"""
_UNITS = """\
# /etc/systemd/system/newsgen.service
[Unit]
Description=Publish {title}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={root}
ExecStart={command}
Nice=10

# /etc/systemd/system/newsgen.timer
[Unit]
Description=Publish {title} every hour, if anything changed

[Timer]
OnCalendar=hourly
RandomizedDelaySec=120
Persistent=true

[Install]
WantedBy=timers.target
"""


@click.command(epilog=_EXAMPLES)
@editions_option
@click.option(
    "--if-due",
    is_flag=True,
    help=(
        "Do nothing, and write no report, if there is nothing to publish. Feeds are gathered"
        " first. Then neither an input nor the time changes the site, and the built site is live,"
        " here and at all targets, or held back."
    ),
)
@click.option(
    "--strict",
    is_flag=True,
    help="Stop if a guard rejects articles, instead of publishing without them.",
)
@jobs_option
@click.option(
    "--log-format",
    "form",
    type=Choice(["text", "json"]),
    default="text",
    help=(
        "json: one object per line on standard error, each with `time` and `event`, "
        "problems included."
    ),
)
@click.option(
    "--print-systemd", "units", is_flag=True, help="Print units for systemd, and do nothing else."
)
@json_option("Print the report as one JSON document.")
@with_common
def nightly_command(
    common: Common,
    to: Path | None,
    if_due: bool,
    strict: bool,
    jobs: int | None,
    form: str,
    units: bool,
    as_json: bool,
) -> int:
    """Gather feeds, download images, build, check, publish unless a guard objects, announce, and
    write a report.

    Reports are stored in `reports` in the folder of editions.
    """
    config = load_config(common.root, common.config, common.sets, None, common.cache, to)
    if units:
        click.echo(_units(config, common, to), nl=False)
        return 0
    from newsgen.core.engine import default_jobs
    from newsgen.publish.nightly import gather_feeds, is_due, nightly
    from newsgen.publish.publish import now
    from newsgen.publish.report import document

    bar = Bar(common.verbosity >= 0 and form == "text" and not as_json)

    def log(event: str, fields: dict[str, Any]) -> None:
        if form == "json":
            _json_line({"time": now(), "event": event, **fields})
        elif common.verbosity >= 0:
            bar.clear()
            say(
                f"{now():%Y-%m-%d %H:%M:%S} {event}: "
                + ", ".join(f"{name} {value}" for name, value in fields.items())
            )

    jobs = jobs or default_jobs()
    with bar:
        gathered = gather_feeds(config, jobs, log, bar.show)
    uncopied = None
    try:
        config = with_content(config, common.verbosity >= 0 and form == "text" and not as_json)
    except UserError as error:
        uncopied = error
    if if_due and not uncopied and not is_due(config, now()):
        log("not due", {})
        return 0
    with bar:
        night = nightly(config, jobs, log, bar.show, strict, gathered, uncopied)
    if form == "json":
        for problem in night.problems:
            _json_line({"time": now(), "event": "problem", **as_mapping(problem)})
    else:
        print_problems(night.problems, config.paths.root, common.verbosity)
    if as_json:
        print_document(document(night))
    return night.exit


def _units(config: Config, common: Common, to: Path | None) -> str:
    """Return units that run the job with the options of this command."""
    root = str(config.paths.root)
    own = {"--config": common.config, "--cache": common.cache, "--to": to}
    given = [word for name, path in own.items() if path for word in (name, str(path.absolute()))]
    given += [word for one in common.sets for word in ("--set", one)]
    words = [sys.executable, "-m", "newsgen", "nightly", "--root", root, *given, "--if-due"]
    escapes = str.maketrans({"\\": "\\\\", '"': '\\"', "%": "%%", "$": "$$"})
    command = " ".join(f'"{word.translate(escapes)}"' for word in words)
    title = config.settings.title.replace("%", "%%")
    return _UNITS.format(title=title, root=root.replace("%", "%%"), command=command)


def _json_line(value: dict[str, Any]) -> None:
    from msgspec import json

    echo_json(json.encode(value), err=True)
