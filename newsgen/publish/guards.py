"""What keeps the old edition live: guards over what is about to be published. Each that stops it is a problem with a code of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TypeVar
from xml.etree import ElementTree

import msgspec
from msgspec import structs

from newsgen import workers
from newsgen.build import read_content, use_cache
from newsgen.builder.names import href
from newsgen.builder.route_table import output_path
from newsgen.builder.visibility import Clock, visibility
from newsgen.cache import Cache
from newsgen.check.links import Place, read_page, reader
from newsgen.config import Config
from newsgen.content.no_articles import find_no_articles
from newsgen.content.scan import read_file
from newsgen.ingest import Ingested
from newsgen.messages import count
from newsgen.model import Article, Face, Site
from newsgen.outcome import scan_inputs
from newsgen.planning import read_site
from newsgen.problems import STOPPING, Problem, UserError
from newsgen.publish.editions import CURRENT, Edition, Store, Told
from newsgen.publish.settings import Guards

S = TypeVar("S")
R = TypeVar("R")
_SHORTEST = 24  # bytes; what is shorter is found by chance
_BATCH = 100
_PIECE = 8_000_000  # bytes of a file in memory
_TEXTS = (".html", ".htm", ".xml", ".json", ".txt", ".css", ".js", ".webmanifest", "_headers", "_redirects")
_FRONT_PAGE = "index.html"
_TAGS = re.compile(r"<[^>]*>|\n")
# The field `secured` with the lines that go on from it, and the opaque words in it.
_SECURED = re.compile(rb"^['\"]?secured['\"]?[ \t]*:(.*(?:\r?\n[ \t]+.*)*)", re.M | re.I)
_WORDS = re.compile(rb"[^\s\"',;{}\[\]|>]{16,}")


class Stories(NamedTuple):
    """What the content folder says of an edition: its stories, and texts that it must not hold, each with the file it stands in."""

    told: tuple[Told, ...]
    secrets: Mapping[bytes, str]


def read_stories(config: Config, clock: Clock, files: Collection[str], jobs: int, thorough: bool) -> Stories:
    """The stories among the files of an edition; with `thorough`, also what must not be in it. Raises UserError (exit code 3)."""

    def work(cache: Cache, _: object) -> Stories:
        inputs = scan_inputs(config, clock)
        read = read_content(config, inputs, cache, jobs)
        nothing = find_no_articles(config.paths.content, config.paths.root, inputs.content, read.files, read.problems)
        if nothing and nothing.code in STOPPING:
            raise UserError(nothing, 3)
        site = read_site(config, clock, inputs, read)
        return Stories(tuple(_told(read, site, files)), _secrets(read, config, clock, cache) if thorough else {})

    return use_cache(config.paths.cache, work)


def _told(read: Ingested, site: Site, files: Collection[str]) -> Iterator[Told]:
    for story in site.stories:
        if output_path(story.route) in files:
            path, entry = story.document.path, story.document.entry
            file = read.files[path]
            title = _face.decode(file.face).title
            yield Told(path, story.route, title, entry.time, file.content.hex(), len(entry.corrections), entry.expires)


_face = msgspec.msgpack.Decoder(Face)


def _secrets(read: Ingested, config: Config, clock: Clock, cache: Cache) -> dict[bytes, str]:
    """The values of `secured`, and the texts of withheld articles that no other article has or quotes."""
    from ahocorasick_rs import AhoCorasick

    seen = {document.path: visibility(document.entry, clock) for document in read.documents()}
    withheld = [path for path, how in seen.items() if how == "withheld"]
    texts = {text: path for path in withheld for text in _texts(cache.article(read.files[path].key))}
    if texts:
        names, machine, quoted = list(texts), AhoCorasick(list(texts)), set[int]()
        for path in seen.keys() - set(withheld):
            article = cache.article(read.files[path].key)
            others = (text for other in article.related if other.title not in texts for text in (other.title, other.excerpt))
            for text in (*_texts(article), *others):
                quoted.update(found[0] for found in machine.find_matches_as_indexes(text, overlapping=True))
        texts = {text: texts[text] for place, text in enumerate(names) if place not in quoted}
    found = {form: path for text, path in texts.items() for form in _forms(text)}
    for path in read.files:
        try:
            data = read_file(os.path.join(config.paths.content, path))
        except OSError:
            continue
        for value in _SECURED.findall(data):
            found.update(dict.fromkeys(_WORDS.findall(value), path))
    return found


def _texts(article: Article) -> Iterator[str]:
    """What an article says, piece by piece."""
    for text in (article.title, article.excerpt, *_TAGS.split(article.body)):
        if len(text.encode().strip()) >= _SHORTEST:
            yield text.strip()


def _forms(text: str) -> Iterable[bytes]:
    """A text as pages, feeds and JSON write it."""
    from markupsafe import escape

    return {form.encode() for form in (text, str(escape(text)), json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1])}


def space(store: Store, needed: int) -> list[Problem]:
    """Whether the disk holds so many bytes more."""
    free = shutil.disk_usage(_there(store.folder)).free
    if free > needed:
        return []
    message = f"{store.folder} has {free / 1e6:,.0f} MB free, and the edition needs {needed / 1e6:,.0f} MB more"
    return [_stop("guard-space", message, "free some space, or keep fewer editions: publish.keep")]


def _there(folder: Path) -> Path:
    return folder if folder.exists() else _there(folder.parent)


def light(live: Edition | None, after: Edition, gone: int, changed: Sequence[str], config: Config) -> list[Problem]:
    """Guards that look at little: what is gone (so many articles), the front page, feeds and sitemaps that changed, what was purged."""
    return [
        *_loss(live, after, gone, config.settings.guards),
        *_front_page(after, config),
        *_unreadable(changed, config),
        *_purged(live, after),
    ]


def _loss(live: Edition | None, after: Edition, gone: int, allowed: Guards) -> Iterator[Problem]:
    if live is None:
        return
    pages = len(live.files.keys() - after.files.keys())
    for name, lost, before in (("pages", pages, len(live.files)), ("articles", gone, len(live.stories))):
        if lost > 1 and 100 * lost > allowed.loss * before:
            message = f"{lost:,} of {before:,} {name} are gone, more than {allowed.loss:g} %"
            yield _stop("guard-loss", message, "where that is meant, `newsgen publish --force`, or the setting guards.loss")


def _front_page(after: Edition, config: Config) -> Iterator[Problem]:
    try:
        data = read_file(os.path.join(config.paths.output, _FRONT_PAGE))
    except OSError as error:
        yield _stop("guard-front-page", f"the front page cannot be read: {error.strerror}")
        return
    links = {
        link.removeprefix(config.settings.url.removesuffix(config.settings.base))
        for link in read_page(data.decode("utf-8", "replace")).addresses
    }
    if links.isdisjoint(href(config.settings.base, story.route) for story in after.stories):
        yield _stop("guard-front-page", "the front page links to no article", "`newsgen status` tells who may be seen, and why not")


def _unreadable(changed: Iterable[str], config: Config) -> Iterator[Problem]:
    """Feeds, sitemaps and other files for machines that are not what their names say."""
    for path in changed:
        try:
            if path.endswith(".xml"):
                ElementTree.fromstring(read_file(os.path.join(config.paths.output, path)))
            elif path.endswith((".json", ".webmanifest")):
                msgspec.json.decode(read_file(os.path.join(config.paths.output, path)))
        except (ElementTree.ParseError, msgspec.MsgspecError) as error:
            yield _stop("guard-unreadable", f"/{path} cannot be read by machines: {error}", "mend the template that makes it")
        except OSError as error:
            yield _stop("guard-unreadable", f"/{path} cannot be read: {error.strerror}")


def _purged(live: Edition | None, after: Edition) -> Iterator[Problem]:
    for path in live.purged if live else ():
        if path in after.files:
            hint = "withhold its article and build again; `newsgen publish --force` lets it back"
            yield _stop("guard-purged", f"/{path} was purged, and the built site has it again", hint)


def thorough(
    built: Iterable[Problem],
    live: Edition | None,
    after: Edition,
    changed: Sequence[str],
    secrets: Mapping[bytes, str],
    config: Config,
    jobs: int,
) -> list[Problem]:
    """Guards that read all that changed: problems of the build beyond an allowance, links that lead nowhere now, texts that must not be
    there."""
    allowed, accepted = config.settings.guards, config.settings.check.allow
    found = []
    errors = sum(problem.severity == "error" and problem.code not in accepted for problem in built)
    if errors > allowed.errors:
        message = f"{count(errors, 'file')} left out for errors, more than {allowed.errors:,}"
        found.append(_stop("guard-errors", message, "`newsgen check` lists them"))
    broken = list(_broken(live, after, changed, config, jobs)) if "broken-link" not in accepted else []
    if len(broken) > allowed.broken_links:
        path, problem = broken[0]
        message = f"{count(len(broken), 'broken link')} within the site, such as on /{path}: {problem.message}"
        found.append(_stop("guard-links", message, "`newsgen check --links` lists them"))
    texts = [path for path in changed if path.endswith(_TEXTS) or "." not in os.path.basename(path)]
    leaks = _each(searcher, (str(config.paths.output), tuple(secrets)), texts, jobs) if secrets else ()
    values = list(secrets.values())
    prefix = os.path.relpath(config.paths.content, config.paths.root)
    for path, place in leaks:
        message = f"/{path} holds text of the article, which is withheld, or a part of its secured"
        found.append(structs.replace(_stop("guard-leak", message), file=f"{prefix}/{values[place]}"))
    return found


def _broken(live: Edition | None, after: Edition, changed: Sequence[str], config: Config, jobs: int) -> Iterator[tuple[str, Problem]]:
    """Links that lead nowhere and are not live already: of files that changed, and where a file is gone of all."""
    url = config.settings.url
    now, before = (Place(url, edition.files if edition else (), lambda path: None) for edition in (after, live))
    gone = live is not None and bool(live.files.keys() - after.files.keys())
    read_live, fresh = reader(str(config.paths.editions / CURRENT)), set(changed)
    for path, links, _ in _each(reader, str(config.paths.output), list(after.files) if gone else changed, jobs):
        for link in links.addresses:
            problem = now.broken(link, path)
            if problem and not (before.broken(link, path) and (path not in fresh or link in read_live([path])[0][1].addresses)):
                yield path, problem


def _each(prepare: Callable[[S], Callable[[list[str]], list[R]]], state: S, paths: Sequence[str], jobs: int) -> Iterator[R]:
    """What comes of each file, read in processes."""
    batches = [list(paths[i : i + _BATCH]) for i in range(0, len(paths), _BATCH)]
    for batch in workers.run(prepare, state, batches, jobs):
        yield from batch


def searcher(state: tuple[str, tuple[bytes, ...]]) -> Callable[[list[str]], list[tuple[str, int]]]:
    """Looks for texts in files; where one is found, the file and the place of the text. A text is never told."""
    from ahocorasick_rs import BytesAhoCorasick

    folder, secrets = state
    machine = BytesAhoCorasick(secrets)
    overlap = max(map(len, secrets)) - 1

    def search(path: str) -> Iterator[int]:
        """The places of the texts that a file holds, which is read piece by piece."""
        last = b""
        with open(path, "rb") as file:
            while piece := file.read(_PIECE):
                data = last + piece
                yield from (one[0] for one in machine.find_matches_as_indexes(data))
                last = data[-overlap:] if overlap else b""

    def work(paths: list[str]) -> list[tuple[str, int]]:
        out = []
        for path in paths:
            with suppress(OSError):  # told when it is copied
                out += [(path, place) for place in sorted(set(search(os.path.join(folder, path))))[:1]]
        return out

    return work


def new_bytes(changed: Iterable[str], folder: Path) -> int:
    """How much the disk must hold for these files of the site, each with a folder of its own."""
    sizes = (os.stat(path).st_size + 8192 for path in (os.path.join(folder, path) for path in changed) if os.path.isfile(path))
    return sum(sizes)


def _stop(code: str, message: str, hint: str = "") -> Problem:
    return Problem("error", code, message, hint=hint)
