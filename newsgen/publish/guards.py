"""Guards check the next edition, and keep the old one live if it fails.

Each finding is a problem with its own code, and names the articles that cause it, if any do.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import msgspec

from newsgen.build.inputs import scan_inputs
from newsgen.build.plan import read_site
from newsgen.build.prepare import read_content
from newsgen.build.read import ReadResult
from newsgen.builder.route_table import output_path
from newsgen.check.links import Place, read_page, reader
from newsgen.config.publish import Guards
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.content.no_articles import find_no_articles
from newsgen.content.scan import read_file
from newsgen.content.slugs import href
from newsgen.content.visibility import page_visible, visibility
from newsgen.core.engine import local
from newsgen.core.messages import count
from newsgen.core.model import Summary
from newsgen.core.problems import STOPPING, Problem, UserError
from newsgen.core.site import Site
from newsgen.publish.editions import CURRENT, Edition, Store, Told
from newsgen.publish.host_limits import host_limits
from newsgen.publish.leaks import (
    Leak,
    Secret,
    each,
    holders,
    is_public,
    own_texts,
    read_secrets,
    search,
    with_attached,
)
from newsgen.store.cache import Cache
from newsgen.store.open_cache import use_cache

_FRONT_PAGE = "index.html"
# Characters that XML cannot contain, not even as references (XML 1.0, section 2.2).
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_AS_JSON = tuple(
    msgspec.json.encode(chr(code))[1:-1]
    for code in (*range(32), 0xFFFE, 0xFFFF)
    if code not in (9, 10, 13)
)


class Finding(NamedTuple):
    """What a guard found.

    `articles` are the content files that cause it; without them the guard would pass. `paths` are
    the edition's files that it concerns, unless the problem is only a number.
    """

    problem: Problem
    articles: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


class Look(NamedTuple):
    """The site that guards check. `folder` holds the site, and `edition` is the edition made of it.
    `changed` are the files that are new, changed or kept from before. `live` is the live edition.
    `without` are the articles left out of the build, and `absent` the pages that it would have with
    them.
    """

    folder: Path
    edition: Edition
    changed: Sequence[str]
    live: Edition | None
    without: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


def read_stories(
    config: Config, clock: Clock, files: Collection[str], jobs: int, without: Collection[str] = ()
) -> tuple[Told, ...]:
    """Return the stories among the files of a site built without some articles.

    Raises UserError (exit code 3).
    """

    def work(cache: Cache, _: object) -> tuple[Told, ...]:
        inputs, at = scan_inputs(config, clock), config.paths
        read = read_content(config, inputs, cache, local(jobs))
        nothing = find_no_articles(at.content, at.root, inputs.content, read.files, read.problems)
        if nothing and nothing.code in STOPPING:
            raise UserError(nothing, 3)
        read = read._replace(
            files={path: file for path, file in read.files.items() if path not in without}
        )
        return tuple(_told(read, read_site(config, clock, inputs, read), files))

    return use_cache(config.paths.cache, work)


def _told(read: ReadResult, site: Site, files: Collection[str]) -> Iterator[Told]:
    for story in site.stories:
        if output_path(story.route) in files:
            path, entry = story.document.path, story.document.meta
            file = read.files[path]
            title = _face.decode(file.summary).title
            yield Told(
                path,
                story.route,
                title,
                entry.time,
                file.article_digest.hex(),
                len(entry.corrections),
                entry.expires,
            )


_face = msgspec.msgpack.Decoder(Summary)


def space(store: Store, needed: int) -> list[Problem]:
    """Return a problem if the disk lacks `needed` free bytes."""
    free = shutil.disk_usage(_there(store.folder)).free
    if free > needed:
        return []
    message = (
        f"{store.folder} has {free / 1e6:,.0f} MB free, and the edition needs "
        f"{needed / 1e6:,.0f} MB more"
    )
    return [_stop("guard-space", message, "free some space, or keep fewer editions: publish.keep")]


def _there(folder: Path) -> Path:
    return folder if folder.exists() else _there(folder.parent)


def findings(
    look: Look,
    built: Iterable[Problem],
    gone: int,
    config: Config,
    clock: Clock,
    jobs: int,
    thorough: bool,
) -> list[Finding]:
    """Return what all guards find.

    They check the share of removed pages and articles (`gone`), the front page, feeds and sitemaps,
    purged files, the limits of the host, and leaked texts. With `thorough`, they also check the
    build's errors and newly broken links.
    """
    allowed, accepted = config.settings.guards, config.settings.check.allow
    found = [
        *_loss(look.live, look.edition, gone, allowed),
        *_front_page(look, config),
        *_purged(look.live, look.edition),
        *host_limits(config.settings, look.folder, look.edition.files.keys()),
    ]
    errors = sum(problem.severity == "error" and problem.code not in accepted for problem in built)
    if thorough and errors > allowed.errors:
        message = f"{count(errors, 'file')} left out for errors, more than {allowed.errors:,}"
        found.append(_stop("guard-errors", message, "`newsgen check` lists them"))
    unreadable = list(_unreadable(look))
    broken = list(_broken(look, config, jobs)) if thorough and "broken-link" not in accepted else []
    broken = broken if len(broken) > allowed.broken_links else []

    def work(cache: Cache, _: object) -> list[Finding]:
        read = read_content(config, scan_inputs(config, clock), cache, local(jobs))
        visible = [one.path for one in read.documents() if visibility(one.meta, clock) == "visible"]
        visible += [one.path for one in read.pages() if page_visible(one.page, clock)]
        leaks = search(look.folder, look.changed, read_secrets(read, config, clock, cache), jobs)
        wanted = {leak.text for leak in leaks} | {
            form for _, link, _ in broken for form in _forms(link)
        }
        wanted |= set(_AS_JSON) if unreadable else set()
        holding = holders(
            read, [path for path in visible if path not in look.without], cache, wanted
        )
        leaks = with_attached(
            leaks, holding, [(one.file, one.route) for one in look.edition.stories]
        )
        own, live = own_texts(config) if leaks else (), config.paths.editions / CURRENT
        leaks = [leak for leak in leaks if not _public(leak, holding, look, live, own)]
        return [
            *_unreadable_by(unreadable, holding, look, config),
            *_broken_by(broken, holding),
            *_leaked_by(leaks, holding, config),
        ]

    return [*map(Finding, found), *use_cache(config.paths.cache, work)]


def _loss(live: Edition | None, after: Edition, gone: int, allowed: Guards) -> Iterator[Problem]:
    if live is None:
        return
    pages = len(live.files.keys() - after.files.keys())
    for name, lost, before in (
        ("pages", pages, len(live.files)),
        ("articles", gone, len(live.stories)),
    ):
        if lost > 1 and 100 * lost > allowed.loss * before:
            message = f"{lost:,} of {before:,} {name} are gone, more than {allowed.loss:g} %"
            yield _stop(
                "guard-loss",
                message,
                "if that is intended, use `newsgen publish --force` or the setting guards.loss",
            )


def _front_page(look: Look, config: Config) -> Iterator[Problem]:
    try:
        data = read_file(os.path.join(look.folder, _FRONT_PAGE))
    except OSError as error:
        yield _stop("guard-front-page", f"the front page cannot be read: {error.strerror}")
        return
    links = {
        link.removeprefix(config.settings.url.removesuffix(config.settings.base))
        for link in read_page(data.decode("utf-8", "replace")).addresses
    }
    if links.isdisjoint(href(config.settings.base, story.route) for story in look.edition.stories):
        yield _stop(
            "guard-front-page",
            "the front page links to no article",
            "`newsgen status` shows which articles are visible",
        )


def _purged(live: Edition | None, after: Edition) -> Iterator[Problem]:
    for path in live.purged if live else ():
        if path in after.files:
            hint = "withhold its article and build again; `newsgen publish --force` publishes it"
            yield _stop(
                "guard-purged", f"/{path} was purged, and the built site has it again", hint
            )


def _unreadable(look: Look) -> Iterator[tuple[str, str]]:
    """Yield feeds, sitemaps and other machine-readable files that do not parse, and why."""
    for path in look.changed:
        try:
            if path.endswith(".xml"):
                ElementTree.fromstring(read_file(os.path.join(look.folder, path)))
            elif path.endswith((".json", ".webmanifest")):
                msgspec.json.decode(read_file(os.path.join(look.folder, path)))
        except (ElementTree.ParseError, msgspec.MsgspecError) as error:
            yield path, f"is not well-formed: {error}"
        except OSError as error:
            yield path, f"cannot be read: {error.strerror}"


def _unreadable_by(
    unreadable: Iterable[tuple[str, str]],
    holding: Mapping[bytes, set[str]],
    look: Look,
    config: Config,
) -> Iterator[Finding]:
    """Attribute each unreadable file to articles or to its template.

    Only characters invalid in XML can come from articles; everything else is a fault of the
    template.
    """
    odd = {file for text in _AS_JSON for file in holding.get(text, ())}
    for path, message in unreadable:
        data = (look.folder / path).read_bytes() if path.endswith(".xml") and odd else b""
        routes = [
            (story.file, href(config.settings.base, story.route).encode())
            for story in look.edition.stories
            if story.file in odd
        ]
        by = (
            frozenset(file for file, route in routes if route in data)
            if _NOT_XML.search(data.decode("utf-8", "replace"))
            else frozenset()
        )
        hint = (
            "remove the control characters from its text"
            if by
            else "fix the template that generates it"
        )
        yield Finding(_stop("guard-unreadable", f"/{path} {message}", hint), by, frozenset([path]))


def _broken(look: Look, config: Config, jobs: int) -> Iterator[tuple[str, str, Problem]]:
    """Yield broken links that are not live already, each with its file.

    Checks the changed files, or all files if one is gone. Skips links to pages of articles that the
    site was built without.
    """
    url, live, after = config.settings.url, look.live, look.edition
    now, before = (
        Place(url, edition.files if edition else (), lambda path: None) for edition in (after, live)
    )
    gone = live is not None and bool(live.files.keys() - after.files.keys())
    read_live, fresh = reader(str(config.paths.editions / CURRENT)), set(look.changed)
    absent = {now.address(path) for path in look.absent}
    paths = list(after.files) if gone else look.changed
    for path, links, _ in each(reader, str(look.folder), paths, jobs):
        for link in links.addresses:
            problem = now.broken(link, path)
            if problem and now.absolute(link, path).partition("#")[0] in absent:
                continue
            if problem and not (
                before.broken(link, path)
                and (path not in fresh or link in read_live([path])[0][1].addresses)
            ):
                yield path, link, problem


def _forms(link: str) -> tuple[bytes, ...]:
    """Return a link as it may appear in an article's text."""
    return link.encode(), link.replace("&", "&amp;").encode()


def _broken_by(
    broken: Sequence[tuple[str, str, Problem]], holding: Mapping[bytes, set[str]]
) -> Iterator[Finding]:
    others = []
    for path, link, problem in broken:
        by = frozenset(file for form in _forms(link) for file in holding[form])
        if by:
            yield Finding(
                _stop(
                    "guard-links",
                    f"{problem.message}, on /{path}",
                    "fix the link, or withhold the article",
                ),
                by,
                frozenset([path]),
            )
        else:
            others.append((path, problem))
    if others:
        path, problem = others[0]
        message = (
            f"{count(len(others), 'broken link')} within the site, such as on /{path}: "
            f"{problem.message}"
        )
        yield Finding(
            _stop("guard-links", message, "`newsgen check --links` lists them"),
            paths=frozenset(path for path, _ in others),
        )


def _public(
    leak: Leak, holding: Mapping[bytes, set[str]], look: Look, live: Path, own: Sequence[str]
) -> bool:
    shown = {story.file for story in look.live.stories} if look.live else set()
    old = (
        look.live
        and look.live.files.get(leak.path, ("",))[0] == look.edition.files[leak.path].digest
    )  # an unchanged page
    before = live if look.live and not old else None
    return is_public(leak, holding[leak.text], shown.__contains__, before, own)


def _leaked_by(
    leaks: Iterable[Leak], holding: Mapping[bytes, set[str]], config: Config
) -> Iterator[Finding]:
    """Attribute each leaked text to an article or to a template.

    A text of `secured` comes from its own article if that article also publishes it, otherwise from
    a template.
    """
    told: dict[tuple[str, Secret], None] = {}
    prefix = os.path.relpath(config.paths.content, config.paths.root)
    for path, text, secret in leaks:
        if (path, secret) not in told:
            told[path, secret] = None
            file = min(secret.files)
            message = (
                f"/{path} holds text of the article, which is withheld, or a part of its secured"
            )
            problem = Problem("error", "guard-leak", message, file=f"{prefix}/{file}")
            yield Finding(problem, frozenset(secret.files & holding[text]), frozenset([path]))


def new_bytes(changed: Iterable[str], folder: Path) -> int:
    """Return the disk space that these files of the site need, counting a folder for each file."""
    sizes = (
        os.stat(path).st_size + 8192
        for path in (os.path.join(folder, path) for path in changed)
        if os.path.isfile(path)
    )
    return sum(sizes)


def _stop(code: str, message: str, hint: str = "") -> Problem:
    return Problem("error", code, message, hint=hint)
