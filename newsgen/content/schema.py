"""The fields of an article: front matter of any quality becomes a typed, immutable Article."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any, get_args

from msgspec import structs

from newsgen.config.budgets import DEFAULT, Budgets
from newsgen.content import json_schema as declared
from newsgen.content import repair, teaser, urls
from newsgen.content.address import read_address, withholds
from newsgen.content.aliases import NO_FIELDS, adopt, as_written
from newsgen.content.body.convert import Body
from newsgen.content.body.tokens import tokens
from newsgen.content.conventions import ALWAYS, is_not_indexed, is_pinned, real_tags
from newsgen.content.field_reader import (
    FOCUS,
    KINDS,
    LANGUAGE,
    NOT_A_MAPPING,
    POSTS,
    Inexact,
    Reader,
)
from newsgen.content.misnamed import report_misnamed
from newsgen.content.names import listed, terms_of, unlinked
from newsgen.content.plain_values import is_secret, plain_value
from newsgen.content.publication import Publication, read_publication
from newsgen.content.times import as_day, is_day, start_of
from newsgen.core.model import Article, Correction, Image, Provider, Reference
from newsgen.core.problems import Problem

FIELDS = frozenset({*declared.Article.__struct_encode_fields__, "secured"})
# The fields that are read by their declared type alone: name in the model, key, and method.
_READ_SPECIALLY = frozenset(
    {"excerpt", "heat", "language", "updated", "aliases"} | {*Publication._fields}
)


def _alike() -> list[tuple[str, str, Callable[[Reader, dict[str, Any], str, str], Any]]]:
    methods = (
        (declared.Text, Reader.text),
        (declared.Names, listed),
        (declared.Url, Reader.url),
        (declared.Number, Reader.integer),
        (declared.Flag, lambda reader, front, at, key: reader.boolean(front, at, key, False)),
        (declared.MayTime, Reader.time),
    )
    return [
        (field.name, field.encode_name, read)
        for field in structs.fields(declared.Article)
        for type_, read in methods
        if get_args(field.type)[0] == type_
        and field.name in Article.__struct_fields__
        and field.name not in _READ_SPECIALLY
    ]


def read_article(
    front: Any,
    body: Body,
    zone: tzinfo,
    repairs: dict[str, str] | None = None,
    budgets: Budgets = DEFAULT,
    fields: Mapping[str, str] = NO_FIELDS,
    taxonomies: Sequence[str] = (),
) -> tuple[Article | None, list[Problem]]:
    """Return the Article of parsed front matter, or None, and its problems.

    `fields` are keys to read as fields, `taxonomies` those that group stories. `repairs` receives
    the new text of each repaired field, by its field path. `secured` is not read: it never leaves
    the content file. Raises Inexact if the fast parser lost what was written.
    """
    reader = Reader(zone, [], {} if repairs is None else repairs, budgets)
    if not isinstance(front, dict):
        return None, [NOT_A_MAPPING]
    adopted, renamed = adopt(reader, front, FIELDS, fields)
    article = _read_fields(reader, adopted, body)
    as_written(reader, renamed)
    if article and taxonomies:
        article = structs.replace(article, terms=terms_of(reader, front, adopted, taxonomies))
    return article, reader.problems


def _read_fields(reader: Reader, front: dict[str, Any], body: Body) -> Article | None:
    title = reader.text(front, "$", "title")
    time = reader.time(front, "$", "publishedDateTime", days=True)
    publication = read_publication(reader, front, FIELDS)
    if not title:
        reader.note("error", "missing-title", "the article has no title", "$", "title")
    withheld = publication.draft or publication.unclear
    if time is None and withheld and not front.get("publishedDateTime"):
        reader.note("repair", "undated-draft", "", "$")
        return None
    if time is None and not _made_error(reader, "$.publishedDateTime"):
        reader.note(
            "error",
            "missing-date",
            "the article has no publishedDateTime",
            "$",
            "publishedDateTime",
        )
    if not title or time is None:
        return None
    there = {name: read(reader, front, "$", key) for name, key, read in _ALIKE if key in front}
    alike = _ABSENT | there
    if alike["pin_until"] is None and is_pinned(front):
        alike["pin_until"] = ALWAYS
    alike["noindex"] = is_not_indexed(front)
    if alike["tags"]:
        alike["tags"] = real_tags(alike["tags"])
    web_url: str = alike["web_url"]
    excerpt = _excerpt(reader, front, "$", title)
    return Article(
        **alike,
        title=title,
        excerpt=excerpt,
        time=time,
        kind=_kind(reader, front, "$"),
        amp_url=reader.url(front, "$", "ampWebUrl"),
        cdn_amp_url=reader.url(front, "$", "cdnAmpWebUrl"),
        provider=_provider(reader, front, "$", web_url),
        images=read_images(reader, front, "$"),
        related=_related(reader, front, web_url or alike["original_url"], title),
        heat=max(reader.integer(front, "$", "heat", alike["quality"]), 0),
        published=publication.published,
        removed=publication.removed,
        draft=publication.draft,
        expires=publication.expires,
        embed=_embed(reader, front),
        language=_language(reader, front),
        body=body.html,
        links=body.links,
        updated=_updated(reader, front, time),
        corrections=_corrections(reader, front),
        aliases=read_aliases(reader, front),
        unclear=publication.unclear or withholds(front.get("permalink")),
        extra=_extra(front),
        teaser="" if excerpt or not body.html else _teaser(body),
        address=read_address(reader, front),
        terms=(),
    )


def _extra(front: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that newsgen does not know. Raises Inexact if a key is not text."""
    unknown = front.keys() - FIELDS
    if any(key.__class__ is not str for key in unknown):
        raise Inexact
    return {key: plain_value(front[key]) for key in front if key in unknown and not is_secret(key)}


def _made_error(reader: Reader, path: str) -> bool:
    """Turn the warning about an invalid date into an error; return whether there was one."""
    for n, problem in enumerate(reader.problems):
        if problem.field == path and problem.code == "bad-date":
            reader.problems[n] = structs.replace(problem, severity="error")
            return True
    return False


def _excerpt(reader: Reader, fields: dict[str, Any], at: str, title: str) -> str:
    text = reader.text(fields, at, "excerpt")
    if repair.has_markup(text):
        text = reader.repaired(text, repair.drop_markup, at, "excerpt")
    return (
        reader.repaired(text, repair.drop_excerpt, at, "excerpt")
        if repair.says_nothing(text, title)
        else text
    )


def _teaser(body: Body) -> str:
    return (body.above and teaser.marked(body.above)) or teaser.first_paragraph(body.html)


def _kind(reader: Reader, fields: dict[str, Any], at: str) -> str:
    kind = reader.text(fields, at, "type") or "article"
    if kind in KINDS:
        return kind
    if kind.lower() in POSTS:
        return "article"
    reader.note("warning", "wrong-type", f"{kind[:40]!r} is neither article nor video", at, "type")
    return "article"


def _provider(reader: Reader, fields: dict[str, Any], at: str, web_url: str) -> Provider:
    own, at = reader.mapping(fields.get("provider"), at, "provider"), at + ".provider"
    name = reader.text(own, at, "name")
    if not repair.is_clean_name(name):
        name = reader.repaired(name, repair.clean_provider_name, at, "name")
    domain = urls.domain_of(web_url)
    if not domain:
        host = reader.text(own, at, "domain")
        domain = (
            urls.domain_of(
                urls.safe_url(host if "://" in host else f"https://{host}", lambda code: None)
            )
            if host
            else ""
        )
    report_misnamed(reader, own, at, "provider")
    logos = read_images(reader, own, at)
    return Provider(name or domain, domain, logos[0] if logos else None)


def _language(reader: Reader, fields: dict[str, Any]) -> str:
    """Return the language tag (BCP 47), or "" if the article is in the site's language."""
    tag = reader.text(fields, "$", "language")
    if not tag or LANGUAGE.fullmatch(tag):
        return tag
    reader.note(
        "warning",
        "wrong-type",
        f"{tag[:40]!r} is not a language tag such as en or zh-Hant",
        "$",
        "language",
    )
    return ""


def _updated(reader: Reader, fields: dict[str, Any], published: datetime) -> datetime | None:
    time = reader.time(fields, "$", "updated", days=True)
    if time is None or start_of(time) >= start_of(published):
        return time
    if (
        is_day(time)
        and time.astimezone(reader.zone).date() == published.astimezone(reader.zone).date()
    ):
        return as_day(published)  # the day of publication is not too early
    reader.note(
        "warning",
        "updated-too-early",
        "is before publishedDateTime; it is left out",
        "$",
        "updated",
    )
    return None


def _corrections(reader: Reader, front: dict[str, Any]) -> tuple[Correction, ...]:
    """Return the corrections, newest first. One without a date or a text is left out."""
    out = []
    for item, at in reader.items(front, "$", "corrections"):
        fields = reader.mapping(item, at)
        report_misnamed(reader, fields, at, "correction")
        time, text = reader.time(fields, at, "date", days=True), reader.text(fields, at, "text")
        if time and text:
            out.append(Correction(time, text))
        else:
            reader.note(
                "warning",
                "bad-correction",
                "a correction needs a date and a text; it is left out",
                at,
            )
    return tuple(sorted(out, key=lambda correction: correction.time, reverse=True))


def read_aliases(reader: Reader, front: dict[str, Any]) -> tuple[str, ...]:
    """Return the addresses within the site that lead to this page, as routes."""
    out = []
    for item, at in reader.items(front, "$", "aliases"):
        route = urls.safe_route(reader.scalar(item, at).strip())
        if route:
            out.append(route)
        else:
            reader.note(
                "warning", "bad-alias", "is not an address within the site; it is left out", at
            )
    return tuple(dict.fromkeys(out))


# Different tools' keys for an image's address and its alternative text.
_ADDRESSES = ("url", "src", "path", "image", "feature")
_CAPTIONS = ("caption", "title")
# The keys that bots write. An image with only these is read without a search for others.
_COMMON = frozenset({"url", "width", "height", "isCached"})


def read_images(
    reader: Reader, fields: dict[str, Any], at: str, name: str = "images"
) -> tuple[Image, ...]:
    """Return the images of an article, a related story or a publisher.

    Each is a mapping or only an address. Those without an address are left out.
    """
    if name not in fields:
        return ()
    found = [
        _image(reader, item if isinstance(item, dict) else {"url": item}, path)
        for item, path in reader.items(fields, at, name)
    ]
    return tuple([image for image in found if image])


def _image(reader: Reader, own: dict[str, Any], at: str) -> Image | None:
    more = not own.keys() <= _COMMON
    key = "url"
    if more:
        report_misnamed(reader, own, at, "image")
        key = next((key for key in _ADDRESSES if key in own), key)
    url = reader.url(own, at, key, image=True)
    if not url:
        return None
    width = max(reader.integer(own, at, "width"), 0)
    height = max(reader.integer(own, at, "height"), 0)
    if not more:
        return Image(url, width, height, "", reader.boolean(own, at, "isCached", False))
    return Image(
        url,
        width,
        height,
        unlinked(next(filter(None, (reader.text(own, at, key) for key in _CAPTIONS)), "")),
        reader.boolean(own, at, "isCached", False),
        alt=reader.text(own, at, "alt"),
        credit=reader.text(own, at, "credit"),
        license=reader.text(own, at, "license"),
        focus=_focus(reader, own, at),
    )


def _focus(reader: Reader, own: dict[str, Any], at: str) -> int:
    """Return the second percentage of the field `focus`, -1 without one."""
    text = reader.text(own, at, "focus")
    found = FOCUS.fullmatch(text)
    if text and not found:
        hint = "write it from the left and from the top: 50% 20%"
        reader.note(
            "warning", "wrong-type", f"{text[:40]!r} is not a place in an image", at, "focus", hint
        )
    return int(found[1]) if found else -1


def _related(
    reader: Reader, front: dict[str, Any], own_url: str, own_title: str
) -> tuple[Reference, ...]:
    """Return the related stories in the order of the list.

    The article itself is left out, and so are duplicates by address or title.
    """
    out: list[Reference] = []
    own = {"u" + urls.comparable(own_url)} if own_url else set()
    own.add("t" + repair.comparable_title(own_title))
    seen: set[str] = set()
    for item, at in reader.items(front, "$", "related"):
        fields = reader.mapping(item, at)
        report_misnamed(reader, fields, at, "related")
        title = reader.text(fields, at, "title")
        if not title:
            continue
        url = reader.url(fields, at, "webUrl")
        names = {"t" + repair.comparable_title(title)}
        if url:
            names.add("u" + urls.comparable(url))
        if not names.isdisjoint(own):
            reader.note("repair", "related-self", "", at)
            continue
        if not names.isdisjoint(seen):
            reader.note("repair", "related-duplicate", "", at)
            continue
        seen |= names
        images = read_images(reader, fields, at)
        out.append(
            Reference(
                title=title,
                excerpt=_excerpt(reader, fields, at, title),
                url=url,
                kind=_kind(reader, fields, at),
                provider=_provider(reader, fields, at, url),
                time=reader.time(fields, at, "publishedDateTime", days=True),
                quality=reader.integer(fields, at, "quality"),
                image=images[0] if images else None,
            )
        )
    return tuple(out)


def _embed(reader: Reader, front: dict[str, Any]) -> str:
    """Return the address of the first iframe in `featuredContent`. The rest of it is not used."""
    html = reader.scalar(front.get("featuredContent"), "$", "featuredContent")
    if not html:
        return ""
    frames = (
        token.attributes
        for token in tokens(html)
        if token.name == "iframe" and "src" in token.attributes
    )
    return urls.safe_url(
        next(frames, {"src": ""})["src"],
        lambda code: reader.note_repair(code, "$", "featuredContent"),
    )


_ALIKE = _alike()
# Their values without the key, as in most articles.
_ABSENT = {name: read(Reader(UTC, []), {}, "$", key) for name, key, read in _ALIKE}
