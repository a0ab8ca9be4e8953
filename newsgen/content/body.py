"""The body: Markdown to HTML by the engine of the settings, then through one sanitiser.

Whatever the engine lets through, only what is allowed here reaches a page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from msgspec import Struct

_TAGS = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "dl", "dt", "dd", "div", "section"),
    *("em", "strong", "b", "i", "u", "s", "del", "ins", "mark", "small", "sub", "sup", "kbd", "code", "pre", "samp", "var"),
    *("abbr", "cite", "q", "dfn", "time", "a", "img", "figure", "figcaption", "span", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
_DROP_WITH_CONTENT = {"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title", "textarea", "xmp"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "td": {"align", "colspan", "rowspan"},
    "ol": {"start", "reversed"},
    "time": {"datetime"},
    "q": {"cite"},
    "blockquote": {"cite"},
    "abbr": {"title"},
    "details": {"open"},
    "*": {"id", "lang", "dir"},
}
_CLASS_NAMES = {"footnote", "footnote-ref", "footnote-backref", "footnote-definition", "footnote-definition-label", "footnote-reference"}
_CLASSES = dict.fromkeys(("div", "a", "sup", "section"), _CLASS_NAMES)
_STYLE_ALIGN = re.compile(r'(<t[hd]) style="text-align: ?(left|center|right);?"')
_ALIGN = re.compile(r'(<t[hd](?: [^<>]*?)?) align="(?:(left|center|right)|[^"]*)"')
_OUTSIDE = re.compile(r'<a href="(?=(?:https?:)?//)', re.I)
_HREF = re.compile(r'<(?:a|img) [^<>]*?(?:href|src)="([^"]*)"')
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_IMG = re.compile(r"<img ")
_NO_PICTURE = re.compile(r"<img(?![^<>]* src=)[^<>]*>")


class Body(Struct, frozen=True):
    """Safe HTML and the addresses within the site that it links to."""

    html: str
    links: tuple[str, ...]


class BodyError(ValueError):
    """A body that is nested too deep for the Markdown engine."""


def render_body(text: str, engine: str, extensions: tuple[str, ...]) -> Body:
    """Markdown as safe HTML. `engine` is `markdown` (Python-Markdown) or `commonmark`. Raises BodyError."""
    if not text.strip():
        return Body("", ())
    convert = _engine(engine, extensions)
    try:
        made = convert(text)
    except RecursionError:  # Python-Markdown's, on some hundred lists within lists
        raise BodyError("the body is nested too deep") from None
    made = _sanitiser().clean(_STYLE_ALIGN.sub(r'\1 align="\2"', made))
    # From here on the text is serialised by the sanitiser: a `<` opens a tag, a `"` closes a value.
    made = _ALIGN.sub(lambda found: f'{found[1]} class="{found[2]}"' if found[2] else found[1], made)
    made = _OUTSIDE.sub('<a rel="external noopener" href="', made)
    made = _IMG.sub('<img loading="lazy" decoding="async" ', _NO_PICTURE.sub("", made))
    made = _demote_headings(made)
    links = map(html.unescape, _HREF.findall(made))
    return Body(made.strip(), tuple(dict.fromkeys(link for link in links if not _is_outside(link))))


def _is_outside(link: str) -> bool:
    return link.lower().startswith(("http://", "https://", "//", "mailto:", "tel:", "#"))


def _demote_headings(made: str) -> str:
    """The page's own headline is its only h1: where the body has one, all its headings go down a level."""
    if "<h1" not in made:
        return made
    return _HEADING.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + 1, 6)}", made)


@cache
def _engine(name: str, extensions: tuple[str, ...]) -> Callable[[str], str]:
    if name == "commonmark":
        import pyromark

        options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH | pyromark.Options.ENABLE_FOOTNOTES
        return pyromark.Markdown(options=options).html
    import markdown

    converter: Any = markdown.Markdown(extensions=list(extensions), output_format="html")

    def convert(text: str) -> str:
        made: str = converter.reset().convert(text)
        return made

    return convert


@cache
def _sanitiser() -> Any:
    import nh3

    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROP_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )
