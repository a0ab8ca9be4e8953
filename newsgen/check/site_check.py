"""Check a whole site: problems in content, data and templates, repairs, and the site's own links.

Writes only a temporary cache.
"""

from __future__ import annotations

import functools
import html
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, structs

from newsgen.build.inputs import Stopwatch, scan_inputs
from newsgen.build.prepare import Prepared, prepare, read_content
from newsgen.build.search import read_parts
from newsgen.builder.route_table import output_path
from newsgen.check.links import Named, Place, check_output, read_page
from newsgen.check.rare_keys import rare_keys
from newsgen.config.settings import Config
from newsgen.content.body.body_links import find_in_body
from newsgen.content.clock import Clock
from newsgen.content.image_places import image_url
from newsgen.content.repair import REPAIRS
from newsgen.content.urls import own_path
from newsgen.core import digest
from newsgen.core.engine import local
from newsgen.core.model import Article
from newsgen.core.problems import Problem, UserError, placed
from newsgen.core.progress import Progress, quiet
from newsgen.render.renderer import Renderer
from newsgen.render.templates import DEFAULT_PREFIX, THEME_PREFIX
from newsgen.store.cache import Cache
from newsgen.store.open_cache import use_cache

_LINK = re.compile(r'<(?:a|img|q|blockquote) [^<>]*?(?:href|src|cite)="([^"]*)"')
T = TypeVar("T")


class CheckOptions(Struct, frozen=True):
    """How to check.

    `links` also checks the links of the built site, and `external` also the pages of sources.
    """

    clock: Clock
    jobs: int = 1
    links: bool = False
    external: bool = False


class Checked(Struct, frozen=True):
    """The result: the numbers of visible articles, pages and requested URLs, and all problems.

    `rare` says how many articles use each key that few of them use.
    """

    articles: int
    pages: int
    asked: int
    problems: tuple[Problem, ...]
    rare: Mapping[str, int] = {}


class BodyLink(Struct, frozen=True):
    """A link in a body.

    `link` is its text in the HTML, `target` the link that its page has, `file` the content file,
    and `path` its page's file in the output.
    """

    link: str
    target: str
    file: str
    path: str


def check_site(config: Config, options: CheckOptions, progress: Progress = quiet) -> Checked:
    """Check the whole site.

    Raises UserError (exit code 2) for wrong settings, and if a built site is required but missing.
    """
    with tempfile.TemporaryDirectory(prefix="newsgen-check-") as folder:
        return use_cache(Path(folder), lambda cache, _: _check(config, options, cache, progress))


def _check(config: Config, options: CheckOptions, cache: Cache, progress: Progress) -> Checked:
    paths = config.paths
    inputs = scan_inputs(config, options.clock)
    try:
        prepared = prepare(
            config,
            options.clock,
            inputs,
            cache,
            local(options.jobs),
            Stopwatch(),
            progress,
            repairs=True,
        )
    except UserError as error:  # mostly an unreadable template; the articles can still be read
        if error.exit_code == 2:
            raise
        loaded = read_content(config, inputs, cache, local(options.jobs), repairs=True)
        return Checked(
            0,
            0,
            0,
            (
                error.problem,
                *_told([*inputs.problems, *placed(loaded.problems, paths.content, paths.root)]),
            ),
        )
    renderer = Renderer(
        prepared.templates,
        config.settings,
        prepared.views,
        cache.articles,
        cache.folder,
        cache,
        functools.partial(read_parts, cache),
    )
    problems = _told(prepared.problems)
    problems += filter(None, failing(prepared, renderer))
    problems += _unused(prepared, config)
    problems += broken_links(body_links(prepared, cache), prepared, config, renderer)
    if options.links:
        problems += placed(
            check_output(paths.output, config.settings.url, options.jobs), paths.output, paths.root
        )
    rare, resembling = rare_keys(_articles(prepared, cache), tuple(config.settings.taxonomies))
    problems += placed(resembling, paths.content, paths.root)
    asked = 0
    if options.external:
        from newsgen.check.external import check_sources

        sources = _sources(prepared, cache, paths.content, config.settings.url)
        asked = len(sources)
        problems += placed(check_sources(sources, config, progress), paths.content, paths.root)
    return Checked(
        len(prepared.views.plan.stories), len(prepared.views.pages), asked, tuple(problems), rare
    )


def _articles(prepared: Prepared, cache: Cache) -> Iterator[tuple[str, Article]]:
    """Yield all articles that can be read, also those that are not visible, with their files."""
    for path, file in prepared.files.items():
        if file.article_digest:
            yield path, cache.article(file.key)


def _told(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems, with a readable message for each repair."""
    words: Mapping[str, str] = REPAIRS
    return [
        structs.replace(one, message=words.get(one.code, one.message or one.code))
        if one.severity == "repair"
        else one
        for one in problems
    ]


def failing(prepared: Prepared, renderer: Renderer) -> Iterator[Problem | None]:
    """Yield templates that do not compile, and pages that do not render.

    Renders the first and the last page of each template. Yields once after every attempt (None if
    it succeeded), so that the caller can do other work in between.
    """
    found: set[tuple[str, int, str]] = set()

    def attempt(action: Callable[[T], object], subject: T) -> Problem | None:
        try:
            action(subject)
        except UserError as error:
            problem = error.problem
            told = len(found)
            found.add((problem.file, problem.line, problem.message))
            return problem if len(found) > told else None
        return None

    for name in prepared.templates.by_name:
        if not name.endswith(".yaml"):
            yield attempt(renderer.compile, name)
    pages = [page for page in prepared.views.plan.pages if page.template]
    for chosen in (
        {page.template: page for page in pages},
        {page.template: page for page in reversed(pages)},
    ):
        for page in chosen.values():
            yield attempt(renderer.render, page)


def _unused(prepared: Prepared, config: Config) -> list[Problem]:
    """Return a warning for each of the site's own templates that no page uses.

    The theme's page templates count as used unless the settings turn their kind off.
    """
    templates = prepared.templates
    apart = (THEME_PREFIX, DEFAULT_PREFIX, "words/")
    names = [name for name in templates.by_name if not name.startswith(apart)]
    themes = [name for name in names if THEME_PREFIX + name in templates.by_name]
    parts = {file for name in themes for file in templates.files(THEME_PREFIX + name)[1:]}
    whole = [name for name in themes if templates.by_name[THEME_PREFIX + name].file not in parts]
    used = {page.template for page in prepared.views.plan.pages}
    used.update(name for name in whole if name.partition(".")[0] not in config.settings.without)
    files = {file for name in used for file in templates.files(name)}
    own = [
        templates.by_name[name].file
        for name in names
        if templates.by_name[name] is not templates.by_name.get(THEME_PREFIX + name)
    ]
    hint = "correct its name, or remove it; `newsgen theme list` lists the theme's templates"
    return [
        Problem("warning", "unused-template", "no page uses this template", hint=hint, file=f)
        for f in own
        if f not in files
    ]


def body_links(prepared: Prepared, cache: Cache) -> Iterator[BodyLink]:
    """Yield the links in the bodies of all published articles and plain pages."""
    bodies = (
        (path, route, cache.article(prepared.files[path].key).body)
        for path, route in prepared.views.articles()
    )
    plain = (
        (path, route, page.body)
        for path, route in prepared.views.plan.plain
        if (page := prepared.files[path].page)
    )
    known = prepared.views.plan.links
    for file, route, body in chain(bodies, plain):
        path, links = output_path(route), known.get(file, {})
        yield from (BodyLink(one, links.get(one, one), file, path) for one in links_of(body))


def links_of(body: str) -> list[str]:
    """Return the URLs in a body, without duplicates."""
    return list(dict.fromkeys(map(html.unescape, _LINK.findall(body))))


def _sources(prepared: Prepared, cache: Cache, content: Path, url: str) -> dict[str, list[Named]]:
    """Return the URLs outside the site, each with the places that name it.

    These are the sources of articles and the links in bodies.
    """
    found: dict[str, list[Named]] = {}
    for path, _ in prepared.views.articles():
        article = cache.article(prepared.files[path].key)
        if article.link and not own_path(article.link, url):
            field = "$.webUrl" if article.web_url else "$.originalUrl"
            found.setdefault(article.link, []).append(Named(path, field))
    for one in body_links(prepared, cache):
        if one.link.startswith(("http://", "https://")) and not own_path(one.link, url):
            found.setdefault(one.link, []).append(
                Named(one.file, "$", *find_in_body(content / one.file, one.link, ""))
            )
    return found


def broken_links(
    links: Iterable[BodyLink], prepared: Prepared, config: Config, renderer: Renderer
) -> list[Problem]:
    """Return the problems of those body and menu links that point into this site but lead
    nowhere."""
    pages = {output_path(page.route): page for page in prepared.views.plan.pages}

    @functools.cache
    def anchors(path: str) -> frozenset[str] | None:
        try:
            return read_page(renderer.render(pages[path]).decode()).anchors
        except UserError:
            return None  # the failing page is reported elsewhere

    place = Place(config.settings.url, pages, anchors)
    # Reading and planning have already reported these, or resolved them.
    reported = set(prepared.views.plan.missing)
    for path, file in prepared.files.items():
        reported.update((path, url) for number, url in file.listed_files if number < 0)
    found = []
    for one in links:
        media = prepared.views.media
        if digest.key(image_url(one.link, one.file.rpartition("/")[0], media)) in media.originals:
            continue
        if (one.file, one.link) in reported:
            continue
        problem = place.broken(one.target, one.path)
        if problem:
            line, column = find_in_body(
                config.paths.content / one.file, one.link, config.settings.base
            )
            [problem] = placed(
                [structs.replace(problem, file=one.file, line=line, column=column)],
                config.paths.content,
                config.paths.root,
            )
            found.append(problem)
    navigation = prepared.views.plan.navigation
    header = [entry.url for entry in navigation.menu]
    header += [label.url for entry in navigation.menu for label in entry.items]
    footer = [label.url for label in navigation.footer]
    for url in filter(None, (*header, *footer)):
        problem = place.broken(url, "index.html")
        if problem:
            found.append(
                structs.replace(
                    problem,
                    field="$.menu" if url in header else "$.footer_menu",
                    file=os.path.relpath(config.paths.config, config.paths.root),
                )
            )
    return found
