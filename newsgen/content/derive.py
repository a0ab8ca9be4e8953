"""Derive from an Article what planning, lists and images need. Pure."""

from __future__ import annotations

import html
import re
from array import array
from operator import attrgetter
from typing import Any

from newsgen.content import urls
from newsgen.content.repair import comparable_title
from newsgen.core import digest
from newsgen.core.model import Article, ArticleMeta, ImageRefs, Placement, Summary, pack_ties


def meta_of(article: Article) -> ArticleMeta:
    """Return an Article's metadata, which is all that planning knows. Pure."""
    providers: dict[str, int] = {}
    tied = bytes(
        [
            providers.setdefault(item.provider.name, min(len(providers), 255))
            for item in article.related
        ]
    )
    same: dict[str, Any] = dict(zip(_PLACEMENT, _placement(article), strict=True))
    return ArticleMeta(
        **same,
        link=article.link,
        source_domain=article.provider.domain,
        source_name=article.provider.name,
        has_image=bool(article.images),
        url=_url_key(article.link),
        ties=pack_ties([(_url_key(item.url), title_key(item.title)) for item in article.related]),
        providers=tuple(providers)[:256],
        tied=tied,
        links=links_in(article.body) if article.links else (),
    )


_PLACEMENT = Placement.__struct_fields__
_placement = attrgetter(*_PLACEMENT)


_LINK = re.compile(r'<a [^<>]*?href="(?!#|[a-z]+:)([^"]+)"')


def links_in(body: str) -> tuple[str, ...]:
    """Return the links in a body that lead to pages or files of the site, without images."""
    return tuple(dict.fromkeys(map(html.unescape, _LINK.findall(body))))


def summary_of(article: Article) -> Summary:
    """Return an Article's Summary. Pure."""
    return Summary(
        image=article.images[0] if article.images else None,
        excerpt=article.excerpt or article.teaser,
        **{name: getattr(article, name) for name in _SHOWN_AS_IT_IS},
    )


_SHOWN_AS_IT_IS = tuple(
    name
    for name in Summary.__struct_fields__
    if name in Article.__struct_fields__ and name != "excerpt"
)


def image_refs_of(article: Article) -> ImageRefs:
    """Return the images that an Article names. Pure."""
    own = article.images[0].url if article.images else ""
    whole = (own, *urls.images_in(article.body))
    logo = article.provider.logo
    small = (
        logo.url if logo else "",
        *(item.image.url if item.image else "" for item in article.related),
    )
    near = tuple([url for url in whole if urls.is_near(url)])
    keys = [-1 if urls.is_near(url) else digest.key(url) for url in whole]
    return (
        ImageRefs(array("q", keys).tobytes(), array("q", map(digest.key, small)).tobytes(), near)
        if any(keys) or any(small)
        else _NONE
    )


def local_images(article: Article) -> tuple[tuple[int, str], ...]:
    """Return the images of an Article that are files of the site, with their indexes in its list.

    Those in its body have -1. Pure.
    """
    shown = urls.images_in(article.body) if "<img " in article.body else []
    return tuple(
        [
            (n, image.url)
            for n, image in enumerate(article.images)
            if image.url.startswith("/") or urls.is_near(image.url)
        ]
        + [(-1, url) for url in shown if url.startswith("/") or urls.is_near(url)]
    )


_NONE = ImageRefs(b"", b"", ())


def title_key(title: str) -> int:
    """Return the key that matches stories with the same title."""
    return digest.key(comparable_title(title))


def _url_key(url: str) -> int:
    return digest.key(urls.comparable(url))
