"""Add the site's own path to addresses from its root, for a site whose `url` has a path. Pure.

Articles write `/images/a.jpg` from the site's root, wherever the site is. `markup` does the same
for bodies.
"""

from __future__ import annotations

from msgspec import structs

from newsgen.core.model import Article, Image, Provider


def rooted_article(article: Article, base: str) -> Article:
    """Return the article with its images and logos, and its related stories', under `base`."""
    return structs.replace(
        article,
        images=tuple(rooted_image(image, base) for image in article.images),
        provider=_rooted_provider(article.provider, base),
        related=tuple(
            structs.replace(
                item,
                image=rooted_image(item.image, base) if item.image else None,
                provider=_rooted_provider(item.provider, base),
            )
            for item in article.related
        ),
    )


def rooted_image(image: Image, base: str) -> Image:
    """Return the image under `base` if it is one of the site's own."""
    return structs.replace(image, url=base + image.url) if image.url.startswith("/") else image


def _rooted_provider(provider: Provider, base: str) -> Provider:
    return (
        structs.replace(provider, logo=rooted_image(provider.logo, base))
        if provider.logo
        else provider
    )
