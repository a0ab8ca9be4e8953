"""Read `newsgen.yaml` into immutable Settings.

The text below each key is its row in docs/settings.md (see `scripts/write_reference.py`).
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field, structs

from newsgen.config.about import (
    AdsLine,
    ProfileLink,
    Security,
    ShareLink,
    check_security,
    check_share,
)
from newsgen.config.bodies import Embeds, Markdown
from newsgen.config.bucket import BUCKET, SCHEMES, ContentBucket
from newsgen.config.budgets import Budgets
from newsgen.config.fields import check_fields
from newsgen.config.fonts import with_faces
from newsgen.config.hosts import HostName
from newsgen.config.images import Images
from newsgen.config.lists import Archive, Feeds, Related, Sources, Stories
from newsgen.config.paths import Paths, check_folders, composed
from newsgen.config.permalinks import Permalinks, check_permalinks
from newsgen.config.publish import Announce, Cdn, Guards, Nightly, Publish
from newsgen.config.reader import Count, SettingsFile, Table, matching, near_or_all
from newsgen.config.search import Search
from newsgen.config.social_cards import SocialCards
from newsgen.config.taxonomies import TaxonomyOptions, check_taxonomies
from newsgen.config.theme import Theme
from newsgen.core.problems import Problem, settings_error

FILE = "newsgen.yaml"
ADDRESS = re.compile(r"https?://[^\s/?#@:\[\]]+(?::\d{1,5})?(?:/[^\s?#]*)?")
_Lists = Literal[
    "category",
    "topics",
    "topic",
    "sources",
    "source",
    "tags",
    "tag",
    "authors",
    "author",
    "year",
    "month",
    "day",
]
_Machine = Literal["feed", "atom", "jsonfeed", "sitemap", "robots", "headers", "manifest", "icons"]
_Single = Literal["page", "corrections", "search", "redirect", "gone", "404"]
Kind = Literal[_Lists, _Single, _Machine]
_LINK = "is neither an absolute address nor a path from the site's root such as /about/"
_Address = Annotated[str, matching(r"^(?:https?://[^\s/]|/(?!/))\S*$|^/$", _LINK)]
_OldPath = Annotated[str, matching(r"^/[^\s/?#*]\S*$", "is not a path such as /old/")]


class MenuLink(Table, frozen=True):
    """A link of a menu: an absolute address, or a path from the site's root."""

    name: Annotated[str, Meta(min_length=1)]
    url: _Address


class MenuItem(Table, frozen=True):
    """An entry of the header's menu. Without `url`, the page, topic or category of this name."""

    name: Annotated[str, Meta(min_length=1)]
    url: _Address = ""
    items: tuple[MenuLink | str, ...] = ()


HeaderText = Annotated[
    str,
    Meta(max_length=1500),
    matching(r"^[\x20-\x7e]*$", "contains a character that headers do not allow"),
]


class Headers(Table, frozen=True):
    """HTTP headers, for hosts that read `_headers`."""

    csp: tuple[HeaderText, ...] = ()
    """Additions to the content security policy. Each is a directive with its sources: `script-src
    https://count.example`."""
    referrer: HeaderText = "strict-origin-when-cross-origin"
    """`Referrer-Policy`. An empty value leaves it out."""
    permissions: HeaderText = "camera=(), geolocation=(), microphone=()"
    """`Permissions-Policy`. An empty value leaves it out."""
    extra: tuple[HeaderText, ...] = ()
    """Additional headers for every page, as in `"Strict-Transport-Security: max-age=31536000"`."""


Folder = Annotated[str, matching(r"^[^\x00-\x1f]+$", "is not the name of a folder")]
_ENGINE = r"^(?:processes|dask://(?:[^\s/:\[\]]+|\[[0-9A-Fa-f:.]+\]):\d{1,5})$"
EngineName = Annotated[str, matching(_ENGINE, "is neither processes nor dask://HOST:PORT")]


class Network(Table, frozen=True):
    """What the commands that use the network may request."""

    private: tuple[str, ...] = ()
    """Hosts that newsgen may contact although their address is not public, such as
    `intranet.example`. This applies to `newsgen check --external`, to `newsgen images fetch`, which
    then also uses plain HTTP, and to the addresses in `announce`. A build contacts no host."""


_EDITOR = "is not a link such as vscode://file{file}:{line}:{column}"


class Preview(Table, frozen=True):
    """The preview."""

    editor: Annotated[
        str, matching(r"^(?:(?!javascript|data|vbscript)[a-z][a-z0-9+.\-]*:\S+)?$", _EDITOR)
    ] = "vscode://file{file}:{line}:{column}"
    """The link that opens a file of the site in an editor, such as
    `idea://open?file={file}&line={line}`. Empty for none."""
    bar: bool = True
    """Whether pages have a bar that shows which files made them."""


class Check(Table, frozen=True):
    """What counts as a problem."""

    allow: tuple[str, ...] = ()
    """Codes of [problems](problems.md) that do not count under `--strict`, as in `[unsafe-url,
    route-taken]`."""


class Settings(Table, frozen=True):
    """All settings of a site. Folders are relative to its root."""

    title: Annotated[str, Meta(min_length=1)]
    """The site's name."""
    url: str
    """The site's absolute address: `https://wire.example`. It may have a path
    (`https://x.example/azure`); every link then begins with it."""
    description: str = ""
    """One sentence about the site, for search engines and feeds."""
    language: str = "en"
    """A language tag such as `en`, `de`, `zh-Hant` (BCP 47). Dates, numbers and the theme's
    [words](templates.md#words) use this language, and pages declare it."""
    timezone: str = "UTC"
    """A zone such as `Europe/Berlin`. It applies to times without an offset. Times and dates are
    shown in it, and it decides an article's day."""
    content: Folder | ContentBucket = "content"
    """The articles, at any depth: `.md`, `.markdown`, `.mdown`, `.txt`, `.html` and `.htm` files
    with front matter. Hidden files are skipped. Files below its folder `pages` are [plain
    pages](articles.md#plain-pages). See [articles](articles.md). Instead of a folder, it may be a
    [bucket](scale.md#articles-in-a-bucket) such as `s3://BUCKET/PREFIX`, or a mapping with its
    `url`, `endpoint` and `region`, and the folder `copy` (`.content`) for copies of the articles.
    """
    data: Folder = "_data"
    """Data files about the site's topics and sources. See [articles](articles.md#data-files)."""
    templates: Folder = "templates"
    """Templates that replace the theme's. See [templates](templates.md)."""
    static: Folder = "static"
    """Files copied unchanged, [with some exceptions](urls.md#static-files). A file with the name of
    a theme file replaces it."""
    media: Folder = "media"
    """Originals of [downloaded images](#images), and the index of where they came from. This is an
    input: you may commit it, or let a CI keep it."""
    output: Folder = "site"
    """Where the site is written. `--output` names another folder for one run."""
    editions: Folder = "editions"
    """Where [editions](publishing.md) are kept. A host serves `current` in it. `--to` names another
    folder for one run."""
    engine: EngineName = "processes"
    """Who does the work of `newsgen build`: `processes` of this machine, or the workers of a
    [cluster](scale.md), `dask://HOST:PORT`, which needs `pip install "newsgen[dask]"`. All other
    commands use processes."""
    per_page: Count = 30
    """Stories per page of a list. The newest page of a list has up to twice as many, less one. See
    [paging](urls.md#paging)."""
    without: tuple[Kind, ...] = ()
    """Kinds of pages to leave out, as in `[sources, source, feed]`. See below."""
    menu: tuple[MenuItem | str, ...] = ()
    """The header's links, in this order. Without it, the header has the [main
    topics](templates.md#siteinfo) and the indexes of topics and sources. See [menus](#menus)."""
    fields: dict[str, str] = field(default_factory=dict)
    """Keys of front matter to read as a field: `{sections: topics}` reads `sections` as `topics`.
    These come before the [aliases](aliases.md)."""
    taxonomies: dict[str, TaxonomyOptions] = field(default_factory=dict)
    """Keys of front matter that group stories: `{series: {}, region: {title: Regions}}`. See
    [taxonomies](#taxonomies)."""
    footer_menu: tuple[MenuLink | str, ...] = ()
    """The footer's links, in this order. Plain pages with `menu: true` follow."""
    redirects: dict[_OldPath, _Address] = field(default_factory=dict)
    """Old addresses and where they lead: `{/press/: /about/, /shop/: "https://shop.example/"}`. An
    article or plain page can name its own in `aliases`. See [redirects](urls.md#machine-files)."""
    profiles: tuple[ProfileLink, ...] = ()
    """The site's pages elsewhere, as in `{name: Mastodon, url: "https://social.example/@wire"}`.
    The footer links to them with `rel="me"`, by which Mastodon verifies the site, and structured
    data names them."""
    share: tuple[ShareLink | str, ...] = ()
    """Services to share a story with, as links below it. They are `bluesky`, `email`, `facebook`,
    `linkedin`, `reddit`, `telegram`, `whatsapp`, `x`, or a link with `{url}` and `{title}`:
    `{name: Mastodon, url: "https://social.example/share?text={title}%20{url}"}`. Pages request
    nothing from these services."""
    security: Security = field(default_factory=Security)
    humans: str = ""
    """The text of `/humans.txt`: who makes the site."""
    ads: tuple[AdsLine, ...] = ()
    """The lines of `/ads.txt`: who may sell the site's advertising space, as in `["ads.example,
    pub-1234, DIRECT, f08c47fec0"]` ([ads.txt 1.1](https://iabtechlab.com/ads-txt/))."""
    permalinks: Permalinks = field(default_factory=Permalinks)
    archive: Archive = field(default_factory=Archive)
    related: Related = field(default_factory=Related)
    stories: Stories = field(default_factory=Stories)
    feeds: Feeds = field(default_factory=Feeds)
    search: Search = field(default_factory=Search)
    markdown: Markdown = field(default_factory=Markdown)
    budgets: Budgets = field(default_factory=Budgets)
    sources: Sources = field(default_factory=Sources)
    icon: str = ""
    """An image below the static folder, such as `logo.png`, to make icons from: square, 512 pixels
    or more. An SVG is used unchanged where browsers accept one. Without an image, icons show the
    title's first letter."""
    news_sitemap: bool = True
    """Whether there is a [news sitemap](urls.md#machine-files)."""
    robots: tuple[str, ...] = ()
    """Additional lines for `robots.txt`, as in `["User-agent: GPTBot", "Disallow: /"]`."""
    host: HostName = ""
    """The [static host](publishing.md#static-hosts) of the site: `cloudflare`, `github`, `gitlab`,
    `netlify` or `vercel`. newsgen writes the files that it reads, and keeps to its limits."""
    gone_status: Literal[200, 410] = 200
    """With `410`, `_redirects` tells the host to answer 410 at the address of a
    [removed](urls.md#machine-files) article. Netlify does; Cloudflare refuses the whole file."""
    headers: Headers = field(default_factory=Headers)
    embeds: Embeds = field(default_factory=Embeds)
    theme: Theme = field(default_factory=Theme)
    images: Images = field(default_factory=Images)
    social_cards: SocialCards = field(default_factory=SocialCards)
    network: Network = field(default_factory=Network)
    preview: Preview = field(default_factory=Preview)
    publish: Publish = field(default_factory=Publish)
    guards: Guards = field(default_factory=Guards)
    announce: Announce = field(default_factory=Announce)
    cdn: Cdn = field(default_factory=Cdn)
    nightly: Nightly = field(default_factory=Nightly)
    check: Check = field(default_factory=Check)

    @property
    def bucket(self) -> ContentBucket | None:
        """Return the bucket that the articles are in, None if they are in a folder."""
        content = self.content
        if isinstance(content, str):
            return ContentBucket(content) if content.startswith(SCHEMES) else None
        return content

    @property
    def base(self) -> str:
        """Return the path that every link of the site begins with: "", or for example `/azure`."""
        return re.sub(r"^https?://[^/]+", "", self.url)

    @property
    def zone(self) -> tzinfo:
        """Return the site's time zone. Articles use UTC, so for UTC nothing is converted."""
        if self.timezone == "UTC":
            return UTC
        # in a build with nothing to do, the import takes half as long as reading the settings
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.timezone)


class Config(Struct, frozen=True):
    """A site's settings and folders, and the warnings about the settings file."""

    settings: Settings
    paths: Paths
    problems: tuple[Problem, ...] = ()


def load_config(
    root: Path,
    config: Path | None = None,
    sets: tuple[str, ...] = (),
    output: Path | None = None,
    cache: Path | None = None,
    editions: Path | None = None,
) -> Config:
    """Return the configuration of the site at `root`.

    `sets` are settings as `a.b=VALUE`, where VALUE is YAML. `output`, `cache` and `editions` come
    from the command line and are relative to the working folder. Raises UserError (exit code 2)
    with the position of the mistake.
    """
    file = config or root / FILE
    source = SettingsFile(file, sets)
    settings = _checked(source.typed(Settings), source, root)
    names = {name: getattr(settings, name) for name in _FOLDERS}
    if settings.bucket:
        names["content"] = settings.bucket.copy
    folders = {name: Path(os.path.abspath(root / given)) for name, given in names.items()}
    folders |= {
        name: Path(os.path.abspath(given))
        for name, given in (("output", output), ("editions", editions))
        if given
    }
    paths = Paths(
        root=Path(os.path.abspath(root)),
        config=file,
        cache=Path(os.path.abspath(cache or root / ".newsgen")),
        **folders,
    )
    check_folders(paths)
    return Config(settings, paths, (*source.cuts(root), *_without_effect(settings, source, root)))


def _without_effect(settings: Settings, source: SettingsFile, root: Path) -> Iterator[Problem]:
    """Yield a warning for extensions of the engine that is not used."""
    name = "markdown.extensions"
    default = Markdown().extensions
    if settings.markdown.engine == "commonmark" and settings.markdown.extensions != default:
        problem = source.wrong(name, "has no effect", "set markdown.engine: markdown").problem
        file = os.path.relpath(problem.file, root) if problem.file else ""
        yield structs.replace(problem, severity="warning", code="unused-setting", file=file)


class Setting(Struct, frozen=True):
    """A setting: its dotted key, its value, and its origin.

    The origin is `default`, a file with its line, or an option.
    """

    key: str
    value: Any
    origin: str


def list_settings(
    root: Path, config: Path | None, sets: tuple[str, ...], key: str = ""
) -> list[Setting]:
    """Return all settings of the site at `root`, or the one with this key, or those of this group.

    Raises UserError (exit code 2) if the key does not exist or a setting is wrong.
    """
    source = SettingsFile(config or root / FILE, sets)
    found = [
        Setting(name, value, source.origin(name))
        for name, value in _flat(_checked(source.typed(Settings), source, root))
    ]
    wanted = [one for one in found if not key or one.key == key or one.key.startswith(f"{key}.")]
    if not wanted:
        raise settings_error(
            "unknown-setting",
            f"{key} is not a setting",
            hint=near_or_all(key, [one.key for one in found]),
        )
    return wanted


def _flat(table: Table, above: str = "") -> Iterator[tuple[str, Any]]:
    for name in table.__struct_fields__:
        value = getattr(table, name)
        if isinstance(value, Table):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield above + name, msgspec.to_builtins(value, builtin_types=())


_FOLDERS = ("content", "data", "templates", "static", "media", "output", "editions")


def _checked(settings: Settings, source: SettingsFile, root: Path) -> Settings:
    if not ADDRESS.fullmatch(settings.url):
        raise source.wrong("url", "is not an absolute address such as https://news.example")
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", settings.language):
        raise source.wrong("language", "is not a language tag such as en or zh-Hant (BCP 47)")
    try:
        _ = settings.zone
    except (ValueError, OSError, KeyError):
        raise source.wrong("timezone", "is not a time zone such as Europe/Berlin") from None
    if (bucket := settings.bucket) and not re.fullmatch(BUCKET, bucket.url):
        raise source.wrong("content", "is not the address of a bucket, such as s3://bucket/wire")
    check_permalinks(settings.permalinks, source)
    check_fields(settings.fields, source)
    check_taxonomies(settings.taxonomies, source)
    check_share(settings.share, source)
    check_security(settings.security, source)
    theme = with_faces(settings.theme, root, source)
    theme = msgspec.structs.replace(theme, logo=composed(theme.logo))
    return msgspec.structs.replace(
        settings, url=settings.url.rstrip("/"), icon=composed(settings.icon), theme=theme
    )
