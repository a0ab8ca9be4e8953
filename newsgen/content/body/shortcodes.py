"""Embeds in bodies, as `{{< name >}}`, `{% name %}` or `{{ name() }}`: a closed list. Pure.

Before Markdown is parsed, each is replaced by a word that no article contains.
"""

from __future__ import annotations

import re
from functools import cached_property
from html import escape
from urllib.parse import urlsplit

from msgspec import Struct, field
from msgspec.structs import replace

from newsgen.content.body.containers import ALERTS
from newsgen.content.body.formulas import FORMULA, may_have_formulas, shown
from newsgen.content.body.template_tags import FOLLOWING, RAW, TAGS, ends_of_raw, without_comments
from newsgen.core import digest
from newsgen.core.messages import did_you_mean
from newsgen.core.patterns import lazily

_CODE = lazily(
    r"\{\{(?:<(?!<)(?P<angle>[^{}]{1,2000}?)>|%(?P<percent>[^{}]{1,2000}?)%)\}\}"
    r"|\{%-?(?P<liquid>[^{}]{1,2000}?)-?%\}"
    r"|\{\{\s*(?P<zola>(?!get_url)[a-z]\w{0,40}\([^{}]{0,2000}?\))\s*\}\}"
    r"|\{\{-?\s*(?P<variable>(?:site|page|post|layout|include|metadata|collections)"
    r"\.[^{}]{1,2000}?)-?\}\}"
    rf"|(?P<formula>{FORMULA})"
)
# Zola's arguments, in the form of Jekyll's.
_CALL = lazily(r"(\w+)\s*\((.*)\)", re.S)
_PAIR = lazily(r"""(\w+)\s*=\s*("[^"]*"|'[^']*'|`[^`]*`|[^\s,"'`]+)""")
_ARGUMENT = lazily(r"""(?:([A-Za-z][\w-]*)=)?("[^"]*"|'[^']*'|`[^`]*`|[^\s"'`]+)""")
_NAMES = {
    "image": "figure",
    "img": "figure",
    "resize_image": "figure",
    "iframe": "embed",
    "video": "video",
    "asset_img": "figure",
    "fig": "figure",
    "picture": "figure",
    "photo": "figure",
    "youtubelite": "youtube",
    "yt": "youtube",
    **dict.fromkeys(("note", "notice", "callout", "admonition", "hint", "info", "tip"), "alert"),
    **dict.fromkeys(("important", "warning", "caution", "danger", "error", "success"), "alert"),
    "blockquote": "quote",
    "collapse": "details",
    "expand": "details",
    "pullquote": "quote",
    "tableofcontents": "toc",
    "twitter": "tweet",
    "twitter_simple": "tweet",
    "x": "tweet",
}
EMBEDS = (
    *(
        "alert",
        "audio",
        "details",
        "embed",
        "figure",
        "gallery",
        "gist",
        "instagram",
        "quote",
        "toc",
    ),
    *("tweet", "video", "vimeo", "youtube"),
)
_ADDRESSES = ("link", "post_url", "ref", "relref")
_AROUND = ("alert", "details", "gallery", "quote")
# Arguments that name the kind of an alert.
_KINDS = ("type", "style", "color", "kind", "level", "class")
# The name of a formula, which no article can write as an embed.
_FORMULA = "$"
# Posts of Jekyll Bootstrap begin with `{% include JB/setup %}`, which shows nothing.
# Wrappers of Hugo whose text stays.
_SILENT = (
    *(*RAW, *(f"end{name}" for name in RAW), "setup"),
    *("rawhtml", "html", "center", "lead", "katex", "math", "mathjax"),
)
# Posts of other sites are links: what their scripts show would need a request to the host.
_POSTS = {
    "gist": "https://gist.github.com/",
    "instagram": "https://www.instagram.com/p/",
    "tweet": "https://x.com/",
}
_PAGES = {"youtube": "https://www.youtube.com/embed/", "vimeo": "https://vimeo.com/"}


class Shortcode(Struct, frozen=True):
    """One embed as written: its name, its arguments, and its position in the body."""

    source: str
    at: int
    name: str
    ends: bool = False
    values: tuple[str, ...] = ()
    named: dict[str, str] = field(default_factory=dict)

    def value(self, *names: str) -> str:
        """Return the first argument of these names, else the first without a name."""
        found = [self.named[name] for name in names if self.option(name)]
        return found[0] if found else self.values[0] if self.values else ""

    def option(self, name: str) -> str:
        """Return the argument of this name, "" if there is none."""
        return self.named.get(name, "")

    @property
    def address(self) -> str:
        """Return the address that a link of Hugo or Jekyll names, "" if this is not such a link."""
        name = self.value("path")
        if self.name not in _ADDRESSES or not name:
            return ""
        return f"{name}.md" if self.name == "post_url" and not name.endswith(".md") else name

    @property
    def formula(self) -> str:
        """Return the formula of TeX, "" if this is not one."""
        return shown(self.source) if self.name == _FORMULA else ""

    @property
    def tag(self) -> bool:
        """Return whether this is a tag or a variable of a template language."""
        return (self.name in TAGS and self.source.startswith("{%")) or "." in self.name

    @property
    def follows(self) -> bool:
        """Return whether this is a tag that only follows another, such as `{% endif %}`."""
        return self.tag and self.name in FOLLOWING

    @property
    def hint(self) -> str:
        """Return what to write instead of an unknown name."""
        return did_you_mean(self.name, EMBEDS, f"the embeds are {', '.join(EMBEDS)}")


class Shortcodes(Struct, frozen=True, dict=True):
    """A body's embeds, and the body with a word in place of each. The word begins with `key`.

    `written` is the body before that, in which the embeds have their positions.
    """

    text: str
    key: str = ""
    codes: tuple[Shortcode, ...] = ()
    written: str = ""

    @cached_property
    def words(self) -> re.Pattern[str]:
        """Return the pattern of the words."""
        return re.compile(f"{self.key}(\\d+)z")

    def restored(self, text: str) -> str:
        """Return the value of an attribute with addresses in place of words.

        An embed that names no address is restored as it was written.
        """

        def written(found: re.Match[str]) -> str:
            code = self.codes[int(found[1])]
            return code.address or code.source

        return self.words.sub(written, text)

    def unknown(self, address: str) -> Shortcode | None:
        """Return the first embed in an address that does not name an address itself."""
        for found in self.words.finditer(address):
            code = self.codes[int(found[1])]
            if code.name and not code.address:
                return code
        return None


def put_aside(text: str) -> Shortcodes:
    """Return a body's embeds apart from its text."""
    has_tags = "{" in text and ("{{" in text or "{%" in text)
    if not has_tags and not may_have_formulas(text):
        return Shortcodes(text)
    text = without_comments(text)
    key = f"embed{digest.of_text(text).hex()[:16]}n"
    codes: list[Shortcode] = []
    authors: dict[str, str] = {}
    raw, opened, ends = "", list[str](), ends_of_raw(text)

    def word(found: re.Match[str]) -> str:
        nonlocal authors, raw
        inner = found[found.lastgroup or 0]
        name = inner.strip()
        if name in RAW and ends.get(name, -1) > found.start():
            raw = f"end{name}"
            codes.append(Shortcode("", found.start(), name))
        elif raw:  # everything in between is text, as written
            closes = name == raw
            raw = "" if closes else raw
            shown = "" if closes else found[0]
            codes.append(Shortcode(shown, found.start(), name if closes else ""))
        elif found["formula"]:
            codes.append(Shortcode(found[0], found.start(), _FORMULA))
        elif inner.startswith("/*") and inner.endswith("*/"):  # an escaped embed, as Hugo writes it
            inner = inner[2:-2]
            shown = found[0].replace("/*", "", 1).replace("*/", "", 1)
            codes.append(Shortcode(shown, found.start(), ""))
        elif found["variable"]:
            codes.append(Shortcode(found[0], found.start(), name.partition("|")[0].strip()))
        else:
            code = _read(found[0], found.start(), inner)
            if code.name == "quote":  # its end tag names the speaker
                code, authors = (
                    replace(code, named=authors if code.ends else code.named),
                    code.named,
                )
            codes.append(code)
            if found["liquid"] and _CALL.fullmatch(name) and code.name in _AROUND:
                opened.append(code.name)
            elif found["liquid"] and name == "end" and opened:
                codes[-1] = replace(code, name=opened.pop(), ends=True, named=authors)
        return f"{key}{len(codes) - 1}z"

    made = _CODE.sub(word, text)
    if "]:" in made:
        made = re.sub(
            rf"^([ \t]*{key}\d+z[ \t]*\n)(?= {{0,3}}\[[^\]\n]+\]:)", r"\1\n", made, flags=re.M
        )
    return Shortcodes(made, key, tuple(codes), text)


def _read(source: str, at: int, inner: str) -> Shortcode:
    inner = inner.strip()
    if call := _CALL.fullmatch(inner):
        inner = " ".join([call[1], *("=".join(pair) for pair in _PAIR.findall(call[2]))])
    ends = inner.startswith("/")
    name, rest = (*inner.lstrip("/ \n").removesuffix("/").split(None, 1), "", "")[:2]
    values = [(found[1], found[2]) for found in _ARGUMENT.finditer(rest)]
    plain = [(key, v[1:-1] if v[0] in "\"'`" else v) for key, v in values]
    unnamed = [v for key, v in plain if not key]
    included = name in ("include", "include_cached") and bool(unnamed)
    if included:  # in Jekyll, the file names the embed
        name = unnamed.pop(0).rpartition("/")[2].partition(".")[0]
    name, own = name.lower(), name.lower()
    if name.startswith("end") and _NAMES.get(name[3:], name[3:]) in EMBEDS:
        name, ends = name[3:], True
    name = _NAMES.get(name, name)
    named = {key.lower(): value for key, value in plain if key}
    if (
        included
        and name in _AROUND
        and not (named.keys() & {"images", "author", "content", "text"})
    ):
        name = f"include {name}"  # its images are in front matter
    if source.startswith("{%") and own in ("img", "asset_img", "image") and not named:
        named, unnamed = _picture(unnamed, 1 if own == "image" else None), []
    elif source.startswith("{%") and own == "blockquote":  # Hexo's names the speaker
        named, unnamed = {"author": rest.strip()}, []
    if name == "alert" and own in ALERTS:
        named.setdefault("type", own)
    return Shortcode(source, at, name, ends, tuple(unnamed), named)


def _picture(values: list[str], most: int | None) -> dict[str, str]:
    """Return the named arguments of an image of Hexo, Octopress or Eleventy. The first word with a
    dot is the address. At most so many words after it are the alternative text.
    """
    n = next((n for n, value in enumerate(values) if "." in value), 0)
    words = [value for value in values[n + 1 :] if value.strip(" ,") and not value.isdigit()]
    return {"src": values[n], "alt": " ".join(words[:most])} if values else {}


def embed_html(embed: Shortcode) -> str | None:
    """Return an embed as HTML, which must still be sanitised, None if it is unknown."""
    if not embed.name:
        return escape(embed.source)
    if embed.name in _SILENT:
        return ""
    if embed.address:
        return escape(embed.address)
    if embed.name in _AROUND:
        return _around(embed)
    if embed.name == "post_link" and embed.values:  # of Hexo: a file and words
        words = " ".join(embed.values[1:]) or embed.values[0]
        return f'<a href="{escape(embed.values[0])}.md">{escape(words)}</a>'
    if embed.ends:
        return "" if embed.name in EMBEDS else None
    if embed.name in _POSTS:
        return _post(embed)
    service = embed.option("provider") or embed.name
    if service in ("youtube", "vimeo", "embed"):
        return _frame(_PAGES.get(service, ""), embed)
    if embed.name in ("audio", "video"):
        return f'<{embed.name} src="{escape(embed.value("src", "url", "file"))}"></{embed.name}>'
    return (
        _figure(embed)
        if embed.name == "figure"
        else "<p>[TOC]</p>"
        if embed.name == "toc"
        else None
    )


def _post(embed: Shortcode) -> str | None:
    """Return the link to a post of another site, None if nothing says which."""
    words = (embed.option("user"), *embed.values[:2], embed.option("id"), embed.option("url"))
    known = [word for word in words if word and not word.endswith((".py", ".js", ".md", ".rb"))]
    if not known:
        return None
    if known[0].startswith(("https://", "http://")):
        address = known[0]
    else:
        between = "/status/" if embed.name == "tweet" else "/"
        names = ["i", *known] if embed.name == "tweet" and len(known) == 1 else known
        address = _POSTS[embed.name] + between.join(name.lstrip("@") for name in names)
    shown = address.partition("://")[2].removeprefix("www.")
    return f'<a href="{escape(address)}">{escape(shown)}</a>'


def _id(embed: Shortcode) -> str:
    """Return the id of a video, also from its address."""
    value = embed.value("id", "video", "video_id", "url", "src")
    if "/" not in value:
        return escape(value)
    parts = urlsplit(value)
    named = re.search(r"(?:^|&)v=([\w-]+)", parts.query)
    return escape(named[1] if named else parts.path.rstrip("/").rpartition("/")[2])


def _frame(page: str, embed: Shortcode) -> str:
    address = page + _id(embed) if page else escape(embed.value("url", "src"))
    return f'<iframe src="{address}" title="{escape(embed.option("title"))}"></iframe>'


def _figure(embed: Shortcode) -> str:
    source = embed.value("src", "url", "image_path", "path", "image", "file", "filename", "img")
    alt = embed.option("alt")
    caption = embed.option("caption") or embed.option("title") or embed.option("description")
    credit = embed.option("credit") or embed.option("attr")
    image = f'<img src="{escape(source)}" alt="{escape(alt)}">'
    if embed.option("link"):
        image = f'<a href="{escape(embed.option("link"))}">{image}</a>'
    credit = " · ".join(filter(None, (escape(credit), _license(embed.option("license")))))
    words = " ".join(filter(None, (escape(caption), credit and f"<small>{credit}</small>")))
    return f"<figure>{image}{f'<figcaption>{words}</figcaption>' if words else ''}</figure>"


def _license(license: str) -> str:
    """Return a license as HTML: its name, or a link that shows its host and path."""
    shown = escape(license)
    if not license.startswith(("https://", "http://")):
        return shown
    named = shown.partition("://")[2].removeprefix("www.").rstrip("/")
    return f'<a href="{shown}">{named}</a>'


def _alert(embed: Shortcode) -> str:
    """Return the start or the end of an alert, or all of one whose text is an argument."""
    if embed.ends:
        return "</p></div>"
    values = list(embed.values)
    kinds = [embed.option(name) for name in _KINDS] + values[:1]
    said = next((kind.lower() for kind in kinds if kind.lower() in ALERTS), "note")
    if values and values[0].lower() in ALERTS:
        values.pop(0)
    kind = ALERTS[said].lower()
    title = escape(embed.option("title") or next(iter(values), "") or kind.capitalize())
    text = escape(embed.option("content") or embed.option("text"))
    head = f'<p class="markdown-alert-title">{title}</p><p>'
    start = f'<div class="markdown-alert markdown-alert-{kind}">{head}'
    return f"{start}{text}</p></div>" if text else start


def _around(embed: Shortcode) -> str:
    """Return the start or end of an embed that encloses Markdown, or a gallery of named images."""
    if embed.name == "gallery":
        images = embed.values or tuple(filter(None, embed.option("images").split(",")))
        if embed.ends or not images:
            return "</div>" if embed.ends else '<div class="gallery">'
        shown = "".join(f'<img src="{escape(name.strip())}" alt="">' for name in images)
        return f'<div class="gallery">{shown}</div>'
    if embed.name == "alert":
        return _alert(embed)
    if embed.name == "details":
        title = escape(embed.value("summary", "title"))
        shown = f"<summary>{title}</summary>" if title else ""
        return "</p></details>" if embed.ends else f"<details>{shown}<p>"
    by = embed.option("author")
    source = f"<p><cite>{escape(by)}</cite></p>" if by else ""
    if embed.ends:
        return f"</p>{source}</blockquote>"
    return (
        f"<blockquote><p>{escape(embed.values[0])}</p>{source}</blockquote>"
        if embed.values
        else "<blockquote><p>"
    )
