"""Read `newsgen.yaml` into immutable Settings.

docs/settings.md documents every key; a test compares the two.
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
from newsgen.config.budgets import Budgets
from newsgen.config.fields import check_fields
from newsgen.config.fonts import with_faces
from newsgen.config.hosts import HostName
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


class Archive(Table, frozen=True):
    """Year, month and day pages. `days: auto` leaves out those of days while these have few
    stories.
    """

    per_page: Annotated[int, Meta(ge=0)] = 40
    days: Literal["always", "auto"] = "always"


class Related(Table, frozen=True):
    """The sidebar of an article."""

    limit: Annotated[int, Meta(ge=0)] = 8
    fill: bool = True


class Stories(Table, frozen=True):
    """Which articles report the same event. `window` and `gap` are in days."""

    window: Annotated[int, Meta(ge=0, le=365)] = 14
    gap: Annotated[int, Meta(ge=0, le=365)] = 7
    redirect: bool = True


class Feeds(Table, frozen=True):
    """RSS, Atom and JSON feeds, for the whole site and for each topic."""

    limit: Count = 30
    full_text: bool = False


class Markdown(Table, frozen=True):
    """How article bodies are converted."""

    engine: Literal["markdown", "commonmark"] = "commonmark"
    extensions: tuple[str, ...] = ("extra", "sane_lists")
    typography: bool = True


class Sources(Table, frozen=True):
    """What counts as a source, and which sources' stories search engines should index elsewhere."""

    platforms: tuple[str, ...] = ("youtube.com", "msn.com")
    noindex: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()


HeaderText = Annotated[
    str,
    Meta(max_length=1500),
    matching(r"^[\x20-\x7e]*$", "contains a character that headers do not allow"),
]


class Headers(Table, frozen=True):
    """HTTP headers, for hosts that read `_headers`."""

    csp: tuple[HeaderText, ...] = ()
    referrer: HeaderText = "strict-origin-when-cross-origin"
    permissions: HeaderText = "camera=(), geolocation=(), microphone=()"
    extra: tuple[HeaderText, ...] = ()


class Embeds(Table, frozen=True):
    """The hosts whose video players, and whose audio and video files, articles may show."""

    hosts: tuple[str, ...] = (
        "youtube.com",
        "youtube-nocookie.com",
        "youtu.be",
        "vimeo.com",
        "player.vimeo.com",
    )
    media: tuple[str, ...] = ()


Folder = Annotated[str, matching(r"^[^\x00-\x1f]+$", "is not the name of a folder")]
_ENGINE = r"^(?:processes|dask://(?:[^\s/:\[\]]+|\[[0-9A-Fa-f:.]+\]):\d{1,5})$"
EngineName = Annotated[str, matching(_ENGINE, "is neither processes nor dask://HOST:PORT")]
Quality = Annotated[int, Meta(ge=1, le=100)]
Width = Annotated[int, Meta(ge=16, le=4096)]


class Qualities(Table, frozen=True):
    """The quality of image copies, from 1 to 100, for each format."""

    avif: Quality = 50
    webp: Quality = 75
    jpeg: Quality = 80


class Images(Table, frozen=True):
    """Image copies that pages use, and how originals are fetched.

    `timeout` is in seconds for one image in total.
    """

    missing: Literal["hotlink", "none"] = "hotlink"
    avif: bool = True
    widths: Annotated[tuple[Width, ...], Meta(min_length=1)] = (160, 320, 640, 960, 1600)
    quality: Qualities = field(default_factory=Qualities)
    placeholder: Annotated[int, Meta(ge=0)] = 5
    max_bytes: Count = 20_000_000
    max_pixels: Count = 40_000_000
    at_once: Count = 16
    per_host: Count = 4
    timeout: Annotated[float, Meta(gt=0)] = 60


class Network(Table, frozen=True):
    """What the commands that use the network may request."""

    private: tuple[str, ...] = ()


_EDITOR = "is not a link such as vscode://file{file}:{line}:{column}"


class Preview(Table, frozen=True):
    """The preview.

    `editor` is the link that opens {file} at {line} and {column} in an editor. `bar` adds a bar to
    each page.
    """

    editor: Annotated[
        str, matching(r"^(?:(?!javascript|data|vbscript)[a-z][a-z0-9+.\-]*:\S+)?$", _EDITOR)
    ] = "vscode://file{file}:{line}:{column}"
    bar: bool = True


class Check(Table, frozen=True):
    """What counts as a problem."""

    allow: tuple[str, ...] = ()


class Settings(Table, frozen=True):
    """All settings of a site. Folders are relative to its root."""

    title: Annotated[str, Meta(min_length=1)]
    url: str
    description: str = ""
    language: str = "en"
    timezone: str = "UTC"
    content: Folder = "content"
    data: Folder = "_data"
    templates: Folder = "templates"
    static: Folder = "static"
    media: Folder = "media"
    output: Folder = "site"
    editions: Folder = "editions"
    engine: EngineName = "processes"
    per_page: Count = 30
    without: tuple[Kind, ...] = ()
    menu: tuple[MenuItem | str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)
    taxonomies: dict[str, TaxonomyOptions] = field(default_factory=dict)
    footer_menu: tuple[MenuLink | str, ...] = ()
    redirects: dict[_OldPath, _Address] = field(default_factory=dict)
    profiles: tuple[ProfileLink, ...] = ()
    share: tuple[ShareLink | str, ...] = ()
    security: Security = field(default_factory=Security)
    humans: str = ""
    ads: tuple[AdsLine, ...] = ()
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
    news_sitemap: bool = True
    robots: tuple[str, ...] = ()
    host: HostName = ""
    gone_status: Literal[200, 410] = 200
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
    def base(self) -> str:
        """Return the path that every link of the site begins with: "", or for example `/azure`."""
        return re.sub(r"^https?://[^/]+", "", self.url)

    @property
    def zone(self) -> tzinfo:
        """Return the site's time zone. Articles use UTC, so for UTC nothing is converted."""
        if self.timezone == "UTC":
            return UTC
        # the import costs a build with nothing to do half as much as reading the settings
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
    folders = {name: Path(os.path.abspath(root / getattr(settings, name))) for name in _FOLDERS}
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
