"""Convert a WordPress post to HTML: paragraphs, shortcodes and blocks as WordPress shows them.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape, unescape
from urllib.parse import urlsplit

from msgspec import Struct

from newsgen.importers.model import ImportedImage

_BLOCK = re.compile(r"<!--\s*(/?)wp:([a-z][\w/-]*)\s*(\{(?:(?!<!--|-->).)*\})?\s*(/?)-->", re.S)
_SYNCED = re.compile(r'<!--\s*wp:block\s*\{[^{}]*"ref"\s*:\s*(\d+)[^{}]*\}\s*/-->')
# Blocks that the editor stores without content, because WordPress computes it.
_STORED = ("more", "nextpage", "html", "shortcode", "paragraph", "image", "spacer", "separator")
_BLOCKS = (
    "address|article|aside|blockquote|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer"
    "|form|h[1-6]|header|hr|iframe|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th"
    "|thead|tr|ul|video|audio|script|style|noscript|object|embed"
)
_KEPT = ("pre", "script", "style", "textarea")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_EDGE = re.compile(rf"</?(?:{_BLOCKS})(?:\s[^<>]*)?/?>", re.I)
_STARTS = re.compile(rf"<(?:/?(?:{_BLOCKS})\b|!--)", re.I)
_SHORTCODE = re.compile(
    r"\[(\[?)([A-Za-z][\w-]*)((?:[\s=](?:[^\[\]\"'<>]|\"[^\"]*\"|'[^']*'|&[^;\s]+;)*)?)(/?)\](\]?)"
)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))|([^\s"']+)""")
_URL_LINE = re.compile(r"^[ \t]*(?:<p>[ \t]*)?(https?://[^\s<>\"]+)[ \t]*(?:</p>[ \t]*)?$", re.M)
_WRAPPED = re.compile(
    r"(<div class=\"wp-block-embed__wrapper\">)\s*(https?://[^\s<>]+)\s*(</div>)", re.S
)
_CAPTION = re.compile(r"(?<!\[)\[(?:wp_)?caption([^\[\]]*)\](.*?)\[/(?:wp_)?caption\]", re.S)
_CAPTION_IMAGE = re.compile(r"\s*((?:<a\b[^<>]*>\s*)?<img\b[^<>]*>(?:\s*</a>)?)(.*)", re.S | re.I)
_FRAME = '\n\n<iframe src="{}"></iframe>\n\n'
# Words that many texts have in brackets and no plugin uses.
_WORDS = ("sic", "edit", "ed", "note", "x", "i", "update", "laughs", "laughter", "applause")


class MadeHtml(Struct, frozen=True):
    """HTML, and notes about what WordPress would have shown in addition."""

    html: str
    notes: tuple[str, ...] = ()


Gallery = Callable[[Sequence[str]], Sequence[ImportedImage]]


def wordpress_html(content: str, gallery: Gallery, synced: Mapping[str, str]) -> MadeHtml:
    """Return a post's content as HTML.

    `gallery` returns the images with these numbers, or all that belong to the post for none.
    `synced` are the contents of synced blocks by their number.
    """
    notes: list[str] = []
    blocks = "<!-- wp:" in content
    if blocks:
        content = _blocks(_SYNCED.sub(lambda found: synced.get(found[1], found[0]), content), notes)
    content = _URL_LINE.sub(lambda found: _FRAME.format(escape(found[1])), content)
    content = _WRAPPED.sub(lambda found: f'<iframe src="{found[2]}"></iframe>', content)
    content = _shortcodes(content, gallery, notes)
    content = re.sub(r"<!--\s*nextpage\s*-->", "", content)
    return MadeHtml(content if blocks else paragraphs(content), tuple(dict.fromkeys(notes)))


def _blocks(content: str, notes: list[str]) -> str:
    """Remove the comments of blocks. Blocks without content are noted."""

    def remove(found: re.Match[str]) -> str:
        closing, name, _, empty = found.groups()
        if name == "more" and not closing:
            return ""
        if empty and not closing and name not in _STORED:
            notes.append(f"dynamic-block {name}")
        return ""

    return _BLOCK.sub(remove, content)


def paragraphs(text: str) -> str:
    """Return the text of the classic editor with paragraphs and line breaks.

    It follows `wpautop` of WordPress: an empty line ends a paragraph, a line break is one.
    """
    kept: list[str] = []

    def put_aside(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\n\n\x00{len(kept) - 1}\x00\n\n"

    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    for name in _KEPT:
        whole = re.compile(rf"<{name}\b.*?</{name}\s*>", re.S | re.I)
        text = _sub_closed(whole, rf"</{name}\s*>", put_aside, text)
    text = re.sub(r"<br\s*/?>\s*<br\s*/?>", "\n\n", text, flags=re.I)
    text = _sub_closed(_COMMENT, "-->", lambda found: f"\n\n{found[0]}\n\n", text)
    text = _EDGE.sub(lambda found: f"\n\n{found[0]}\n\n", text)
    parts = []
    for part in re.split(r"\n\s*\n", text):
        part = part.strip()
        if not part:
            continue
        if part.startswith("\x00") or _STARTS.match(part):
            parts.append(part)
        else:
            broken = re.sub(r"(?<!<br>)(?<!<br/>)(?<!<br />)\n", "<br>\n", part)
            parts.append(f"<p>{broken}</p>")
    made = "\n".join(parts)
    # a paragraph that fills a list item, a cell or a caption on one line needs no `p`
    made = re.sub(
        r"(<(?:li|td|th|dt|dd|figcaption|summary|h[1-6]|p)(?:\s[^<>]*)?>)\n<p>((?:(?!</?p>).)*?)</p>\n"
        r"(?=</(?:li|td|th|dt|dd|figcaption|summary|h[1-6]|p)>|<(?:ul|ol)\b)",
        r"\1\2",
        made,
        flags=re.I | re.S,
    )
    return re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], made)


def _sub_closed(
    pattern: re.Pattern[str], closer: str, replace: Callable[[re.Match[str]], str], text: str
) -> str:
    """Replace the matches of a pattern up to the last `closer`. After it, the pattern would search
    from each opener to the end of the text.
    """
    end = max((found.end() for found in re.finditer(closer, text, re.I)), default=0)
    return pattern.sub(replace, text[:end]) + text[end:]


def _attributes(text: str) -> tuple[dict[str, str], list[str]]:
    named: dict[str, str] = {}
    plain: list[str] = []
    text = unescape(text).replace("”", '"').replace("“", '"').replace("″", '"')
    for found in _ATTRIBUTE.finditer(text):
        if found[1]:
            named[found[1].lower()] = found[2] or found[3] or found[4] or ""
        else:
            plain.append(found[5].lstrip("="))
    return named, plain


def _shortcodes(content: str, gallery: Gallery, notes: list[str]) -> str:
    """Replace the shortcodes of WordPress itself. Others stay as text, with a note."""
    if "[" not in content:
        return content
    content = _sub_closed(
        _CAPTION,
        r"\[/(?:wp_)?caption\]",
        lambda found: _caption(*_attributes(found[1]), found[2]),
        content,
    )
    closed = set(re.findall(r"\[/([A-Za-z][\w-]*)\]", content))
    content = re.sub(
        r"\[embed[^\[\]]*\]\s*(https?://[^\s\[\]<>]+)\s*\[/embed\]",
        lambda found: _FRAME.format(escape(found[1])),
        content,
    )

    def replace(found: re.Match[str]) -> str:
        name = found[2].lower()
        if found[1] and found[5]:
            return found[0][1:-1]  # an escaped shortcode
        named, plain = _attributes(found[3])
        made = _known(name, named, plain, gallery)
        if made is not None:
            return found[1] + made + found[5]
        if name not in _WORDS and (named or found[2] in closed or "_" in name):
            notes.append(f"unknown-shortcode {name}")
        return found[0]

    content = _SHORTCODE.sub(replace, content)
    return re.sub(r"\[/(?:audio|video|playlist|gallery)\]", "", content)


def _known(name: str, named: dict[str, str], plain: list[str], gallery: Gallery) -> str | None:
    if name == "gallery":
        return gallery_html(
            gallery([part for part in re.split(r"[,\s]+", named.get("ids", "")) if part])
        )
    if name in ("audio", "video"):
        kinds = ("src", "mp3", "m4a", "ogg", "wav", "mp4", "m4v", "webm", "ogv", "flv")
        source = next((named[kind] for kind in kinds if kind in named), plain[0] if plain else "")
        source = source.split("|")[0]
        return f'\n\n<{name} src="{escape(source)}"></{name}>\n\n' if source else ""
    if name in ("youtube", "vimeo"):
        address = plain[0] if plain else next(iter(named.values()), "")
        if address.isdigit() and name == "vimeo":
            address = f"https://vimeo.com/{address}"
        elif "/" not in address:
            address = f"https://www.youtube.com/watch?v={address}"
        return _FRAME.format(escape(address)) if urlsplit(address).hostname else None
    return "" if name == "playlist" else None


def _caption(named: dict[str, str], plain: list[str], inner: str) -> str:
    found = _CAPTION_IMAGE.match(inner)
    if not found:
        return inner
    caption = named.get("caption") or found[2].strip()
    shown = f"<figcaption>{' '.join(caption.split())}</figcaption>" if caption else ""
    return f"\n\n<figure>{found[1]}{shown}</figure>\n\n"


def gallery_html(images: Sequence[ImportedImage]) -> str:
    """Return images as a gallery."""
    shown = []
    for image in images:
        tag = f'<img src="{escape(image.url)}" alt="{escape(image.alt)}">'
        caption = f"<figcaption>{escape(image.caption)}</figcaption>" if image.caption else ""
        shown.append(f"<figure>{tag}{caption}</figure>" if caption else tag)
    return f'\n\n<div class="gallery">{"".join(shown)}</div>\n\n' if shown else ""
