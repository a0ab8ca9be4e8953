"""The Markdown engines, set up so that both have the same extensions."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from newsgen.content.body.fences import plain_fences
from newsgen.core.problems import settings_error

Convert = Callable[[str], str]

# Python-Markdown's own fenced_code does not support fences in lists, and supports few info strings
_FENCES = "pymdownx.superfences"
_HIGHLIGHT = "pymdownx.highlight"  # its part that writes the HTML
_EMOJI = "pymdownx.emoji"
_ALWAYS = (
    _FENCES,
    _HIGHLIGHT,
    "footnotes",
    "def_list",
    "tables",
    "pymdownx.tasklist",
    "pymdownx.tilde",
    "pymdownx.magiclink",
    "pymdownx.quotes",
    _EMOJI,
)
_PARTS = {  # Python-Markdown's `extra` with other fences; `typography` replaces `smarty`
    "extra": ("attr_list", "abbr", "md_in_html"),
    "fenced_code": (),
    "smarty": (),
}
_CONFIGS: dict[str, dict[str, Any]] = {
    "footnotes": {"SEPARATOR": "-", "BACKLINK_TITLE": "↩ {}"},
    _FENCES: {"relaxed_headers": True},
    _HIGHLIGHT: {"use_pygments": False},
    "pymdownx.quotes": {"callouts": True},
    "pymdownx.tilde": {"subscript": False},
}
_ESCAPED = re.compile(r"\\[\"'.-]")
_SPACED_FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\]\n]*[ \t][^\]\n]*)\]:", re.M)
_FOOTNOTE = re.compile(r"\[\^[^\]\n]*\]")
_WHITE = re.compile(r"[ \t]")
_FOOTNOTES, _END = '<section class="footnotes" data-footnotes>', "</section>\n"
_SPACE = "\ue0a0"  # represents a space in the label of a footnote


@lru_cache(8)
def engine(name: str, extensions: tuple[str, ...]) -> Convert:
    """Return the function that converts Markdown to HTML, or for `html` leaves it as it is.

    A quotation mark, dash or dot escaped by a backslash is in a `span` with the attribute
    `data-escaped-char`. Raises UserError for an extension that cannot be used.
    """
    if name == "html":
        return str
    return _commonmark() if name == "commonmark" else _python_markdown(extensions)


def _commonmark() -> Convert:
    import comrak

    extension = comrak.ExtensionOptions()
    for option in (
        "alerts",
        "autolink",
        "description_lists",
        "footnotes",
        "shortcodes",  # of emoji
        "strikethrough",
        "table",
        "tasklist",
    ):
        setattr(extension, option, True)
    parsing, rendering = comrak.ParseOptions(), comrak.RenderOptions()
    rendering.unsafe_ = True  # the sanitiser comes later
    escaping, escaped = comrak.ParseOptions(), comrak.RenderOptions()
    escaping.escaped_char_spans = escaped.escaped_char_spans = escaped.unsafe_ = True

    def convert(text: str) -> str:
        spaced = (
            "^" in text and "[^" in text and _SPACE not in text and _SPACED_FOOTNOTE.search(text)
        )
        if spaced:  # comrak does not read a label with a space as a footnote
            text = _FOOTNOTE.sub(lambda found: _WHITE.sub(_SPACE, found[0]), text)
        if "\\" in text and _ESCAPED.search(text):
            made: str = comrak.render_markdown(text, extension, escaping, escaped)
        else:
            made = comrak.render_markdown(text, extension, parsing, rendering)
        if spaced:
            made = made.replace(_SPACE, " ").replace("%EE%82%A0", "-")
        return _footnotes_in_div(made) if made.endswith(_END) else made

    return convert


def _footnotes_in_div(made: str) -> str:
    """Return HTML with its footnotes in a `div`, because a `section` should have a heading."""
    above, start, notes = made.rpartition(_FOOTNOTES)
    return f'{above}<div class="footnotes">{notes.removesuffix(_END)}</div>\n' if start else made


def _python_markdown(extensions: tuple[str, ...]) -> Convert:
    import markdown
    from pymdownx import emoji

    from newsgen.content.body.escapes import Escapes

    chosen = (part for name in extensions for part in _PARTS.get(name, (name,)))
    names = tuple(dict.fromkeys([*_ALWAYS, *chosen]))
    used = {name: config for name, config in _CONFIGS.items() if name in names}
    # characters, as GitHub names them
    used[_EMOJI] = {"emoji_index": emoji.gemoji, "emoji_generator": emoji.to_alt}
    try:
        converter: Any = markdown.Markdown(
            extensions=[*names, Escapes()], extension_configs=used, output_format="html"
        )
    except Exception as error:  # an extension that is missing or cannot be set up
        hint = (
            "https://python-markdown.github.io/extensions/ lists those that come with "
            "Python-Markdown"
        )
        raise settings_error("bad-setting", f"markdown.extensions: {error}", hint=hint) from None

    def convert(text: str) -> str:
        made: str = converter.reset().convert(plain_fences(text))
        return made

    return convert
