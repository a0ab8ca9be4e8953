"""The declaration of every field of front matter: its type and its description.

The JSON Schema is made from it, and `schema` reads most fields by their declared type alone. The
JSON Schema allows everything that `schema` reads without a warning, which is more than a careful
author needs. A test checks that both know the same fields.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from newsgen.content.field_reader import BOOLEANS, FOCUS, INTEGER, KINDS, LANGUAGE, LARGEST, POSTS
from newsgen.content.times import FORMS
from newsgen.core.alias_names import ALIASES


def _either_case(word: str) -> str:
    return "".join(f"[{letter.upper()}{letter}]" for letter in word)


Title = Annotated[str, Meta(min_length=1)] | int | float | bool
Text = str | int | float | bool | None
Texts = list[Text] | Text
_Day = Annotated[int, Meta(ge=10000101, le=99991231)]  # 20260130
Time = Annotated[str, Meta(pattern=f"^(?:{FORMS})$")] | _Day
MayTime = Annotated[str, Meta(pattern=f"^(?:{FORMS})?$")] | _Day | None
Flag = bool | Annotated[str, Meta(pattern=f"^(?:{'|'.join(map(_either_case, BOOLEANS))})?$")] | None
Number = (
    Annotated[int, Meta(gt=-LARGEST, lt=LARGEST)]
    | Annotated[str, Meta(pattern=f"^(?:{INTEGER.pattern})?$")]
    | None
)
Url = Annotated[str, Meta(pattern=r"^\s*(?:[Hh][Tt][Tt][Pp][Ss]?:|//|[^\s:/?#]+\.[^:]|$)")] | None
ImageUrl = (
    Annotated[str, Meta(pattern=r"^\s*(?:[Hh][Tt][Tt][Pp][Ss]?:|/|[^\s:/?#]+\.[^:]|$)")] | None
)
Focus = Annotated[str, Meta(pattern=f"^(?:{FOCUS.pattern})?$")] | None
Language = Annotated[str, Meta(pattern=f"^(?:{LANGUAGE.pattern})?$")] | None
_KINDS = (*KINDS, *sorted(POSTS), "")
Kind = Literal[_KINDS] | None  # type: ignore[valid-type]
Nothing = Literal[""] | None


class Fields(Struct, rename="camel"):
    """A mapping in front matter.

    A field with a default may be left out; other keys than these are passed over.
    """


class Named(Fields):
    """A topic, a tag or an author."""

    name: Annotated[Text, Meta(description="the name; the rest is not read")]


Names = list[Text | Named] | Text | Named
Withheld = Annotated[Flag, Meta(description="`true` withholds it")]
Expires = Annotated[MayTime, Meta(description="it is withheld from this time on")]
Aliases = Annotated[Texts, Meta(description="old addresses that redirect here")]


class Image(Fields):
    """An image."""

    url: Annotated[
        ImageUrl,
        Meta(description="its address"),
    ] = None
    width: Annotated[Number, Meta(description="in pixels")] = None
    height: Annotated[Number, Meta(description="in pixels")] = None
    alt: Annotated[
        Text,
        Meta(
            description=(
                "what it shows, for readers who do not see it. Without it, the caption is used"
            )
        ),
    ] = None
    caption: Annotated[Text, Meta(description="the text below it")] = None
    title: Annotated[Text, Meta(description="the same as `caption`")] = None
    credit: Annotated[Text, Meta(description="who made it, shown after the caption")] = None
    focus: Annotated[
        Focus,
        Meta(
            description=(
                "what matters in an image, from its left and from its top: `50% 20%`. The story's"
                " page shows an image that is higher than 3:2 to its width as a part in this "
                "ratio, around this place. Without it, newsgen chooses the part that people look "
                "at first (libvips' attention)"
            )
        ),
    ] = None
    license: Annotated[
        Text,
        Meta(
            description=(
                "the license it may be used under: a name, or an address that becomes a link"
            )
        ),
    ] = None
    is_cached: Annotated[Flag, Meta(description="whether it could be fetched at some time")] = None


Images = list[Image | str | None] | Image | str | None


class Provider(Fields):
    """Who published a story."""

    name: Annotated[Text, Meta(description="the publisher's name")] = None
    domain: Annotated[
        Text, Meta(description="its domain, if there is no `webUrl` to take it from")
    ] = None
    images: Annotated[Images, Meta(description="images; the first is its logo")] = None


class Correction(Fields):
    """What was put right in an article."""

    date: Annotated[
        Time,
        Meta(
            description=(
                "when the error was corrected; required. The correction is not shown before that"
            )
        ),
    ]
    text: Annotated[Title, Meta(description="the mistake and the correction; required")]


class Related(Fields):
    """A related story."""

    title: Annotated[Text, Meta(description="its headline; an entry without one is left out")] = (
        None
    )
    excerpt: Annotated[Text, Meta(description="a sentence or two")] = None
    published_date_time: Annotated[MayTime, Meta(description="when it was published")] = None
    web_url: Annotated[Url, Meta(description="the publisher's own page")] = None
    type: Annotated[Kind, Meta(description="article or video")] = None
    provider: Annotated[Provider | Nothing, Meta(description="who published it")] = None
    quality: Annotated[Number, Meta(description="how good the story is")] = None
    images: Annotated[Images, Meta(description="its images; the first is shown")] = None


class Article(Fields):
    """The front matter of an article of newsgen."""

    title: Annotated[
        Title,
        Meta(
            description=(
                "the headline. Without it, the first heading of the body is the title, else the "
                "words of the file's name"
            )
        ),
    ]
    published_date_time: Annotated[
        Time,
        Meta(
            description=(
                "when it was published: `2021-11-19T13:11:09Z`, a time with another offset, or "
                "only a date. `2021/11/19`, `20211119`, `19.11.2021`, `2021-11-19 13:11 CET`, "
                "`November 19, 2021 1:11 pm` and `Fri, 19 Nov 2021 13:11:09 +0100` are read too, "
                "and `11/19/2021` if only one of its numbers can be the month. "
                "Without an offset it is in the site's time zone. Required"
            )
        ),
    ]
    updated: Annotated[
        MayTime,
        Meta(
            description=(
                "when it last changed in a way that matters to readers. Not before "
                "`publishedDateTime` (a date without a time may be the day of publication). A "
                "future time is not shown until then"
            )
        ),
    ] = None
    corrections: Annotated[
        list[Correction | None] | Correction | Nothing,
        Meta(description="corrected errors, each with a `date` and a `text`"),
    ] = None
    excerpt: Annotated[
        Text,
        Meta(
            description=(
                "a sentence or two, shown in lists and below the headline. Dropped if it only "
                "repeats the title. Without one, lists show the beginning of the body: up to "
                "`<!--more-->`, else its first paragraph, cut near 200 characters"
            )
        ),
    ] = None
    category: Annotated[
        Text, Meta(description="the first part of the address; `news` by default")
    ] = None
    slug: Annotated[
        Text, Meta(description="the name in the address, in place of the file's name")
    ] = None
    permalink: Annotated[
        Text,
        Meta(description="the address, such as `/2026/tide-gates/`: see addresses"),
    ] = None
    type: Annotated[Kind, Meta(description="`article` or `video`")] = None
    language: Annotated[
        Language,
        Meta(description="a language tag such as `ar` (BCP 47), if it is not the site's language"),
    ] = None
    topics: Annotated[Names, Meta(description="a list of names")] = None
    tags: Annotated[Names, Meta(description="a list of names, more specific than topics")] = None
    authors: Annotated[Names, Meta(description="a list of names")] = None
    provider: Annotated[
        Provider | Nothing,
        Meta(description="who published it: a mapping with `name`, `domain` and `images`"),
    ] = None
    web_url: Annotated[
        Url, Meta(description="the publisher's own page, to which readers are sent")
    ] = None
    original_url: Annotated[
        Url,
        Meta(
            description="where the story was found; readers are sent there if there is no `webUrl`"
        ),
    ] = None
    amp_web_url: Annotated[
        Url, Meta(description="an AMP copy. Templates may use it; the theme does not")
    ] = None
    cdn_amp_web_url: Annotated[Url, Meta(description="the same on a CDN")] = None
    images: Annotated[Images, Meta(description="a list of images; the first is the lead image")] = (
        None
    )
    related: Annotated[
        list[Related | None] | Related | Nothing,
        Meta(description="a list of related stories"),
    ] = None
    quality: Annotated[Number, Meta(description="a whole number: how good the story is")] = None
    heat: Annotated[
        Number,
        Meta(
            description=(
                "a whole number: how much coverage it gets. A value below 0 counts as 0; the "
                "default is `quality`"
            )
        ),
    ] = None
    featured_content: Annotated[
        Text, Meta(description="HTML with an iframe; newsgen keeps only the iframe's address")
    ] = None
    published: Annotated[Flag, Meta(description="`false` hides the article")] = None
    draft: Withheld = None
    removed: Withheld = None
    noindex: Annotated[
        Flag,
        Meta(description=("`true` asks search engines not to index its page")),
    ] = None
    gone: Annotated[
        Flag,
        Meta(
            description=(
                "for a `removed` article that had a page: `true` puts a page in its place that "
                "says it was removed, and nothing else about it"
            )
        ),
    ] = None
    aliases: Annotated[
        Texts,
        Meta(
            description=(
                "old addresses from the site's root, such as `/2020/old-name/`. Each redirects "
                "here, unless another page has that address"
            )
        ),
    ] = None
    expires: Expires = None
    weight: Annotated[
        Number,
        Meta(
            description=(
                "a whole number that moves the article up on the front page, or down if below 0. "
                "1 counts as much as doubling the heat"
            )
        ),
    ] = None
    pin_until: Annotated[
        MayTime,
        Meta(
            description="until this time it leads the front page",
        ),
    ] = msgspec.field(default=None, name="pin_until")


class Page(Fields):
    """The front matter of a plain page of newsgen, such as About."""

    title: Annotated[Title, Meta(description="its heading; required")]
    excerpt: Annotated[Text, Meta(description="a sentence for search engines")] = None
    menu: Annotated[
        Flag,
        Meta(
            description=(
                "`true` adds it to the footer's menu, after the entries of the setting "
                "`footer_menu`"
            )
        ),
    ] = None
    layout: Annotated[
        Text,
        Meta(
            description=("the name of a template for it: `wide` is `templates/layouts/wide.html`")
        ),
    ] = None
    draft: Withheld = None
    expires: Expires = None
    aliases: Aliases = None
    noindex: Annotated[
        Flag,
        Meta(
            description=(
                "`true` asks search engines not to index it, and keeps it out of the sitemap"
            )
        ),
    ] = None


class Section(Fields):
    """The front matter of a file about a folder (`_index.md`)."""

    title: Annotated[Text, Meta(description="the heading of the list")] = None
    excerpt: Annotated[Text, Meta(description="a sentence at the head of the list")] = None
    draft: Withheld = None
    expires: Expires = None
    aliases: Aliases = None


_KINDS_OF_FILES: dict[str, type[Fields]] = {"article": Article, "page": Page, "section": Section}


def json_schema(kind: str = "article") -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the front matter of an article, of a plain page (`page`)
    or of a file about a folder (`section`).

    It requires no field, because other keys, the first heading or the name of the file may replace
    one. The names that other tools use have the values of the field.
    """
    type_ = _KINDS_OF_FILES[kind]
    schema = msgspec.json.schema(type_)
    front = schema["$defs"][type_.__name__]
    front.pop("required", None)
    fields = front["properties"]
    for alias, field in ALIASES.items():
        if field in fields:
            value = {key: part for key, part in fields[field].items() if key != "description"}
            either = [value, {"enum": ["", None]}]
            fields[alias] = {"anyOf": either, "description": f"the same as {field}"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
