"""The body: Markdown to HTML by the engine in the settings, made well-formed, then sanitised.

Whatever the engine passes through, only what is allowed here reaches a page. Nothing edits the
sanitiser's output.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from msgspec import Struct

from newsgen.config.budgets import DEFAULT, Budgets, OverBudget
from newsgen.content.fences import plain_fences
from newsgen.content.markdown_cost import markdown_cost, markdown_nesting
from newsgen.content.markup import well_formed
from newsgen.content.repair import drop_references
from newsgen.core.problems import settings_error

_TAGS = {
    *(
        "p",
        "br",
        "hr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "div",
        "section",
    ),
    *(
        "em",
        "strong",
        "b",
        "i",
        "u",
        "s",
        "del",
        "ins",
        "mark",
        "small",
        "sub",
        "sup",
        "kbd",
        "code",
        "pre",
        "samp",
        "var",
    ),
    *(
        "abbr",
        "cite",
        "q",
        "dfn",
        "time",
        "a",
        "img",
        "figure",
        "figcaption",
        "span",
        "details",
        "summary",
    ),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
_DROP_WITH_CONTENT = {
    "script",
    "style",
    "template",
    "noscript",
    "iframe",
    "object",
    "svg",
    "math",
    "title",
    "textarea",
    "xmp",
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "ol": {"start", "reversed"},
    "time": {"datetime"},
    "q": {"cite"},
    "blockquote": {"cite"},
    "abbr": {"title"},
    "details": {"open"},
    "section": {"aria-label"},
    "*": {"id", "lang", "dir"},
}
# Python-Markdown's own fenced_code supports no fence in a list, and few info strings
_FENCES = "pymdownx.superfences"
_HIGHLIGHT = "pymdownx.highlight"  # its part that writes the HTML
_PARTS = {  # replacements: Python-Markdown's `extra` with other fences
    "extra": (
        _FENCES,
        _HIGHLIGHT,
        "footnotes",
        "attr_list",
        "def_list",
        "tables",
        "abbr",
        "md_in_html",
    ),
    "fenced_code": (_FENCES, _HIGHLIGHT),
}
_CONFIGS: dict[str, dict[str, Any]] = {
    "footnotes": {"SEPARATOR": "-", "BACKLINK_TITLE": "↩ {}"},
    "smarty": {"smart_quotes": False},
    _FENCES: {"relaxed_headers": True},
    _HIGHLIGHT: {"use_pygments": False},
}
_CLASS_NAMES = {
    "footnote",
    "footnote-ref",
    "footnote-backref",
    "footnote-definition",
    "footnote-definition-label",
    "footnote-reference",
}
_ALIGNMENTS = {"left", "right", "center"}
_CLASSES = {
    **dict.fromkeys(("div", "a", "sup"), _CLASS_NAMES),
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
    "section": _CLASS_NAMES | {"scroll"},
}
# What `markup` adds, with the only values that it uses.
_VALUES = {
    "a": {"rel": {"external noopener"}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
    "section": {"tabindex": {"0"}},
}
_ALLOWED = frozenset(_TAGS)
# bidirectional embeddings, overrides and isolates (UAX 9, section 2), as `repair` removes them
_TURNS = re.compile("[\u202a-\u202e\u2066-\u206f]")


class Body(Struct, frozen=True):
    """Safe HTML, and the addresses within the site that it links to.

    `turned` is true if characters that change the direction of text were removed.
    """

    html: str
    links: tuple[str, ...]
    turned: bool = False


def render_body(
    text: str,
    engine: str,
    extensions: tuple[str, ...],
    language: str = "en",
    base: str = "",
    budgets: Budgets = DEFAULT,
    site: str = "",
) -> Body:
    """Return Markdown as safe HTML.

    `engine` is `markdown` (Python-Markdown) or `commonmark`. `language` decides which quotation
    marks `smarty` makes. Links from the site's root begin with `base`, and links to the site's
    address, `site`, have no `rel`. Raises OverBudget, and UserError for an extension that cannot be
    used.
    """
    if not text.strip():
        return Body("", ())
    budgets.check("body", len(text))
    if engine == "markdown":
        budgets.check("nesting", markdown_nesting(text))
        budgets.check("work", markdown_cost(text))
    convert = _engine(engine, extensions, language if "smarty" in extensions else "")
    try:
        made = convert(text)
    except RecursionError:  # from Python-Markdown, on hundreds of nested lists
        _engine.cache_clear()  # the converter is unusable afterwards
        raise OverBudget("nesting", budgets.nesting) from None
    if "&#" in text:
        made = drop_references(made)
    markup = well_formed(made, _ALLOWED, budgets, base, site)
    made = _sanitiser().clean(markup.html).strip()
    budgets.check("output", len(made))
    straight = _TURNS.sub("", made)  # character references are decoded only now
    return Body(straight, markup.links, straight != made)


@lru_cache(16)  # bounded, because articles choose their language
def _engine(name: str, extensions: tuple[str, ...], language: str) -> Callable[[str], str]:
    if name == "commonmark":
        import pyromark

        options = (
            pyromark.Options.ENABLE_TABLES
            | pyromark.Options.ENABLE_STRIKETHROUGH
            | pyromark.Options.ENABLE_FOOTNOTES
        )
        return pyromark.Markdown(options=options).html
    import markdown

    from newsgen.content.smart_quotes import SmartQuotes

    names = tuple(dict.fromkeys(part for name in extensions for part in _PARTS.get(name, (name,))))
    used = {name: config for name, config in _CONFIGS.items() if name in names}
    ours = [SmartQuotes(language)] if "smarty" in names else []
    try:
        converter: Any = markdown.Markdown(
            extensions=[*names, *ours], extension_configs=used, output_format="html"
        )
    except Exception as error:  # an extension that is missing or cannot be set up
        hint = (
            "https://python-markdown.github.io/extensions/ lists those that come with "
            "Python-Markdown"
        )
        raise settings_error("bad-setting", f"markdown.extensions: {error}", hint=hint) from None

    def convert(text: str) -> str:
        made: str = converter.reset().convert(plain_fences(text) if _FENCES in names else text)
        return made

    return convert


@cache
def _sanitiser() -> Any:
    import nh3

    cleaner = nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROP_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        tag_attribute_values=_VALUES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )
    if (
        cleaner.clean('<abbr title="<>&quot;">') != '<abbr title="&lt;&gt;&quot;"></abbr>'
    ):  # nh3 before 0.3.7; later code relies on the escape
        raise settings_error(
            "unsafe-sanitiser",
            "nh3 does not escape < in attributes",
            hint="install nh3 0.3.7 or newer",
        )
    return cleaner
