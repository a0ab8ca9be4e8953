"""Plan the files for hosts and browsers: `_headers`, `_redirects`, `vercel.json`, the web manifest
and the icons.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sized
from urllib.parse import urlsplit

from msgspec import Struct

from newsgen.config.hosts import HOSTS, NO_LIMIT, StaticHost
from newsgen.config.settings import Settings
from newsgen.content.body.embeds import frame_hosts
from newsgen.content.slugs import fold
from newsgen.content.unpublished_files import IMAGES
from newsgen.core.messages import count
from newsgen.core.problems import Problem, settings_error
from newsgen.pages.base import Page, PlanContext, RedirectRule, View
from newsgen.pages.feeds import FORMATS
from newsgen.pages.search import fallback_of

_LINE = 2000  # hosts refuse longer lines
_REDIRECTS, _VERCEL = "/_redirects", "/vercel.json"
_MANY = 2000  # without the setting `host`: redirects that each host with redirects reads
_PATTERN = re.compile(r"([\\(){}:*+?|^$\[\]])")  # has a meaning in paths of vercel.json
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' {}; "
    "media-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_IMMUTABLE = "Cache-Control: public, max-age=31536000, immutable"
_ICONS = (
    ("/icons/192.png", 192, False),
    ("/icons/512.png", 512, False),
    ("/icons/maskable.png", 512, True),
    ("/apple-touch-icon.png", 180, True),
    ("/favicon.ico", 32, False),
)


class HeaderRule(Struct, frozen=True, array_like=True, gc=False):
    """The headers for some addresses."""

    path: str
    """The addresses to which it applies; `*` matches anything."""
    lines: tuple[str, ...]
    """The headers, such as `X-Content-Type-Options: nosniff`."""


class HeadersView(View, frozen=True, array_like=True, gc=False):
    """The file `_headers`."""

    rules: tuple[HeaderRule, ...]
    """A list of [HeaderRules](#headerrule)."""


class RedirectsView(View, frozen=True, array_like=True, gc=False):
    """The file `_redirects`."""

    moves: tuple[RedirectRule, ...]
    """The old addresses: [RedirectRules](#redirectrule), and with `gone_status: 410` those of
    removed articles."""


class VercelView(View, frozen=True, array_like=True, gc=False):
    """The header rules and redirects of `vercel.json`."""

    rules: tuple[HeaderRule, ...]
    """A list of [HeaderRules](#headerrule); their paths are patterns of Vercel."""
    moves: tuple[RedirectRule, ...]
    """A list of [RedirectRules](#redirectrule), with patterns as links."""


class IconView(View, frozen=True, array_like=True, gc=False):
    """An icon. newsgen draws it without a template."""

    size: int
    """Its width and height in pixels."""
    maskable: bool
    """Whether its edges may be cut off."""
    letter: str
    """The letter on it."""
    source: str
    """Internal."""
    source_digest: bytes
    """Internal."""


class ManifestView(View, frozen=True, array_like=True, gc=False):
    """The web app manifest. Its title is the name of the site."""

    icons: tuple[IconView, ...]
    """A list of [IconViews](#iconview)."""


def plan_hosts(planning: PlanContext, pages: Collection[Page]) -> tuple[list[Page], list[Problem]]:
    """Plan headers, redirects, manifest and icons."""
    href, planned = planning.href, list[Page]()
    host = HOSTS[planning.settings.host]
    rules = _header_rules(planning, pages)[: host.header_rules] if planning.has("headers") else ()
    moves = tuple([page.rule for page in pages if page.rule])
    read = tuple(_read_by(host, moves))
    problems = list(_many_redirects(moves, read, host, planning))
    if host.json:
        planned.append(_vercel(href(_VERCEL), rules, read))
    else:
        if rules:
            headers = HeadersView(href("/_headers"), "_headers", rules)
            planned.append(Page("/_headers", "headers.txt", headers))
        if read:
            redirects = RedirectsView(href(_REDIRECTS), "_redirects", read)
            planned.append(Page(_REDIRECTS, "redirects.txt", redirects))
    icons = {icon[0]: _icon(planning, *icon) for icon in _ICONS}
    if planning.has("icons"):
        planned += [Page(route, "", icon) for route, icon in icons.items()]
    if planning.has("manifest"):
        named = [icon for route, icon in icons.items() if route.startswith("/icons/")]
        shown = tuple(named) if planning.has("icons") else ()
        title = planning.settings.title
        manifest = ManifestView(href("/site.webmanifest"), title, shown)
        planned.append(Page("/site.webmanifest", "manifest.json", manifest))
    return planned, problems


def _read_by(host: StaticHost, moves: Iterable[RedirectRule]) -> Iterator[RedirectRule]:
    """Yield the redirects that a host reads, as far as its limits allow."""
    size = 0
    for number, move in enumerate(moves):
        size += len(f"{move.url} {move.target} {move.status}!\n")
        if number == host.redirects or size > host.redirect_bytes:
            return
        yield move


def _many_redirects(
    moves: Sized, read: Sized, host: StaticHost, planning: PlanContext
) -> Iterator[Problem]:
    """Yield a warning if there are more redirects than the host reads, or than some hosts do."""
    most = min(len(read), _MANY) if host.redirects == NO_LIMIT else len(read)
    if host.redirects and len(moves) > most and _REDIRECTS[1:] not in planning.files:
        message = (
            f"there are {count(len(moves), 'redirect')}; the limit of {host.title} is {most:,}"
        )
        hint = (
            "the small page at each old address redirects too; `stories.redirect: false` leaves "
            "out those of stories"
        )
        yield Problem("warning", "many-redirects", message, hint=hint)


def _vercel(url: str, rules: Iterable[HeaderRule], moves: Iterable[RedirectRule]) -> Page:
    """Return the page `vercel.json`. Vercel knows no redirects to a page that answers 410."""
    headers = [HeaderRule(_pattern(rule.path), rule.lines) for rule in rules]
    known = [move for move in moves if move.status < 400]
    redirects = [RedirectRule(_pattern(move.url), move.target, move.status) for move in known]
    return Page(
        _VERCEL, "vercel.json", VercelView(url, "vercel.json", tuple(headers), tuple(redirects))
    )


def _pattern(path: str) -> str:
    """Return a path of `_headers` in the syntax of Vercel, with `(.*)` for `*`."""
    return "(.*)".join(_PATTERN.sub(r"\\\1", part) for part in path.split("*"))


def content_security_policy(settings: Settings) -> str:
    """Return the policy: as narrow as the theme allows, plus what the setting `headers.csp` adds.

    Raises UserError (exit code 2) if the setting makes it longer than hosts accept.
    """
    images = "https:" if settings.images.missing == "hotlink" else ""
    directives = {line.split()[0]: line.split()[1:] for line in _POLICY.format(images).split("; ")}
    directives["media-src"] += [f"https://{host}" for host in settings.embeds.media]
    if settings.embeds.hosts:
        directives["frame-src"] = [f"https://{host}" for host in frame_hosts(settings.embeds.hosts)]
    if "search" not in settings.without and (engine := urlsplit(fallback_of(settings)[0])).netloc:
        directives["form-action"].append(f"{engine.scheme}://{engine.netloc}")
    for line in settings.headers.csp:
        name, *sources = line.split()
        known = [source for source in directives.get(name, []) if source != "'none'"]
        directives[name] = list(dict.fromkeys([*known, *sources]))
    policy = "; ".join(" ".join([name, *sources]) for name, sources in directives.items())
    if len(policy) > _LINE - 100:
        raise settings_error(
            "bad-setting",
            f"headers.csp makes a header of {len(policy)} characters; hosts allow {_LINE}",
        )
    return policy


def _header_rules(planning: PlanContext, pages: Collection[Page]) -> tuple[HeaderRule, ...]:
    headers, href = planning.settings.headers, planning.href
    everywhere = [
        f"Content-Security-Policy: {content_security_policy(planning.settings)}",
        "X-Content-Type-Options: nosniff",
        f"Referrer-Policy: {headers.referrer}" if headers.referrer else "",
        f"Permissions-Policy: {headers.permissions}" if headers.permissions else "",
        *headers.extra,
    ]
    lasting = [href("/" + path) for path in planning.assets.values()]
    lasting += [page.view.url for page in pages if page.immutable]
    rules = [HeaderRule(href("/") + "*", tuple(filter(None, everywhere)))]
    for one in FORMATS:
        if planning.has(one.kind):
            lines = (
                "Access-Control-Allow-Origin: *",
                f"Content-Type: {one.media_type}; charset=utf-8",
            )
            rules += [
                HeaderRule(href(f"/{one.file}"), lines),
                HeaderRule(href("/") + f"*/{one.file}", lines),
            ]
    rules += [HeaderRule(path, (_IMMUTABLE,)) for path in (*lasting, href(IMAGES) + "*")]
    return tuple(rules)


def _icon(planning: PlanContext, route: str, size: int, maskable: bool) -> IconView:
    file = planning.files.get(planning.settings.icon)
    source = (
        (file.place, file.digest) if file and not file.path.lower().endswith(".svg") else ("", b"")
    )
    title = planning.settings.title
    return IconView(planning.href(route), title, size, maskable, letter_of(title), *source)


def letter_of(title: str) -> str:
    """Return the letter or digit for an icon: the title's first one, upper case, without its
    accent.
    """
    found = next(
        (c for c in fold(title.removeprefix("The ")) if unicodedata.category(c)[0] in "LN"), ""
    )
    return found.upper()[:1]
