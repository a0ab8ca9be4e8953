"""Make structured data for search engines: schema.org in JSON-LD, one script for each node, because
checkers do not look inside `@graph`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
from markupsafe import Markup

from newsgen.config.settings import Settings
from newsgen.core.model import Article, Image, Label
from newsgen.pages.articles import ArticleView
from newsgen.pages.base import AnyView, Link, ListView, View
from newsgen.pages.corrections import CorrectionsView
from newsgen.pages.kinds import kind_of
from newsgen.pages.lists import AuthorView, IndexView
from newsgen.pages.plain import PlainView
from newsgen.render.date_formats import iso
from newsgen.render.image_html import ImageHtml

Node = dict[str, Any]


class Structured:
    """Describes what a page is about. `origin` is the site's scheme and host, `images` knows the
    images that it serves.
    """

    def __init__(self, settings: Settings, origin: str, images: ImageHtml) -> None:
        self._site = settings
        self._origin = origin
        self._images = images
        self._home = f"{settings.url}/"
        self._publisher: Node = {"@type": "Organization", "name": settings.title, "url": self._home}
        if settings.profiles:
            self._publisher["sameAs"] = [profile.url for profile in settings.profiles]
        if "icons" not in settings.without:
            logo = {
                "@type": "ImageObject",
                "url": f"{settings.url}/icons/512.png",
                "width": 512,
                "height": 512,
            }
            self._publisher["logo"] = logo

    def __call__(self, page: View, article: Article | None = None) -> Markup:
        """JSON-LD for a page's head: `page|structured`, for an article
        `page|structured(article)`.
        """
        nodes = _NODES[kind_of(page).describe](self, page, article)
        return Markup("\n".join(map(_script, nodes)))

    def _of_story(self, page: ArticleView, article: Article | None) -> Iterator[Node]:
        if article:
            yield self._story(page, article)
            yield self._breadcrumbs(page.crumbs, page)

    def _of_list(self, page: ListView, _: Article | None) -> Iterator[Node]:
        if self._absolute(page.url) != self._home:
            yield self._collection(page, (card.url for card in page.cards))
            yield self._breadcrumbs(page.crumbs, page)
            return
        site: Node = {"@type": "WebSite", "name": page.title, "url": self._home}
        site["inLanguage"] = self._site.language
        if self._site.description:
            site["description"] = self._site.description
        yield site
        yield self._publisher

    def _of_author(self, page: AuthorView, _: Article | None) -> Iterator[Node]:
        yield from self._of_list(page, None)
        profile = page.profile
        if profile and page.label:
            node = self._person(page.label)
            more = {
                "jobTitle": profile.role,
                "description": profile.text,
                "sameAs": [link.url for link in profile.links],
            }
            yield node | {key: value for key, value in more.items() if value}

    def _person(self, author: Label) -> Node:
        """Return an author. One with a page here has its address and image."""
        node: Node = {"@type": "Person", "name": author.name}
        if author.url:
            node["url"] = self._absolute(author.url)
            if image := self._images.social(author.logo):
                node["image"] = self._absolute(image.url)
        return node

    def _of_index(self, page: IndexView, _: Article | None) -> Iterator[Node]:
        yield self._collection(page, (group.label.url for group in page.groups if group.label.url))
        yield self._breadcrumbs((), page)

    def _of_trail(self, page: PlainView | CorrectionsView, _: Article | None) -> Iterator[Node]:
        yield self._breadcrumbs(getattr(page, "crumbs", ()), page)

    def _story(self, page: ArticleView, article: Article) -> Node:
        card = page.card
        url = self._absolute(page.url)
        published = iso(card.time) if card.time else ""
        source = {"@type": "Organization", "name": card.source.name} if card.source.name else None
        node: Node = {
            "@type": "NewsArticle",
            "headline": article.title,
            "mainEntityOfPage": url,
            "url": url,
            "datePublished": published,
            "dateModified": iso(card.updated) if card.updated else published,
            # A story from elsewhere names its own authors or its source, never this site's staff.
            "author": [
                {"@type": "Person", "name": author.name}
                if source or article.link
                else self._person(author)
                for author in page.authors
            ]
            or [source or self._publisher],
            "publisher": self._publisher,
            "inLanguage": card.language or self._site.language,
            "isAccessibleForFree": True,
        }
        if card.excerpt:
            node["description"] = card.excerpt
        # The excerpt alone is too short for programs that extract the text.
        if article.excerpt and not article.body:
            node["articleBody"] = article.excerpt
        if image := self._images.social(card.image):
            node["image"] = [self._image(image)]
        if card.topics:
            node["articleSection"] = card.topics[0].name
        if article.link:
            node["isBasedOn"] = article.link
            if source:
                node["sourceOrganization"] = source
        return node

    def _image(self, image: Image) -> str | Node:
        """Return an image's address, or an ImageObject if more is known than its caption."""
        url = self._absolute(image.url)
        if not (image.alt or image.credit or image.license):
            return url
        name = image.license and {"@type": "CreativeWork", "name": image.license}
        node: Node = {"@type": "ImageObject", "url": url, "contentUrl": url}
        node |= {"width": image.width, "height": image.height} if image.width else {}
        more = {
            "caption": image.title or image.alt,
            "creditText": image.credit,
            "license": image.license_url or name,
        }
        return node | {key: value for key, value in more.items() if value}

    def _collection(self, page: View, urls: Iterable[str]) -> Node:
        items = [
            {"@type": "ListItem", "position": n, "url": self._absolute(url)}
            for n, url in enumerate(urls, 1)
        ]
        return {
            "@type": "CollectionPage",
            "name": page.title,
            "url": self._absolute(page.url),
            "inLanguage": self._site.language,
            "mainEntity": {
                "@type": "ItemList",
                "numberOfItems": len(items),
                "itemListElement": items,
            },
        }

    def _breadcrumbs(self, crumbs: tuple[Link, ...], page: AnyView) -> Node:
        steps = [
            (self._site.title, self._home),
            *((crumb.name, crumb.url) for crumb in crumbs if crumb.url),
            (page.title, page.url),
        ]
        items = [
            {"@type": "ListItem", "position": n, "name": name, "item": self._absolute(url)}
            for n, (name, url) in enumerate(steps, 1)
        ]
        return {"@type": "BreadcrumbList", "itemListElement": items}

    def _absolute(self, link: str) -> str:
        return self._origin + link if link.startswith("/") else link


# By the name that a page kind gives (see pages/kinds.py).
_NODES: Mapping[str, Callable[[Structured, Any, Article | None], Iterable[Node]]] = {
    "nothing": lambda *_: (),
    "story": Structured._of_story,
    "list": Structured._of_list,
    "author": Structured._of_author,
    "index": Structured._of_index,
    "trail": Structured._of_trail,
}


def _script(node: Node) -> str:
    data = safe_json({"@context": "https://schema.org", **node})
    return f'<script type="application/ld+json">{data}</script>'


def safe_json(value: Any) -> str:
    """Return a value as JSON for use in a script: it contains no `<`, so nothing in it can end the
    script.
    """
    return _encode(value).decode().replace("<", "\\u003c")


_encode = msgspec.json.Encoder().encode
