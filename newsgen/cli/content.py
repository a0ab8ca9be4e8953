"""The commands `init`, `new` and `schema`: create sites and content files."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from newsgen.cli.options import (
    Choice,
    Common,
    json_option,
    make_clock,
    with_common,
)
from newsgen.cli.output import echo, print_document, say
from newsgen.config.bucket import refuse_bucket
from newsgen.config.hosts import HOSTS
from newsgen.config.settings import Config, load_config
from newsgen.core.problems import settings_error

_EXAMPLE = "https://news.example"  # until the site has an address
_INIT_EXAMPLES = """\b
Examples:
  newsgen init mysite
  newsgen init mysite --title "The Harbour Wire" --url https://wire.example
  newsgen init mysite --host cloudflare
  cd mysite && newsgen build"""


@click.command(epilog=_INIT_EXAMPLES)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--title", help="The site's name.  [default: the folder's name]")
@click.option(
    "--url",
    default=_EXAMPLE,
    show_default=True,
    help="The site's address, which you can change in newsgen.yaml.",
)
@click.option(
    "--host",
    type=Choice(sorted(filter(None, HOSTS))),
    help="Write the settings for this host, and its workflow.  [default: the workflow for GitHub "
    "Pages]",
)
@json_option("Print the files as one JSON document.")
@with_common
def init_command(
    common: Common,
    folder: Path | None,
    title: str | None,
    url: str,
    host: str | None,
    as_json: bool,
) -> None:
    """Create a site in an empty folder.

    The site has settings, an article, a plain page and a workflow that publishes it. You can build
    it at once."""
    from newsgen.inspect.origin import UNKNOWN, requirement
    from newsgen.inspect.scaffold import init_site

    folder = folder or common.root
    title = (
        title or folder.resolve().name.replace("-", " ").replace("_", " ").strip().title() or "News"
    )
    files = init_site(folder, title, url, datetime.now(UTC), host or "")
    if as_json:
        print_document(
            {"folder": str(folder), "files": [os.path.relpath(file, folder) for file in files]}
        )
        return
    for file in files:
        echo(os.path.relpath(file))
    if common.verbosity >= 0:
        if requirement() == UNKNOWN:
            say(
                "before you use the workflow, set newsgen's address in requirements.txt: this copy "
                "was installed from a folder or file of this machine"
            )
        first = "set the site's url in newsgen.yaml, then run" if url == _EXAMPLE else "now run"
        say(f"{first} `newsgen --root {os.path.relpath(folder)} build`")


_NEW_EXAMPLES = """\b
Examples:
  newsgen new "Tide gates hold"                        ask for topics
  newsgen new "Tide gates hold" --topic Climate --topic Ports --edit
  newsgen new "Reading the tides" --category features --draft
  newsgen new "Port elects" --date 2026-02-01T08:00     schedule it
  newsgen new "About us" --page"""


def _complete_topic(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Return the topics that start with the input, or none if the site cannot be read."""
    above = ctx.parent.params if ctx.parent else {}
    options = {
        name: ctx.params.get(name) or above.get(name) for name in ("root", "config", "cache")
    }
    try:
        config = load_config(
            options["root"] or Path(), options["config"], (), None, options["cache"]
        )
        return [
            name
            for name in dict.fromkeys(_topics(config).values())
            if name.casefold().startswith(incomplete.casefold())
        ]
    except Exception:  # a shell has no place for messages during completion
        return []


@click.command(epilog=_NEW_EXAMPLES)
@click.argument("title")
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="NAME",
    shell_complete=_complete_topic,
    help="A topic. Repeatable. Shells complete it.",
)
@click.option(
    "--category",
    default="",
    metavar="NAME",
    help=(
        "The article's category, and the folder for its file. Without it, the file goes "
        "into the content folder itself and the category is news."
    ),
)
@click.option(
    "--date", metavar="TIME", help="The date of publication, in the site's zone.  [default: now]"
)
@click.option(
    "--draft", is_flag=True, help="Withhold the article until you remove its line `draft`."
)
@click.option("--page", is_flag=True, help="Create a plain page, such as About, without a date.")
@click.option(
    "--edit",
    is_flag=True,
    help=("Open the file in the editor that the environment variable VISUAL or EDITOR names."),
)
@json_option("Print the file's name as one JSON document.")
@with_common
def new_command(common: Common, title: str, topics: tuple[str, ...], **options: Any) -> None:
    """Create an article: a file with its title and the current time.

    Prints the file's name. An existing file is never overwritten.
    """
    from newsgen.inspect.scaffold import as_known, new_article, new_page

    if options["page"] and (topics or options["category"] or options["date"]):
        raise click.UsageError("--page excludes --topic, --category and --date")
    config = load_config(common.root, common.config, common.sets, None, common.cache)
    refuse_bucket(config.settings.bucket)
    if options["page"]:
        file = new_page(config, title, options["draft"])
    else:
        time = make_clock(config, False, False, options["date"], "--date").as_of
        asks = (
            not topics
            and not options["as_json"]
            and common.verbosity >= 0
            and sys.stdin.isatty()
            and sys.stderr.isatty()
        )
        if topics or asks:
            known = _topics(config)
            topics = as_known(topics or _ask(list(dict.fromkeys(known.values()))), known)
            for topic in sorted(set(topics) - set(known.values())):
                say(f"new topic: {topic}")
        file = new_article(config, title, time, options["category"], topics, options["draft"])
    shown = os.path.relpath(file)
    if options["as_json"]:
        print_document({"file": shown})
    else:
        echo(shown)
    if options["edit"]:
        try:
            click.edit(filename=str(file))
        except click.ClickException as error:
            raise settings_error(
                "editor-failed",
                error.message,
                hint=f"{shown} was created; set $EDITOR to an editor",
            ) from None


def _topics(config: Config) -> dict[str, str]:
    from newsgen.core.engine import default_jobs
    from newsgen.inspect.scaffold import site_topics
    from newsgen.store.open_cache import use_cache

    return use_cache(
        config.paths.cache, lambda cache, _: site_topics(config, cache, default_jobs())
    )


def _ask(known: list[str]) -> tuple[str, ...]:
    """Ask for topics, by name or number."""
    for number, name in enumerate(known, 1):
        say(f"{number:4} {name}")
    typed = click.prompt(
        "Topics (numbers or names, comma-separated)",
        default="",
        show_default=False,
        err=True,
    )
    words = [word.strip() for word in typed.split(",")]
    return tuple(
        known[int(word) - 1] if word.isdecimal() and 0 < int(word) <= len(known) else word
        for word in words
        if word
    )


_SCHEMA_EXAMPLES = """\b
Examples:
  newsgen schema > article.schema.json
  newsgen schema --page > page.schema.json
  newsgen schema --section > section.schema.json
  newsgen schema --sveltia > static/admin/config.yml"""


@click.command(epilog=_SCHEMA_EXAMPLES)
@click.option("--page", is_flag=True, help="Print the schema of plain pages.")
@click.option("--section", is_flag=True, help="Print the schema of files about folders.")
@click.option("--decap", is_flag=True, help="Print the site's config.yml for Decap CMS.")
@click.option("--sveltia", is_flag=True, help="Print the site's config.yml for Sveltia CMS.")
@with_common
def schema_command(common: Common, page: bool, section: bool, decap: bool, sveltia: bool) -> None:
    """Print the JSON Schema of an article's front matter, for editors that check and complete its
    fields. Or print the configuration of a content management system with the same fields.
    """
    if page + section + decap + sveltia > 1:
        raise click.UsageError("--page, --section, --decap and --sveltia exclude each other")
    if decap or sveltia:
        import yaml

        from newsgen.content.cms_config import cms_config

        config = load_config(common.root, common.config, common.sets, None, common.cache)
        refuse_bucket(config.settings.bucket)
        found = cms_config("sveltia" if sveltia else "decap", config)
        echo(yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100).rstrip())
        return
    from newsgen.content.json_schema import json_schema

    print_document(json_schema("page" if page else "section" if section else "article"))
