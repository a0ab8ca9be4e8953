"""The command `import`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsgen.cli.options import Choice, Common, jobs_option, json_option, with_common
from newsgen.cli.output import SHOWN, Bar, echo, print_document, print_problems, say
from newsgen.config.bucket import refuse_bucket
from newsgen.config.settings import FILE, Config, load_config
from newsgen.core.messages import count
from newsgen.core.problems import as_mapping

if TYPE_CHECKING:
    from newsgen.importers.importing import Imported
    from newsgen.importers.model import Export

_EXAMPLES = """\b
Examples:
  newsgen import wordpress export.xml                    import an export of WordPress
  newsgen import wordpress export.xml --media uploads    with a copy of its uploads
  newsgen import ghost export.json --dry-run             show what would be imported
  newsgen import feed https://old.example/feed.xml       import the items of a feed
  newsgen import jekyll ../old-site                      import the folder of a Jekyll site"""
KINDS = ("wordpress", "ghost", "feed", "jekyll", "hugo", "pelican", "eleventy")
_EXPORTS = KINDS[:3]


@click.command(epilog=_EXAMPLES)
@click.argument("kind", type=Choice(list(KINDS)))
@click.argument("source")
@click.option("--dry-run", is_flag=True, help="Write nothing, and compare what would be written.")
@click.option(
    "--media",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help=(
        "A copy of the old site's uploads (wp-content/uploads, or content of Ghost). "
        "Files that articles use are copied into the static folder and keep their "
        "addresses. Without it, images are downloaded as `newsgen images fetch` does."
    ),
)
@click.option(
    "--site",
    metavar="URL",
    help=("The old site's address, if the export does not say it. Exports of Ghost do not."),
)
@click.option("--no-fetch", is_flag=True, help="Do not download images.")
@jobs_option
@json_option("Print the result and the parity report as one JSON document.")
@with_common
def import_command(
    common: Common,
    kind: str,
    source: str,
    dry_run: bool,
    media: Path | None,
    site: str | None,
    no_fetch: bool,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Import an export into the site, and compare each article with its source.

    In a folder without newsgen.yaml it creates a site. A second run changes only what changed in
    the export, and never a file that somebody edited."""
    from newsgen.core.engine import default_jobs
    from newsgen.importers.importing import ImportOptions, import_export, new_settings

    if kind not in _EXPORTS:
        _import_folder(common, kind, Path(source), dry_run, jobs or default_jobs(), as_json)
        return
    export = _export(common, kind, source, site or "")
    options = ImportOptions(media, dry_run, not no_fetch, jobs or default_jobs())
    shown = common.verbosity >= 0 and not as_json
    with _site(common, new_settings(export, kind), dry_run) as config, Bar(shown) as bar:
        found = import_export(config, export, options, bar.show)
    print_problems(found.problems, config.paths.root, common.verbosity)
    if as_json:
        told = {name: getattr(found, name) for name in found.__struct_fields__}
        print_document(told | {"problems": list(map(as_mapping, found.problems))})
        return
    _print_parity(found, common.verbosity)
    if common.verbosity >= 0:
        say(_told(found) + (", nothing written" if dry_run else ""))


@contextmanager
def _site(common: Common, settings: str, dry_run: bool) -> Iterator[Config]:
    """Return the site's configuration. A folder without settings gets these.

    A dry run in such a folder writes them elsewhere.
    """
    from newsgen.core.atomic import replace_file

    root = common.root
    with tempfile.TemporaryDirectory() as place:
        if not common.config and not (root / FILE).exists():
            root = Path(place) if dry_run else root
            replace_file(root / FILE, settings.encode())
        config = load_config(root, common.config, common.sets, None, common.cache)
        refuse_bucket(config.settings.bucket)
        yield config


def _import_folder(
    common: Common, kind: str, folder: Path, dry_run: bool, jobs: int, as_json: bool
) -> None:
    from newsgen.importers.folder_settings import folder_settings
    from newsgen.importers.folders import import_folder, settings_text

    found = folder_settings(kind, folder)
    shown = common.verbosity >= 0 and not as_json
    with _site(common, settings_text(found.settings), dry_run) as config, Bar(shown) as bar:
        done = import_folder(config, kind, folder, found, dry_run, jobs, bar.show)
    print_problems(done.problems, config.paths.root, common.verbosity)
    if as_json:
        told = {name: getattr(done, name) for name in done.__struct_fields__}
        print_document(told | {"problems": list(map(as_mapping, done.problems))})
        return
    for path, why in list(done.left.items())[: None if common.verbosity > 0 else SHOWN]:
        echo(f"left out: {path}: {why}")
    if done.addresses:
        missing = done.addresses.missing
        kept = done.addresses.compared - len(missing)
        echo(f"addresses: {kept:,} of {count(done.addresses.compared, 'page')} of the old site")
        for address in missing[: None if common.verbosity > 0 else SHOWN]:
            echo(f"  no page: {address}")
    if common.verbosity >= 0:
        say(
            f"{count(done.articles, 'article')}, {count(done.pages, 'page')}: {done.new:,} new, "
            f"{done.updated:,} updated, {done.unchanged:,} unchanged, {done.kept:,} kept; "
            f"{count(done.files, 'file')} copied, {len(done.left):,} left out"
            + (", nothing written" if dry_run else "")
        )


def _export(common: Common, kind: str, source: str, site: str) -> Export:
    from newsgen.importers.feed import read_feed
    from newsgen.importers.ghost import read_ghost
    from newsgen.importers.wordpress import read_wordpress

    if kind == "feed":
        private: tuple[str, ...] = ()
        if common.config or (common.root / FILE).exists():
            config = load_config(common.root, common.config, common.sets, None, common.cache)
            private = config.settings.network.private
        return read_feed(source, private)
    return read_wordpress(Path(source)) if kind == "wordpress" else read_ghost(Path(source), site)


def _print_parity(found: Imported, verbosity: int) -> None:
    parity = found.parity
    echo(f"parity: {parity.score:g} % of {count(parity.compared, 'post')}")
    for what, number in parity.equal.items():
        echo(f"  {what:8} {number:,} of {parity.compared:,} as in the export")
    for reason, number in sorted(parity.reasons.items()):
        echo(f"  differs: {reason} ({number:,})")
    for note, number in sorted(parity.notes.items()):
        echo(f"  note: {note} ({number:,})")
    shown = [one for one in parity.posts if one.differences or verbosity > 0]
    for one in shown if verbosity > 0 else shown[:SHOWN]:
        echo(f"  {one.old} -> {one.new or one.withheld or 'no page'}  ({one.file})")
        for other in one.differences:
            echo(f"      {other.what}: {other.reason}: {other.before!r} -> {other.after!r}")
    if verbosity <= 0 and len(shown) > SHOWN:
        echo(f"  ... and {count(len(shown) - SHOWN, 'more post')}; -v shows all")


def _told(found: Imported) -> str:
    parts: list[Any] = [
        f"{count(found.posts, 'post')}, {count(found.pages, 'page')}: {found.new:,} new, "
        f"{found.updated:,} updated, {found.unchanged:,} unchanged, {found.kept:,} edited and kept"
    ]
    if found.withheld:
        why = ", ".join(f"{number:,} {name}" for name, number in sorted(found.withheld.items()))
        parts.append(f"withheld: {why}")
    if found.comments:
        parts.append(f"{count(found.comments, 'comment')} not imported")
    if found.copied:
        parts.append(f"{count(found.copied, 'media file')} copied")
    return "; ".join(parts)
