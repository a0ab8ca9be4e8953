"""Import the folder of another static site generator: settings, articles, pages, data and files.

newsgen reads the articles of these generators as they are. So files are copied. At most one line is
added: the address, where the old configuration decides it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from msgspec import Struct

from newsgen.config.reader import as_yaml
from newsgen.config.settings import Config
from newsgen.content.aliases import ALIASES, date_in
from newsgen.content.clock import Clock
from newsgen.content.front_matter_writer import without_empty
from newsgen.content.pages import FOLDER
from newsgen.content.scan import ATTACHED, PICTURES, SUFFIXES, scan
from newsgen.content.slugs import slugify
from newsgen.core import digest, frontmatter
from newsgen.core.atomic import replace_file
from newsgen.core.front_span import find_span
from newsgen.core.frontmatter import FrontMatterError
from newsgen.core.problems import Problem, build_error
from newsgen.core.progress import Progress, quiet
from newsgen.core.secret import redact
from newsgen.importers.folder_files import UNREADABLE, is_inside, load_data, why_unreadable
from newsgen.importers.folder_settings import FolderSettings
from newsgen.importers.old_output import AddressParity, compare_addresses
from newsgen.importers.planned import planned_routes
from newsgen.store.ledger import Ledger, WrittenItem

LEDGER = "import.jsonl"
_ASIDE = (
    *("node_modules", "vendor", "public", "_site", "output", "themes", "layouts", "site"),
    *("resources", "archetypes", "_layouts", "_includes", "_data", "_sass"),
)
_ADDRESS = ("permalink", "url", "path")
_DATE = "publishedDateTime"
_DATES = {_DATE.lower(), *(name.lower() for name, field in ALIASES.items() if field == _DATE)}
_STATIC = {"hugo": ("static",), "pelican": (), "jekyll": (".",), "eleventy": (".",)}
_LISTED = frozenset({"index", "404", "readme", "license", "changelog", "feed", "search", "sitemap"})


class FolderImported(Struct, frozen=True):
    """The result of importing a folder.

    `left` are text files and redirects that are not imported, and why. `addresses` compares the old
    site's pages with the new one's, None if the old site was not built or nothing was found.
    """

    articles: int
    pages: int
    files: int
    new: int
    updated: int
    unchanged: int
    kept: int
    left: dict[str, str]
    addresses: AddressParity | None
    problems: tuple[Problem, ...]


class _TextFile(NamedTuple):
    """A text file with its front matter, and where it goes in the content folder."""

    target: str
    data: bytes


def import_folder(
    config: Config,
    kind: str,
    folder: Path,
    found: FolderSettings,
    dry_run: bool = False,
    jobs: int = 1,
    progress: Progress = quiet,
) -> FolderImported:
    """Copy the articles, pages and files of another generator's folder into a site.

    A second run changes only what changed there, and never a file that somebody edited. Raises
    UserError (exit code 3) if a file cannot be written.
    """
    counts = dict.fromkeys(("articles", "pages", "files", "new", "updated", "unchanged", "kept"), 0)
    left = dict(found.left)
    ledger = Ledger(config.paths.root / LEDGER, config.paths.content)
    root = folder / found.content
    stats, problems = scan(root, (), skip=_ASIDE if found.content == "." else ())
    try:
        with ledger:
            for n, stat in enumerate(stats, 1):
                progress("importing", n, len(stats))
                path = stat.path
                if any(part in _ASIDE for part in path.split("/")[:-1]):
                    continue
                if path.lower().endswith(SUFFIXES):
                    made = _text_file(kind, path, (root / path).read_bytes(), found.address)
                    if isinstance(made, str):
                        left[path] = made
                        continue
                    counts["pages" if made.target.startswith(FOLDER) else "articles"] += 1
                    counts[_write(ledger, path, made, dry_run)] += 1
                elif kind in ("hugo", "pelican") and path.lower().endswith((*PICTURES, *ATTACHED)):
                    counts["files"] += _copy(root / path, config.paths.content / path, dry_run)
            for source, target in _static(kind, folder):
                counts["files"] += _copy(source, config.paths.static / target, dry_run)
        if not dry_run:
            _authors(folder, config.paths.data, left)
    except OSError as error:
        raise build_error("cannot-write", f"{error.filename}: {error.strerror}") from None
    addresses = None
    if not dry_run and (counts["articles"] or counts["pages"]):
        clock = Clock(datetime.now(UTC).replace(microsecond=0))
        _, routes = planned_routes(config, clock, jobs, progress)
        addresses = compare_addresses(kind, folder, routes)
    return FolderImported(**counts, left=left, addresses=addresses, problems=tuple(problems))


def _text_file(kind: str, path: str, data: bytes, address: str) -> _TextFile | str:
    """Return the new place and text of a text file, or why it is not imported."""
    text = frontmatter.decode(data).text
    name = PurePosixPath(path).name.partition(".")[0]
    try:
        parts = frontmatter.split(redact(text).text)
        front = frontmatter.parse_exact(parts.front, parts.toml).value if parts else None
    except FrontMatterError as error:
        return f"its front matter cannot be read: {error}"
    if not isinstance(front, Mapping):
        return "it has no front matter"
    keys = {str(key).lower() for key in front}
    dated = bool(keys & _DATES) or bool(date_in(path)) or "_drafts" in path.split("/")
    if name == "_index":
        return _TextFile(path, data)
    if not dated:
        if name.lower() in _LISTED and "title" not in keys:
            return "it is a list of the old site"
        return _page(path, text, front)
    if any(key in front for key in _ADDRESS) or not address:
        return _TextFile(path, data)
    lines = {"permalink": address}
    if kind == "pelican" and "slug" not in keys:
        lines["slug"] = slugify(str(front.get("title") or name))
    return _TextFile(path, _with_lines(text, lines).encode())


def _page(path: str, text: str, front: Mapping[str, Any]) -> _TextFile | str:
    """Return an undated file as a plain page at its old address."""
    old = next((str(front[key]) for key in _ADDRESS if front.get(key)), "")
    stem = path.removeprefix("pages/").rpartition(".")[0].removesuffix("/index")
    if stem == "index":
        return "it is the old site's front page"
    wanted = (
        old.strip("/").removesuffix(".html") if old.startswith("/") and ":" not in old else stem
    )
    names = [slugify(part) for part in wanted.split("/") if part]
    if not names:
        return "it is the old site's front page"
    route = "/" + "/".join(names)
    lines = {"aliases": old} if old.startswith("/") and old.rstrip("/") != route else {}
    suffix = PurePosixPath(path).suffix
    made = _with_lines(text, lines) if lines and "aliases" not in front else text
    return _TextFile(f"{FOLDER}{'/'.join(names)}{suffix}", made.encode())


def _with_lines(text: str, fields: Mapping[str, str]) -> str:
    """Return a file with more fields in its front matter. JSON and HTML stay as they are."""
    span = find_span(text)
    if span is None or span.kind in ("json", "html"):
        return text
    if span.kind == "toml":
        lines = "".join(f'{key} = "{value}"\n' for key, value in fields.items())
    else:
        mark = ".. " if text[span.start :].lstrip().startswith("..") else ""
        lines = "".join(f"{mark}{key}: {as_yaml(value)}\n" for key, value in fields.items())
    return text[: span.start] + lines + text[span.start :]


def _write(ledger: Ledger, path: str, made: _TextFile, dry_run: bool) -> str:
    """Write a file unless it is unchanged or somebody edited it; return what was done."""
    key, source = f"file {path}", digest.of_bytes(made.data).hex()
    known = ledger.find(key)
    if known and known.source == source:
        return "unchanged"
    if known and ledger.is_edited(known):
        return "kept"
    if not known and not dry_run and ledger.is_there(made.target):
        return "kept"
    if not dry_run:
        ledger.write(WrittenItem(key, made.target, source=source), made.data)
    return "updated" if known else "new"


def _static(kind: str, folder: Path) -> Iterator[tuple[Path, str]]:
    for name in _STATIC[kind]:
        place = folder / name
        if not is_inside(folder, name):
            continue
        for stat in scan(place, (), skip=_ASIDE if name == "." else ())[0]:
            parts = stat.path.split("/")
            media = stat.path.lower().endswith((*PICTURES, *ATTACHED))
            inner = any(part.startswith("_") or part in _ASIDE for part in parts)
            if (name != "." or (media and len(parts) > 1)) and not inner:
                yield place / stat.path, stat.path


def _copy(source: Path, target: Path, dry_run: bool) -> int:
    """Copy a file unless there is one; return 1 if it was copied."""
    if target.exists():
        return 0
    if not dry_run:
        replace_file(target, source.read_bytes())
    return 1


def _authors(folder: Path, data: Path, left: dict[str, str]) -> None:
    """Write a data file for each author in `_data/authors.yml` (Jekyll)."""
    name = "_data/authors.yml"
    try:
        found = load_data(folder, (name,)) or {}
    except UNREADABLE as error:
        left[name] = f"it cannot be read: {why_unreadable(error)}"
        return
    for key, author in found.items():
        if not isinstance(author, dict):
            continue
        name = str(author.get("name") or author.get("display_name") or key)
        target = data / "authors" / f"{slugify(str(key))}.yaml"
        fields = {
            "name": name,
            "slug": slugify(str(key)),
            "otherNames": [str(key)] if str(key) != name else [],
            "bio": str(author.get("bio") or ""),
        }
        if not target.exists():
            lines = (f"{name}: {as_yaml(value)}\n" for name, value in without_empty(fields).items())
            replace_file(target, "".join(lines).encode())


def settings_text(settings: Mapping[str, Any]) -> str:
    """Return settings as the text of newsgen.yaml."""
    lines = (f"{key}: {as_yaml(value)}\n" for key, value in settings.items())
    return "# `newsgen config` lists every key.\n" + "".join(lines)
