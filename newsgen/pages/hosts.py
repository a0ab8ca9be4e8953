"""Plan what hosts and browsers read: `_headers`, `_redirects`, the web manifest and the icons."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit

from msgspec import Struct

from newsgen.config.settings import Settings
from newsgen.content.body.embeds import frame_hosts
from newsgen.content.slugs import fold
from newsgen.content.unpublished_files import IMAGES
from newsgen.core.messages import count
from newsgen.core.problems import Problem, settings_error
from newsgen.pages.base import Page, PlanContext, RedirectRule, View
from newsgen.pages.feeds import FORMATS
from newsgen.pages.search import fallback_of

_RULES = 100  # hosts refuse more rules, or longer lines
_LINE = 2000
_REDIRECTS = "/_redirects"
_MOST = 2000  # lines of _redirects
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
    """The headers for addresses that match `path`."""

    path: str
    lines: tuple[str, ...]


class HeadersView(View, frozen=True, array_like=True, gc=False):
    """All header rules."""

    rules: tuple[HeaderRule, ...]


class RedirectsView(View, frozen=True, array_like=True, gc=False):
    """All addresses that have moved."""

    moves: tuple[RedirectRule, ...]


class IconView(View, frozen=True, array_like=True, gc=False):
    """An icon: its side in pixels, the letter to draw, or the location of an image to use instead,
    with its digest. The edge of a `maskable` icon may be cut off.
    """

    size: int
    maskable: bool
    letter: str
    source: str
    source_digest: bytes


class ManifestView(View, frozen=True, array_like=True, gc=False):
    """The icons that the manifest names."""

    icons: tuple[IconView, ...]


def plan_hosts(planning: PlanContext, pages: Collection[Page]) -> tuple[list[Page], list[Problem]]:
    """Plan headers, redirects, manifest and icons."""
    href, planned, problems = planning.href, list[Page](), list[Problem]()
    if planning.has("headers"):
        rules = _header_rules(planning, pages)
        view = HeadersView(href("/_headers"), "_headers", rules)
        planned.append(Page("/_headers", "headers.txt", view))
    moves = tuple([page.rule for page in pages if page.rule])
    if moves:
        redirects = RedirectsView(href(_REDIRECTS), "_redirects", moves)
        planned.append(Page(_REDIRECTS, "redirects.txt", redirects))
        if len(moves) > _MOST and _REDIRECTS[1:] not in planning.files:
            problems.append(_many_redirects(len(moves)))
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


def _many_redirects(count_of: int) -> Problem:
    """Return the problem of more lines than some hosts read (Cloudflare Pages: 2,000)."""
    message = f"_redirects has {count(count_of, 'line')}; some hosts read no more than {_MOST:,}"
    hint = (
        "the small page at each old address redirects too; `stories.redirect: false` leaves "
        "out those of stories"
    )
    return Problem("warning", "many-redirects", message, hint=hint)


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
    return tuple(rules[:_RULES])


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
