"""Import an export into a site: write its articles, its data files and a new site's settings.

A second run changes only what changed in the export, and keeps files that somebody edited.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct, structs, to_builtins

from newsgen.config.reader import as_yaml
from newsgen.config.settings import ADDRESS, Config, MenuItem, MenuLink
from newsgen.content.body.embeds import Hosts
from newsgen.content.clock import Clock
from newsgen.content.field_reader import language_tag
from newsgen.content.front_matter_writer import without_empty
from newsgen.content.slugs import slugify
from newsgen.content.urls import safe_image_url
from newsgen.core import digest
from newsgen.core.atomic import replace_file
from newsgen.core.messages import count
from newsgen.core.problems import Problem, build_error
from newsgen.core.progress import Progress, quiet
from newsgen.images.fetch import fetch_all
from newsgen.images.media import read_index
from newsgen.importers.media import MediaFiles, path_of_file
from newsgen.importers.model import Export, ImportedPost
from newsgen.importers.parity import Divergence, Parity, PostParity, compare, placed, summed
from newsgen.importers.planned import planned_routes
from newsgen.importers.wordpress_menus import LISTS
from newsgen.importers.write import PostFile, post_file
from newsgen.store.ledger import Ledger, WrittenItem

LEDGER = "import.jsonl"  # in the site's folder
ImportAction = Literal["new", "updated", "unchanged", "kept"]
_ADDRESS = re.compile(r"(?:https?://|(?<=[( '\"])/)[^\s<>()'\",}]+")
_EMPTY_ADDRESS = "https://news.example"


class ImportOptions(Struct, frozen=True):
    """`media` is a copy of the old site's uploads. With `dry_run` nothing is written.

    With more than `planned` posts, the run does not plan the site, because that needs as much
    memory as a build. Then it does not compare addresses with those of other pages.
    """

    media: Path | None = None
    dry_run: bool = False
    fetch: bool = True
    jobs: int = 1
    planned: int = 10_000


class Imported(Struct, frozen=True):
    """The result of an import.

    `new`, `updated`, `unchanged` and `kept` (edited since) count the files. `withheld` counts
    withheld posts by reason. `comments` is the number of comments in the export, which are not
    imported. `copied` are media files.
    """

    posts: int
    pages: int
    new: int
    updated: int
    unchanged: int
    kept: int
    withheld: dict[str, int]
    comments: int
    copied: int
    parity: Parity
    problems: tuple[Problem, ...]


def new_settings(export: Export, kind: str) -> str:
    """Return the settings of a new site for an export, with the addresses of lists that it had."""
    site = export.site
    url = site.url.rstrip("/") if ADDRESS.fullmatch(site.url.rstrip("/")) else _EMPTY_ADDRESS
    fields: dict[str, Any] = {
        "title": site.title or "Imported site",
        "url": url,
        "description": site.description,
        "language": language_tag(site.language) or "en",
        "permalinks": _PERMALINKS.get(kind, {}),
        "menu": _plain(site.menu),
        "footer_menu": _plain(site.footer_menu),
    }
    lines = (f"{key}: {as_yaml(value)}\n" for key, value in without_empty(fields).items())
    return "# `newsgen config` lists every key.\n" + "".join(lines)


def _plain(menu: Sequence[MenuItem | MenuLink | str]) -> list[Any]:
    """Return a menu in the form of newsgen.yaml."""
    items: list[Any] = to_builtins(menu)
    return [item if isinstance(item, str) else without_empty(item) for item in items]


_PERMALINKS = {
    "wordpress": {
        "topic": LISTS["category"],
        "tag": LISTS["post_tag"],
        "author": "/author/{slug}/",
    },
    "ghost": {"topic": "/tag/{slug}/", "author": "/author/{slug}/"},
}


def import_export(
    config: Config, export: Export, options: ImportOptions, progress: Progress = quiet
) -> Imported:
    """Write the articles of an export into a site.

    Raises UserError: exit code 2 if the export cannot be read, 3 if a file cannot be written.
    """
    try:
        return _Import(config, export, options, progress).all()
    except OSError as error:
        raise build_error("cannot-write", f"{error.filename}: {error.strerror}") from None


class _Import:
    """One import."""

    def __init__(
        self, config: Config, export: Export, options: ImportOptions, progress: Progress
    ) -> None:
        self._config, self._export, self._options = config, export, options
        self._progress = progress
        self._clock = Clock(datetime.now(UTC).replace(microsecond=0))
        self._ledger = Ledger(config.paths.root / LEDGER, config.paths.content)
        self._media = MediaFiles(export, options.media, config.paths.static, options.dry_run)
        embeds = config.settings.embeds
        self._hosts = Hosts(embeds.hosts, embeds.media)
        self._counts = dict.fromkeys(("new", "updated", "unchanged", "kept"), 0)
        self._withheld: dict[str, int] = {}
        self._problems = [
            Problem(
                "warning",
                "damaged-export",
                f"the export is not well-formed: {where}",
                hint="compare the number of posts; export it again if some are missing",
            )
            for where in export.damage
        ]
        self._problems += [
            Problem("warning", "not-imported", f"{name} are not imported: {number:,}")
            for name, number in export.others.items()
        ]
        self._comments = self._pages = self._posts = 0

    def all(self) -> Imported:
        """Import everything and return the result. No post stays in memory."""
        compared: list[PostParity] = []
        with self._ledger:
            for n, post in enumerate(self._export.posts(), 1):
                if post.time is None and not post.page and not post.withheld:
                    post = structs.replace(post, withheld="undated")
                file, edited = self._one(post)
                compared.append(compare(post, file, self._config.settings, edited))
                self._progress("importing", n, self._export.total)
        if not self._options.dry_run and compared:
            self._data_files()
        if not self._options.dry_run and compared:
            failing = self._fetch()
            compared = [self._with_media(one, failing) for one in self._placed(compared)]
        return Imported(
            posts=self._posts,
            pages=self._pages,
            **self._counts,
            withheld=self._withheld,
            comments=self._comments,
            copied=self._media.copied,
            parity=summed(compared),
            problems=tuple(self._problems),
        )

    def _placed(self, compared: list[PostParity]) -> list[PostParity]:
        """Return the comparisons with the addresses that the site assigns, unless there are too
        many.
        """
        if len(compared) > self._options.planned:
            message = f"{count(len(compared), 'post')}: their addresses are left to another command"
            hint = "run `newsgen check`, which reports addresses that two pages want"
            self._problems.append(Problem("warning", "large-import", message, hint=hint))
            return compared
        routes, _ = planned_routes(self._config, self._clock, self._options.jobs, self._progress)
        return [placed(one, routes.get(one.file, "")) for one in compared]

    def _one(self, post: ImportedPost) -> tuple[PostFile, bool]:
        """Write one post, unless it is unchanged or its file was edited."""
        budgets = self._config.settings.budgets
        images = self._media.remote
        self._media.remote = set() if post.withheld else images  # not shown on any page
        file = post_file(post, self._export.site, self._media, self._hosts, budgets)
        self._media.remote = images
        self._pages += post.page
        self._posts += not post.page
        self._comments += post.comments
        if post.withheld:
            self._withheld[post.withheld] = self._withheld.get(post.withheld, 0) + 1
        source = digest.of_value([structs.astuple(post), str(self._options.media)]).hex()
        known = self._ledger.find(post.key)
        edited = known is not None and self._ledger.is_edited(known)
        action: ImportAction
        if known:
            file = structs.replace(file, path=known.path)
            action = "unchanged" if known.source == source else "kept" if edited else "updated"
        else:
            path = self._path(file)
            file, action = structs.replace(file, path=path), "new"
        self._counts[action] += 1
        if action in ("new", "updated") and not self._options.dry_run:
            # without a source digest, the next run tries a left-out body again
            told, origin = "" if file.over else source, str(self._export.site.url)
            item = WrittenItem(post.key, file.path, source=told, origin=origin)
            self._ledger.write(item, file.text.encode())
        elif action == "kept":
            message = "was edited since it was imported; the export has a newer version"
            self._problems.append(
                Problem("warning", "import-kept", message, file=self._shown(file.path))
            )
        self._notes(file)
        return file, edited

    def _shown(self, path: str) -> str:
        return f"{os.path.relpath(self._config.paths.content, self._config.paths.root)}/{path}"

    def _path(self, file: PostFile) -> str:
        target = self._config.paths.content / file.path
        try:
            if target.read_bytes() == file.text.encode():
                return file.path
        except OSError:
            pass
        return self._ledger.free_path(file.path, whole=file.path.startswith("pages/"))

    def _notes(self, file: PostFile) -> None:
        """Report a body that is left out, and shortcodes that stay as visible text."""
        name = self._shown(file.path)
        if file.over:
            message = f"the body {file.over}; it is left out"
            hint = f"shorten it there, or raise budgets.{file.over.name} and import again"
            self._problems.append(Problem("warning", "over-budget", message, hint=hint, file=name))
        for note in file.notes:
            if note.startswith("unknown-shortcode"):
                shortcode = note.partition(" ")[2]
                message = f"the shortcode [{shortcode}] is unknown; it stays as visible text"
                hint = "replace it in the file, for example by an embed of docs/bodies.md"
                self._problems.append(
                    Problem("warning", "unknown-shortcode", message, hint=hint, file=name)
                )

    def _data_files(self) -> None:
        """Write a data file for each author and category that has more than a name."""
        data = self._config.paths.data
        for author in self._export.site.authors:
            image = safe_image_url(author.image, lambda code: None) if author.image else ""
            fields = {
                "name": author.name,
                "slug": slugify(author.slug),
                "bio": author.bio,
                "image": image,
                "links": list(author.links),
            }
            if slugify(author.slug) != slugify(author.name) or author.bio or image or author.links:
                self._data_file(data / "authors" / f"{slugify(author.slug)}.yaml", fields)
        for term in self._export.site.topics:
            fields = {
                "name": term.name,
                "slug": slugify(term.slug),
                "parent": term.parent,
                "description": term.description,
            }
            if slugify(term.slug) != slugify(term.name) or term.parent or term.description:
                self._data_file(data / "topics" / f"{slugify(term.slug)}.yaml", fields)

    def _data_file(self, file: Path, fields: Mapping[str, Any]) -> None:
        """Write a data file, unless there is one."""
        if not file.exists():
            lines = (f"{key}: {as_yaml(value)}\n" for key, value in without_empty(fields).items())
            replace_file(file, "".join(lines).encode())

    def _fetch(self) -> set[str]:
        """Download the images of posts and authors, and return the addresses without an image."""
        if not self._options.fetch:
            return set()
        for author in self._export.site.authors:
            self._media.shown(author.image)
        wanted = dict.fromkeys(self._media.remote, False)
        folder = self._config.paths.media
        sound = frozenset(path.relative_to(folder).as_posix() for path in folder.glob("*/*"))
        fetched = fetch_all(self._config, wanted, sound, self._progress)
        self._problems += fetched.problems
        origins, _ = read_index(self._config.paths.media)
        return {origin.url for origin in origins.values() if not origin.file}

    def _with_media(self, parity: PostParity, failing: set[str]) -> PostParity:
        """Add images that could not be fetched to a post's differences."""
        if not failing and not self._media.missing:
            return parity
        text = (self._config.paths.content / parity.file).read_text("utf-8")
        named = set(_ADDRESS.findall(text))
        missing = {one for one in named if path_of_file(one) in self._media.missing}
        away = sorted((named & failing) | missing)
        if not away:
            return parity
        more = Divergence("images", "media-not-fetched", away[0], "")
        return structs.replace(parity, differences=(*parity.differences, more))
