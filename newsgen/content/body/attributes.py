"""The attributes of a body's elements: addresses, ids, classes, and lazy loading."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from msgspec import Struct, field

from newsgen.config.budgets import Budgets
from newsgen.content import urls
from newsgen.content.body.anchors import Ids
from newsgen.content.body.elements import MEDIA
from newsgen.content.body.embeds import Hosts
from newsgen.content.body.highlight import LANGUAGE
from newsgen.content.body.shortcodes import Shortcode, Shortcodes
from newsgen.core.patterns import lazily

_NAME = lazily(r"[a-z][a-z-]*")
_ALIGN = lazily(r"\s*text-align:\s*(left|center|right)\s*;?\s*", re.I)
_OURS = frozenset({"rel", "loading", "decoding", "tabindex", "aria-label", "data-player"})
_TAGGED = lazily(LANGUAGE.pattern + r"(?=[\s{,:]|$)")  # as of the info string `js{1,3}`
_KINDS = lazily(r"(?:markdown-alert-|admonition )(note|tip|important|warning|caution)")
_TITLES = frozenset({"markdown-alert-title", "admonition-title"})
_PLAYED = {
    "audio": ("loop", "muted"),
    "video": ("loop", "muted", "width", "height"),
    "source": ("type",),
    "track": ("kind", "srclang", "label", "default"),
}


class Context(Struct, frozen=True):
    """What a body's HTML depends on besides its text.

    Links from the site's root begin with `base`; links to the site's address, `site`, have no
    `rel`. `hosts` are those of players and media. `language` is that of quotation marks, "" if
    straight ones stay.
    """

    budgets: Budgets
    base: str = ""
    site: str = ""
    hosts: Hosts = Hosts()
    language: str = ""


class RefusedAddress(Struct, frozen=True):
    """An embed that is left out: its address ("" if its name is unknown), and its source text.
    `embed` is None for HTML.
    """

    address: str
    embed: Shortcode | None = None


class Attributes(Struct):
    """Makes attributes. `embed` is the embed that is being written."""

    context: Context
    embeds: Shortcodes
    links: dict[str, None] = field(default_factory=dict)
    ids: Ids = field(default_factory=lambda: Ids())
    refused: list[RefusedAddress] = field(default_factory=list)
    embed: Shortcode | None = None

    def of(self, name: str, given: Mapping[str, str], parents: list[str]) -> dict[str, str] | None:
        """Return the attributes for an element of the page, None if the element is dropped.

        `parents` are the open elements.
        """
        attributes = {
            key: value for key, value in given.items() if key not in _OURS and _NAME.fullmatch(key)
        }
        if self.embeds.key:
            attributes = self._restored(attributes)
        if name == "img":
            attributes = self._with_image(attributes)
            if not attributes:
                return None
        elif name in _PLAYED:
            return self._played(name, attributes, parents)
        elif name == "input":
            return _checkbox(attributes)
        elif "class" in attributes:
            _classed(name, attributes, parents)
        if attributes and name != "img":
            attributes = self._adapted(name, attributes)
        if "id" in attributes or (name == "a" and "name" in attributes):
            attributes = self._identified(attributes)
        return attributes

    def _restored(self, given: dict[str, str]) -> dict[str, str]:
        """Return attributes as written. An address that is an unknown embed is left out."""
        out = {}
        for key, value in given.items():
            unknown = self.embeds.unknown(value) if key in ("href", "src") else None
            if unknown:
                self.refused.append(RefusedAddress("", unknown))
            else:
                out[key] = self.embeds.restored(value)
        return out

    def _played(
        self, name: str, given: dict[str, str], parents: list[str]
    ) -> dict[str, str] | None:
        """Return the attributes of audio or video, or of a source in it, None if it is dropped."""
        if name not in MEDIA and MEDIA.isdisjoint(parents):
            return None
        out = {"controls": "", "preload": "none"} if name in MEDIA else {}
        for key in ("src", "poster") if name == "video" else ("src",):
            link = urls.body_image(given.get(key, ""))
            host = link.url.split("/", 3)[2] if link.outside and link.url else ""
            own = not host or bool(urls.own_path(link.url, self.context.site))
            if not own and host not in self.context.hosts.media:
                self.refuse(link.url)
                continue
            if link.url:
                self.collect(link)
                out[key] = self.rooted(link.url)
        if name not in MEDIA and "src" not in out:
            return None
        return {**out, **{key: given[key] for key in _PLAYED[name] if key in given}}

    def refuse(self, address: str) -> None:
        """Remember an address of a player or medium that is not allowed."""
        self.refused.append(RefusedAddress(address, self.embed))

    def _adapted(self, name: str, attributes: dict[str, str]) -> dict[str, str]:
        """Return an element's attributes with addresses resolved, and alignment as a class."""
        if name == "a" and "href" in attributes:
            link = urls.body_link(attributes.pop("href"))
            self.collect(link)
            rel = (
                {"rel": "external noopener"}
                if link.outside and not urls.own_path(link.url, self.context.site)
                else {}
            )
            return {**rel, "href": self.rooted(link.url), **attributes} if link.url else attributes
        if "cite" in attributes:
            attributes["cite"] = self.rooted(urls.body_link(attributes["cite"]).url)
        elif name in ("td", "th"):
            found = _ALIGN.fullmatch(attributes.pop("style", "")) or _ALIGN.fullmatch(
                "text-align:" + attributes.pop("align", "")
            )
            if found:
                attributes = {"class": found[1].lower(), **attributes}
        return attributes

    def _identified(self, attributes: dict[str, str]) -> dict[str, str]:
        """Return the attributes with the id used on the page. Old HTML's `name` is an id too."""
        name = attributes.pop("name", "")
        made = self.ids.give(attributes.pop("id", "") or name)
        if made and name:
            self.ids.given.setdefault(name, made)
        return {**attributes, "id": made} if made else attributes

    def _with_image(self, attributes: dict[str, str]) -> dict[str, str]:
        """Return the attributes of an image, none if it has no address that pages may show."""
        link = urls.body_image(attributes.pop("src", ""))
        self.collect(link)
        return (
            {"loading": "lazy", "decoding": "async", "src": self.rooted(link.url), **attributes}
            if link.url
            else {}
        )

    def collect(self, link: urls.CleanLink) -> None:
        """Remember a link to another page or file of the site."""
        if link.within and not link.url.startswith("#"):
            self.links.setdefault(link.url)

    def rooted(self, url: str) -> str:
        """Return an address with the site's own path added, if it begins at the site's root."""
        return self.context.base + url if url.startswith("/") and url[:2] != "//" else url


def _classed(name: str, attributes: dict[str, str], parents: list[str]) -> None:
    """Give alerts the same classes with both engines. Articles cannot set the classes of code
    tokens.
    """
    value = attributes["class"]
    if name == "div" and (kind := _KINDS.search(value)):
        attributes["class"] = f"alert alert-{kind[1]}"
    elif name == "p" and value in _TITLES:
        attributes["class"] = "alert-title"
    elif name == "code" and parents[-1:] == ["pre"] and (language := _TAGGED.match(value)):
        attributes["class"] = language[0]
    elif name in ("code", "span"):
        del attributes["class"]


def _checkbox(attributes: Mapping[str, str]) -> dict[str, str] | None:
    """Return the attributes of a task's box, which readers cannot change, None for other inputs.

    Its accessible name is a symbol, which screen readers read in the reader's language.
    """
    if "type" not in attributes or attributes["type"].lower() != "checkbox":
        return None
    done = "checked" in attributes
    box = {"type": "checkbox", "disabled": "", "aria-label": "☑" if done else "☐"}
    return {**box, "checked": ""} if done else box


def written(attributes: Mapping[str, str]) -> str:
    """Return attributes as the text of a start tag."""
    return "".join([f' {name}="{html.escape(value)}"' for name, value in attributes.items()])
