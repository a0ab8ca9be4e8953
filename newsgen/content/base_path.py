"""The site's own path before addresses that begin at its root, for a site whose `url` has a path.

Articles name `/pictures/a.jpg` from the site's root, wherever the site stands; `markup` does the same to bodies. Pure.
"""

from __future__ import annotations

from msgspec import structs

from newsgen.core.model import Article, Image, Provider


def rooted_article(article: Article, base: str) -> Article:
    """The article with its pictures and logos, and those of its related stories, at `base`."""
    return structs.replace(
        article,
        images=tuple(rooted_picture(image, base) for image in article.images),
        provider=_rooted_provider(article.provider, base),
        related=tuple(
            structs.replace(
                item,
                picture=rooted_picture(item.picture, base) if item.picture else None,
                provider=_rooted_provider(item.provider, base),
            )
            for item in article.related
        ),
    )


def rooted_picture(picture: Image, base: str) -> Image:
    """The picture at `base`, if it is one of the site's own."""
    return structs.replace(picture, url=base + picture.url) if picture.url.startswith("/") else picture


def _rooted_provider(provider: Provider, base: str) -> Provider:
    return structs.replace(provider, logo=rooted_picture(provider.logo, base)) if provider.logo else provider
