"""The converter from HTML to Markdown: what each element becomes.

Few commands need it, and importing markdownify takes 80 ms, so import this module where it is used.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import urlsplit

from markdownify import MarkdownConverter

from newsgen.content.body.embeds import Hosts, make_player
from newsgen.content.body.sanitiser import sanitiser
from newsgen.content.urls import body_link

Rewrite = Callable[[str], str]
_INLINE = (
    *("sub", "sup", "kbd", "mark", "ins", "u", "small", "abbr", "cite", "q", "dfn", "var", "samp"),
    *("ruby", "rt", "rp", "bdi", "time", "span"),
)
# Left out with their content, and counted.
_DROPPED = (
    *("script", "style", "noscript", "form", "object", "embed", "applet", "svg", "math", "select"),
    *("textarea", "button", "template", "input", "canvas", "link", "meta", "head", "frameset"),
)
_ATTRIBUTES = {"abbr": ("title",), "time": ("datetime",), "q": ("cite",)}
_TREES = ("dl", "details")  # kept as HTML
_ESCAPED = re.compile(r"[\\`*\[\]~|^]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|<")
_REFERENCE = re.compile(r"&(?=#?\w+;)")
_LINE_START = re.compile(r"^(\s*)([-+=:#>](?=\s|$|[-=#>])|#{1,6}(?=\s))", re.M)
_NUMBER = re.compile(r"^(\s*\d{1,9})([.)])(?=\s)", re.M)
_SHORTCODE = re.compile(r"\{(?=[{%])")
_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
_BETWEEN = re.compile(r">\s*\n\s*<")
_LANGUAGE = re.compile(r"(?:language|lang|brush:?)[-\s]*([\w+#-]{1,30})")
_ID = re.compile(r"[A-Za-z][\w.-]{0,80}", re.ASCII)
_BLOCKS = ("p", "div", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre")


def convert(
    markup: str, hosts: Hosts, rewrite: Rewrite, image: Rewrite
) -> tuple[str, dict[str, int]]:
    """Return HTML as Markdown, and how many elements of each name were left out or became links.

    The arguments are those of `html_to_markdown`. HTML that cannot be converted stays HTML.
    """
    dropped: Counter[str] = Counter()
    try:
        text = _Converter(hosts, rewrite, image, dropped).convert(markup)
    except (RecursionError, ValueError, AttributeError):
        text = _cleaned(markup)
    return text, dict(dropped)


class _Converter(MarkdownConverter):
    """Makes Markdown for newsgen's bodies. It has a method for each element."""

    def __init__(
        self, hosts: Hosts, rewrite: Rewrite, image: Rewrite, dropped: Counter[str]
    ) -> None:
        super().__init__(heading_style="atx", bullets="-", bs4_options="lxml")
        self.players, self.media = hosts.players, hosts.media
        self.rewrite, self.image, self.dropped = rewrite, image, dropped
        for name in _INLINE:
            setattr(self, f"convert_{name}", _inline(name))
        for name in _DROPPED:
            setattr(self, f"convert_{name}", self.drop)
        for name in _TREES:
            setattr(self, f"convert_{name}", self.keep)

    def escape(self, text: str, parent_tags: set[str]) -> str:
        return _escaped(text)

    def process_tag(self, node: Any, parent_tags: set[str] | None = None) -> str:
        """Convert an element, but nothing inside an element that stays HTML as a whole. Otherwise
        the content of nested ones would be converted once for each level.
        """
        if _stays_html(node):
            convert = self.get_conv_fn_cached(node.name)  # type: ignore[attr-defined]  # the stubs lack it
            return str(convert(node, "", parent_tags=parent_tags or set()))
        return str(super().process_tag(node, parent_tags))  # type: ignore[misc]  # the stubs lack it

    def drop(self, el: Any, text: str, parent_tags: set[str]) -> str:
        self.dropped[el.name] += 1
        return ""

    def keep(self, el: Any, text: str, parent_tags: set[str]) -> str:
        self.dropped.update(inner.name for inner in el.find_all(_DROPPED))
        for link in el.find_all("a", href=True):
            if not body_link(link["href"]).url:
                self.dropped["a"] += 1
            link["href"] = self.rewrite(link["href"])
        for media in el.find_all(("img", "audio", "video", "source")):
            if media.get("src"):
                media["src"] = self.image(media["src"])
            if media.name == "img":
                media["alt"] = media.get("alt") or ""
                del media["title"]  # it would be a caption
        for frame in el.find_all("iframe"):
            frame.replace_with(self.frame(frame))
        made = _SHORTCODE.sub("&#123;", _cleaned(str(el)))
        return f"\n\n{made}\n\n" if made else ""

    def frame(self, el: Any) -> str:
        source = (el.get("src") or el.get("data-src") or "").strip()
        source = f"https:{source}" if source.startswith("//") else source
        if not source.startswith(("https://", "http://")):
            self.dropped["iframe"] += 1
            return ""
        if make_player(source, self.players):
            return '{{< embed "' + re.sub(r'["<>{}\s]', "", source) + '" >}}'
        self.dropped["iframe"] += 1
        return f"<{re.sub(r'[<>]', '', source)}>"

    def convert_iframe(self, el: Any, text: str, parent_tags: set[str]) -> str:
        made = self.frame(el)
        return f"\n\n{made}\n\n" if made else ""

    def convert_br(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """Drop a break at the edge of its element, where it has no effect and `\\` would show."""
        if "_inline" in parent_tags or _at_edge(el, "previous") or _at_edge(el, "next"):
            return " "
        return "\\\n"

    def convert_a(self, el: Any, text: str, parent_tags: set[str]) -> str:
        href = (el.get("href") or "").strip()
        own = el.get("id") or el.get("name") or ""
        anchor = f'<a id="{own}"></a>' if not href and _ID.fullmatch(own) else ""
        if not href or not text.strip():
            return anchor + text
        if not body_link(href).url:
            self.dropped["a"] += 1
            return text
        if el.find(_BLOCKS):
            return str(self.keep(el, text, parent_tags))
        title = f' "{_quoted(el["title"])}"' if el.get("title") else ""
        lead = text[: len(text) - len(text.lstrip())]
        trail = text[len(text.rstrip()) :]
        return f"{lead}[{text.strip()}]({_target(self.rewrite(href))}{title}){trail}"

    def convert_img(self, el: Any, text: str, parent_tags: set[str]) -> str:
        source = el.get("src") or el.get("data-src") or el.get("data-lazy-src") or ""
        if not source.strip() or source.startswith("data:"):
            self.dropped["img"] += 1
            return ""
        alt = _escaped(" ".join((el.get("alt") or "").split()))
        return f"![{alt}]({_target(self.image(source))})"  # a title would be a caption

    def convert_figure(self, el: Any, text: str, parent_tags: set[str]) -> str:
        for paragraph in el.find_all("p"):
            paragraph.unwrap()
        if el.find("iframe") or not el.find(("img", "audio", "video", "table")):
            return f"\n\n{text.strip()}\n\n"
        if el.find("table") or _has_several(el):
            return self.group(el, text, parent_tags)
        player = el.find(("audio", "video"))
        if (player and self.as_link(player)) or (el.find("img") and not el.find("figcaption")):
            return f"\n\n{text.strip()}\n\n"
        return str(self.keep(el, text, parent_tags))

    def group(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if el.find("table"):
            return f"\n\n{text.strip()}\n\n"
        el.name = "div"
        el["class"] = "gallery"
        for inner in el.find_all(("ul", "li", "div", "p")):
            inner.unwrap()
        return str(self.keep(el, text, parent_tags))

    def convert_div(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if _is_gallery(el):
            return self.group(el, text, parent_tags)
        return str(super().convert_div(el, text, parent_tags))  # type: ignore[misc]  # the stubs lack it

    def convert_audio(self, el: Any, text: str, parent_tags: set[str]) -> str:
        return self.as_link(el) or str(self.keep(el, text, parent_tags))

    def as_link(self, el: Any) -> str:
        """Return a file of a host whose files may not be played as a link, "" for others."""
        inner = el if el.get("src") else el.find("source", src=True)
        source = self.image(inner["src"]) if inner else ""
        if not source.startswith(("https://", "http://")):
            return ""
        if urlsplit(source).hostname in self.media:
            return ""
        self.dropped[el.name] += 1
        return f"\n\n<{re.sub(r'[<>]', '', source)}>\n\n"

    convert_video = convert_audio

    def convert_table(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if _stays_html(el):
            return str(self.keep(el, text, parent_tags))
        return str(super().convert_table(el, text, parent_tags))  # type: ignore[misc]  # the stubs lack it

    def convert_pre(self, el: Any, text: str, parent_tags: set[str]) -> str:
        if _stays_html(el):
            return str(self.keep(el, text, parent_tags))
        for line_break in el.find_all("br"):
            line_break.replace_with("\n")
        code = el.get_text().strip("\n")
        inner = el.find("code")
        classes = " ".join((el.get("class") or []) + ((inner and inner.get("class")) or []))
        language = _LANGUAGE.search(classes)
        longest = max(map(len, re.findall("`{3,}", code)), default=2)
        fence = "`" * (longest + 1)
        return f"\n\n{fence}{language[1] if language else ''}\n{code}\n{fence}\n\n"

    def convert_hN(self, n: int, el: Any, text: str, parent_tags: set[str]) -> str:  # noqa: N802
        if "_inline" in parent_tags or not text.strip():
            return text
        own = el.get("id") or ""
        mark = f" {{#{own}}}" if _ID.fullmatch(own) else ""
        return f"\n\n{'#' * max(1, min(6, n))} {' '.join(text.split())}{mark}\n\n"


def _cleaned(markup: str) -> str:
    """Return sanitised HTML without empty lines, which would end a block of HTML."""
    made = sanitiser().clean(markup).replace(' class=""', "")
    if "<pre" not in made:
        made = _BETWEEN.sub("><", made)
    return _BLANK_LINES.sub("\n", made).strip()


def _target(address: str) -> str:
    """Return an address escaped for the parentheses of a Markdown link."""
    address = address.strip().replace("\n", "").replace("<", "%3C").replace(">", "%3E")
    return f"<{address}>" if re.search(r"[\s()\\]", address) else address


def _escaped(text: str) -> str:
    """Return text so that Markdown shows it as it is."""
    text = _REFERENCE.sub("&amp;", text)
    text = _ESCAPED.sub(lambda found: "&lt;" if found[0] == "<" else "\\" + found[0], text)
    text = _NUMBER.sub(r"\1\\\2", _LINE_START.sub(r"\1\\\2", text))
    return _SHORTCODE.sub("&#123;", text)


def _stays_html(el: Any) -> bool:
    """Return whether an element stays HTML with all its content."""
    if el.name == "table":
        first = el.find("tr")
        cells = first.find_all(("td", "th")) if first else []
        return (
            not cells
            or any(cell.name != "th" for cell in cells)
            or el.find(lambda one: one.name in _BLOCKS or one.name in ("br", "caption")) is not None
            or el.find(("td", "th"), attrs={"colspan": True}) is not None
            or el.find(("td", "th"), attrs={"rowspan": True}) is not None
        )
    if el.name == "pre":
        return el.find(lambda one: one.name not in ("code", "span", "br")) is not None
    several = (el.name == "figure" and _has_several(el)) or (el.name == "div" and _is_gallery(el))
    return el.name in _TREES or (several and not el.find(("table", "iframe")))


def _is_gallery(el: Any) -> bool:
    return "gallery" in (el.get("class") or ()) and el.find("img") is not None


def _has_several(figure: Any) -> bool:
    return len(figure.find_all("img", limit=2)) > 1 or (
        figure.find("figure") is not None and figure.find(("img", "audio", "video")) is not None
    )


def _at_edge(el: Any, side: str) -> bool:
    """Return whether an element has no neighbour, or a block, on this side."""
    beside = getattr(el, f"{side}_sibling")
    while isinstance(beside, str) and not beside.strip():
        beside = getattr(beside, f"{side}_sibling")
    return beside is None or getattr(beside, "name", None) in _BLOCKS


def _quoted(title: str) -> str:
    return " ".join(title.split()).replace("\\", "\\\\").replace('"', '\\"')


def _inline(name: str) -> Callable[..., str]:
    def convert(el: Any, text: str, parent_tags: set[str]) -> str:
        if not text.strip() or "_noformat" in parent_tags:
            return text
        attributes = "".join(
            f' {key}="{escape(str(el[key]))}"'
            for key in _ATTRIBUTES.get(name, ("lang", "dir"))
            if el.get(key) and isinstance(el[key], str)
        )
        if name == "span" and not attributes:
            return text
        lead = text[: len(text) - len(text.lstrip())]
        trail = text[len(text.rstrip()) :]
        return f"{lead}<{name}{attributes}>{text.strip()}</{name}>{trail}"

    return convert
