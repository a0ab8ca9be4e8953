"""The elements and attributes that a body may have. Nothing else from the engine reaches a page."""

from __future__ import annotations

from functools import cache
from typing import Any

from newsgen.content.body.highlight import LANGUAGE, classes
from newsgen.core.problems import settings_error

_BLOCKS = "p h1 h2 h3 h4 h5 h6 blockquote ul ol li dl dt dd div section pre hr"
_PHRASES = (
    "em strong b i u s del ins mark small sub sup kbd code samp var abbr cite q dfn time a span br "
    "wbr bdi ruby rt rp"
)
_MEDIA = "img figure figcaption details summary audio video source track input"
_TABLES = "table caption thead tbody tfoot tr th td"
ALLOWED = frozenset(" ".join((_BLOCKS, _PHRASES, _MEDIA, _TABLES)).split())
_CODE = "script style template noscript iframe object svg math title textarea xmp"
_DROP_WITH_CONTENT = set(_CODE.split())
ATTRIBUTES = {
    "a": {"href", "title", "data-player"},
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
    "code": {"class"},
    "audio": {"src", "controls", "loop", "muted"},
    "video": {"src", "controls", "loop", "muted", "width", "height", "poster"},
    "source": {"src", "type"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "input": {"disabled", "checked", "aria-label"},
    "*": {"id", "lang", "dir"},
}
FOOTNOTES = {"footnote", "footnotes", "footnote-ref", "footnote-backref"}
ALERTS = {f"alert-{kind}" for kind in ("note", "tip", "important", "warning", "caution")}
_ALIGNMENTS = {"left", "right", "center"}
CLASSES = {
    "a": FOOTNOTES | {"play"},
    "sup": FOOTNOTES,
    "div": FOOTNOTES | ALERTS | {"alert", "gallery", "toc"},
    "p": {"alert-title"},
    "section": FOOTNOTES | {"scroll"},
    "figure": {"embed"},
    "td": _ALIGNMENTS,
    "th": _ALIGNMENTS,
}
# What `markup` adds, with the only values that it uses.
_VALUES = {
    "a": {"rel": {"external noopener"}},
    "img": {"loading": {"lazy"}, "decoding": {"async"}},
    "section": {"tabindex": {"0"}},
    "audio": {"preload": {"none"}},
    "video": {"preload": {"none"}},
    "input": {"type": {"checkbox"}},
}


def _filtered(tag: str, name: str, value: str) -> str | None:
    return None if tag == "code" and name == "class" and not LANGUAGE.fullmatch(value) else value


@cache
def sanitiser(highlighted: bool = False) -> Any:
    """Return the sanitiser. With `highlighted`, spans may have the classes of highlighted code."""
    import nh3

    cleaner = nh3.Cleaner(
        tags=set(ALLOWED),
        clean_content_tags=_DROP_WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=_filtered if highlighted else None,
        tag_attribute_values=_VALUES,
        allowed_classes=CLASSES | ({"span": set(classes())} if highlighted else {}),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
        strip_comments=True,
    )
    if (
        cleaner.clean('<abbr title="<>&quot;">') != '<abbr title="&lt;&gt;&quot;"></abbr>'
    ):  # not escaped by nh3 before 0.3.7; later code relies on it
        raise settings_error(
            "unsafe-sanitiser",
            "nh3 does not escape < in attributes",
            hint="install nh3 0.3.7 or newer",
        )
    return cleaner
