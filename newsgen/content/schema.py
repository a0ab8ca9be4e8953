"""What a field must be: front matter of any quality becomes a typed, frozen Article."""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import Any

from newsgen.content import repair, urls
from newsgen.content.body import Body
from newsgen.content.reader import NOT_A_MAPPING, Reader
from newsgen.model import Article, Correction, Picture, Provider, Reference
from newsgen.problems import Problem

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_IFRAME_SRC = re.compile(r"""<iframe\b[^>]*?\bsrc\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.I)
KINDS = ("article", "video")


def read_article(front: Any, body: Body, zone: tzinfo, mends: dict[str, str] | None = None) -> tuple[Article | None, list[Problem]]:
    """The Article of parsed front matter, or None, and its problems. `mends` is filled with what each text that was
    repaired became, by its field path.

    Raises Inexact where the values are the fast parser's and lost what was written.
    `secured` is not read: it never leaves the content file.
    """
    reader = Reader(zone, [], {} if mends is None else mends)
    if not isinstance(front, dict):
        return None, [NOT_A_MAPPING]
    title = reader.text(front.get("title"), "$.title")
    time = reader.time(front.get("publishedDateTime"), "$.publishedDateTime")
    if not title:
        reader.note("error", "missing-title", "the article has no title", "$.title")
    if time is None:
        if "publishedDateTime" in front and reader.problems and reader.problems[-1].code == "bad-date":
            worse = reader.problems.pop()
            reader.note("error", "bad-date", worse.message, worse.field)
        else:
            reader.note("error", "missing-date", "the article has no publishedDateTime", "$.publishedDateTime")
    if not title or time is None:
        return None, reader.problems
    web_url = reader.url(front.get("webUrl"), "$.webUrl")
    original_url = reader.url(front.get("originalUrl"), "$.originalUrl")
    quality = reader.integer(front.get("quality"), "$.quality")
    return (
        Article(
            title=title,
            excerpt=_excerpt(reader, front, title, "$"),
            time=time,
            category=reader.text(front.get("category"), "$.category"),
            kind=_kind(reader, front, "$"),
            slug=reader.text(front.get("slug"), "$.slug"),
            web_url=web_url,
            original_url=original_url,
            amp_url=reader.url(front.get("ampWebUrl"), "$.ampWebUrl"),
            cdn_amp_url=reader.url(front.get("cdnAmpWebUrl"), "$.cdnAmpWebUrl"),
            provider=_provider(reader, front.get("provider"), "$.provider", web_url),
            topics=names(reader, front.get("topics"), "$.topics"),
            images=pictures(reader, front.get("images"), "$.images"),
            related=_related(reader, front.get("related"), web_url or original_url, title),
            quality=quality,
            heat=max(reader.integer(front.get("heat"), "$.heat", quality), 0),
            published=reader.boolean(front.get("published"), "$.published", True),
            removed=reader.boolean(front.get("removed"), "$.removed", False),
            draft=reader.boolean(front.get("draft"), "$.draft", False),
            expires=reader.time(front.get("expires"), "$.expires"),
            embed=_embed(reader, front.get("featuredContent")),
            language=_language(reader, front.get("language")),
            body=body.html,
            links=body.links,
            updated=_updated(reader, front.get("updated"), time),
            tags=names(reader, front.get("tags"), "$.tags"),
            authors=names(reader, front.get("authors"), "$.authors"),
            corrections=_corrections(reader, front.get("corrections")),
            aliases=read_aliases(reader, front.get("aliases")),
            gone=reader.boolean(front.get("gone"), "$.gone", False),
            weight=reader.integer(front.get("weight"), "$.weight"),
            pin_until=reader.time(front.get("pin_until"), "$.pin_until"),
        ),
        reader.problems,
    )


def _excerpt(reader: Reader, fields: dict[str, Any], title: str, path: str) -> str:
    path += ".excerpt"
    text = reader.text(fields.get("excerpt"), path)
    return reader.repaired(text, lambda text, note: repair.drop_empty_excerpt(text, title, note), path) if text else ""


def _kind(reader: Reader, fields: dict[str, Any], path: str) -> str:
    kind = reader.text(fields.get("type"), path + ".type") or "article"
    if kind in KINDS:
        return kind
    reader.note("warning", "wrong-type", f"{kind[:40]!r} is neither article nor video", path + ".type")
    return "article"


def _provider(reader: Reader, value: Any, path: str, web_url: str) -> Provider:
    fields = reader.mapping(value, path)
    name = reader.text(fields.get("name"), path + ".name")
    name = reader.repaired(name, repair.clean_provider_name, path + ".name")
    domain = urls.domain_of(web_url)
    if not domain:
        host = reader.text(fields.get("domain"), path + ".domain")
        domain = urls.domain_of(urls.safe_url(host if "://" in host else f"https://{host}", lambda code: None)) if host else ""
    logos = pictures(reader, fields.get("images"), path + ".images")
    return Provider(name or domain, domain, logos[0] if logos else None)


def names(reader: Reader, value: Any, path: str) -> tuple[str, ...]:
    """A list of names, each once."""
    if value is None:
        return ()
    found = (reader.text(item, at) for item, at in reader.items(value, path))
    return tuple(dict.fromkeys(name for name in found if name))


def _language(reader: Reader, value: Any) -> str:
    """A language tag (BCP 47); "" where the article is in the site's language."""
    tag = reader.text(value, "$.language")
    if not tag or LANGUAGE.fullmatch(tag):
        return tag
    reader.note("warning", "wrong-type", f"{tag[:40]!r} is not a language tag such as en or zh-Hant", "$.language")
    return ""


def _updated(reader: Reader, value: Any, published: datetime) -> datetime | None:
    time = reader.time(value, "$.updated")
    if time is None or time >= published:
        return time
    reader.note("warning", "updated-too-early", "is before publishedDateTime; it is left out", "$.updated")
    return None


def _corrections(reader: Reader, value: Any) -> tuple[Correction, ...]:
    """Newest first. One without a date or a text is left out."""
    if value is None:
        return ()
    out = []
    for item, at in reader.items(value, "$.corrections"):
        fields = reader.mapping(item, at)
        time, text = reader.time(fields.get("date"), at + ".date"), reader.text(fields.get("text"), at + ".text")
        if time and text:
            out.append(Correction(time, text))
        else:
            reader.note("warning", "bad-correction", "a correction needs a date and a text; it is left out", at)
    return tuple(sorted(out, key=lambda correction: correction.time, reverse=True))


def read_aliases(reader: Reader, value: Any) -> tuple[str, ...]:
    """Addresses within the site that lead to this page, as routes."""
    if value is None:
        return ()
    out = []
    for item, at in reader.items(value, "$.aliases"):
        route = urls.safe_route(reader.scalar(item, at).strip())
        if route:
            out.append(route)
        else:
            reader.note("warning", "bad-alias", "is no address within the site; it is left out", at)
    return tuple(dict.fromkeys(out))


def pictures(reader: Reader, value: Any, path: str) -> tuple[Picture, ...]:
    """Pictures with an address; each a mapping, or the address alone."""
    out = []
    for item, at in reader.items(value, path):
        fields = item if isinstance(item, dict) else {"url": item}
        url = reader.url(fields.get("url"), at + ".url", image=True)
        if not url:
            continue
        out.append(
            Picture(
                url,
                max(reader.integer(fields.get("width"), at + ".width"), 0),
                max(reader.integer(fields.get("height"), at + ".height"), 0),
                reader.text(fields.get("title"), at + ".title"),
                reader.boolean(fields.get("isCached"), at + ".isCached", False),
            )
        )
    return tuple(out)


def _related(reader: Reader, value: Any, own_url: str, own_title: str) -> tuple[Reference, ...]:
    """The list in its own order, without duplicates (by address, then title) and without the article itself."""
    out: list[Reference] = []
    own = {"u" + urls.comparable(own_url)} if own_url else set()
    own.add("t" + own_title.casefold())
    seen: set[str] = set()
    for item, at in reader.items(value, "$.related"):
        fields = reader.mapping(item, at)
        title = reader.text(fields.get("title"), at + ".title")
        if not title:
            continue
        url = reader.url(fields.get("webUrl"), at + ".webUrl")
        names = {"t" + title.casefold()}
        if url:
            names.add("u" + urls.comparable(url))
        if not names.isdisjoint(own):
            reader.note("repair", "related-self", "", at)
            continue
        if not names.isdisjoint(seen):
            reader.note("repair", "related-duplicate", "", at)
            continue
        seen |= names
        images = pictures(reader, fields.get("images"), at + ".images")
        out.append(
            Reference(
                title=title,
                excerpt=_excerpt(reader, fields, title, at),
                url=url,
                kind=_kind(reader, fields, at),
                provider=_provider(reader, fields.get("provider"), at + ".provider", url),
                time=reader.time(fields.get("publishedDateTime"), at + ".publishedDateTime"),
                quality=reader.integer(fields.get("quality"), at + ".quality"),
                picture=images[0] if images else None,
            )
        )
    return tuple(out)


def _embed(reader: Reader, value: Any) -> str:
    """The address of the first iframe of `featuredContent`; the rest of its HTML is not used."""
    found = _IFRAME_SRC.search(reader.scalar(value, "$.featuredContent"))
    if not found:
        return ""
    return urls.safe_url(found[1] or found[2] or "", lambda code: reader.mended(code, "$.featuredContent"))
