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

from newsgen.problems import settings_error

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
_OUTSIDE = re.compile(r'<a href="(?=(?:(?i:https?):)?//)')
_HREF = re.compile(r'<(?:a|img) [^<>]*?(?:href|src)="([^"]*)"')
_HEADING = re.compile(r"<(/?)h([1-6])(?=[ >])")
_TABLE = re.compile(r"<table")
_HEAD = re.compile(r"<th(?: [^>]*)?>(.*?)</th>", re.S)
_TAG = re.compile(r"<[^>]*>")
# Quotation marks (CLDR, delimiters); other languages have the English ones. Single ones stay: they are apostrophes too.
_QUOTES = {
    **dict.fromkeys(("bg", "cs", "de"), ("„", "“")),
    **dict.fromkeys(("hu", "pl", "ro"), ("„", "”")),
    **dict.fromkeys(("es", "it", "no", "nb", "ru", "uk"), ("«", "»")),
    **dict.fromkeys(("fi", "sv"), ("”", "”")),
    "fr": ("«\u202f", "\u202f»"),
    "ja": ("「", "」"),
}
_ENGLISH = ("“", "”")
_INSECURE = re.compile(r'(<img [^<>]*?src=")(?i:http):')  # as `safe_image_url` has it
_NO_PICTURE = re.compile(r"<img(?![^<>]* src=)[^<>]*>")


class Body(Struct, frozen=True):
    """Safe HTML and the addresses within the site that it links to."""

    html: str
    links: tuple[str, ...]


class BodyError(ValueError):
    """A body that is nested too deep for the Markdown engine."""


def render_body(text: str, engine: str, extensions: tuple[str, ...], language: str = "en") -> Body:
    """Markdown as safe HTML. `engine` is `markdown` (Python-Markdown) or `commonmark`; the language decides
    which quotation marks `smarty` makes. Raises BodyError, and UserError for an extension that cannot be used."""
    if not text.strip():
        return Body("", ())
    quotes = _QUOTES.get(language.partition("-")[0].lower(), _ENGLISH)
    convert = _engine(engine, extensions, quotes)
    try:
        made = convert(text)
    except RecursionError:  # Python-Markdown's, on some hundred lists within lists
        _engine.cache_clear()  # it does not find its way back
        raise BodyError("the body is nested too deep") from None
    if "<t" in made:  # cells may stand without a table
        made = _STYLE_ALIGN.sub(r'\1 align="\2"', made)
    made = _sanitiser().clean(made)
    # From here on the text is serialised by the sanitiser: a `<` opens a tag, a `"` closes a value.
    made = _OUTSIDE.sub('<a rel="external noopener" href="', made)
    if "<img" in made:
        made = _INSECURE.sub(r"\1https:", _NO_PICTURE.sub("", made)).replace("<img ", '<img loading="lazy" decoding="async" ')
    if "<t" in made:
        made = _ALIGN.sub(lambda found: f'{found[1]} class="{found[2]}"' if found[2] else found[1], made)
        made = _TABLE.sub(_scrollable, made).replace("</table>", "</table></section>")
    made = _demote_headings(made)
    links = [html.unescape(link) for link in dict.fromkeys(_HREF.findall(made)) if not _is_outside(link)]
    return Body(made.strip(), tuple(dict.fromkeys(links)))


def _is_outside(link: str) -> bool:
    return link.lower().startswith(("http://", "https://", "//", "mailto:", "tel:", "#"))


def _scrollable(found: re.Match[str]) -> str:
    """A wide table scrolls in a box of its own, which the keyboard reaches, named by the heads of its columns."""
    heads = [_TAG.sub("", head).strip() for head in _HEAD.findall(found.string[found.end() : found.string.find("</tr>", found.end())])]
    name = ", ".join(head.replace('"', "&quot;") for head in heads if head)[:100]
    label = f' aria-label="{name}"' if name else ""
    return f'<section class="scroll" tabindex="0"{label}><table'


def _demote_headings(made: str) -> str:
    """The page's own headline is its only h1: where the body has one, all its headings go down a level."""
    if "<h1" not in made:
        return made
    return _HEADING.sub(lambda found: f"<{found[1]}h{min(int(found[2]) + 1, 6)}", made)


@cache
def _engine(name: str, extensions: tuple[str, ...], quotes: tuple[str, str]) -> Callable[[str], str]:
    if name == "commonmark":
        import pyromark

        options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH | pyromark.Options.ENABLE_FOOTNOTES
        return pyromark.Markdown(options=options).html
    import markdown

    footnotes = {"SEPARATOR": "-", "BACKLINK_TITLE": "↩ {}"}
    configs: dict[str, Any] = {"footnotes": footnotes, "extra": {"footnotes": footnotes}}
    configs["smarty"] = {"substitutions": {"left-double-quote": quotes[0], "right-double-quote": quotes[1]}}
    used = {name: config for name, config in configs.items() if name in extensions}
    try:
        converter: Any = markdown.Markdown(extensions=list(extensions), extension_configs=used, output_format="html")
    except Exception as error:  # an extension that is not there, or that cannot be set up
        hint = "https://python-markdown.github.io/extensions/ lists those that come with Python-Markdown"
        raise settings_error("bad-setting", f"markdown.extensions: {error}", hint=hint) from None

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
