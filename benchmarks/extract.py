"""Test programs that extract the story of a page: newspaper4k, trafilatura and readability-lxml on
sampled article pages.

    pip install newspaper4k trafilatura readability-lxml
    python benchmarks/extract.py SITE [SITE ...]

A SITE is a built output. 20 stories of each are sampled; title, day, text and image are compared
with the page's. A text is found if it has nine of ten words of the story's and, apart from the
headline, at most a third more.
"""

from __future__ import annotations

import argparse
import logging
import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import newspaper
import trafilatura
from lxml import html
from readability import Document


class Story(NamedTuple):
    """The facts found on a page, or stated by it."""

    title: str | None
    day: str | None
    text: str | None
    picture: str | None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sites", nargs="+", type=Path, metavar="SITE")
    options = parser.parse_args()
    logging.disable()
    right: Counter[tuple[str, str]] = Counter()
    asked: Counter[tuple[str, str]] = Counter()
    for site in options.sites:
        stories = sorted(
            file
            for file in site.glob("*/*/index.html")
            if 'itemprop="articleBody"' in file.read_text("utf-8")
        )
        for file in random.Random(0).sample(stories, min(20, len(stories))):
            text = file.read_text("utf-8")
            page = html.fromstring(text)
            said = _said(page)
            for program, found in _found(
                text, page.xpath("string(//link[@rel='canonical']/@href)")
            ):
                for part, same in _compare(said, found):
                    asked[program, part] += 1
                    right[program, part] += same
                    if not same:
                        print(f"{program} misses the {part} of {file.parent}")
    print(
        "| program | " + " | ".join(Story._fields) + " |\n| --- |" + " ---: |" * len(Story._fields)
    )
    for program in sorted({program for program, _ in asked}):
        cells = (
            f"{right[program, part]} of {asked[program, part]}" if asked[program, part] else ""
            for part in Story._fields
        )
        print(f"| {program} | " + " | ".join(cells) + " |")


def _said(page: html.HtmlElement) -> Story:
    day = page.xpath("string(//time[@itemprop='datePublished']/@datetime)")[:10]
    picture = page.xpath("string(//meta[@property='og:image']/@content)")
    return Story(
        page.xpath("string(//h1)"),
        day,
        page.xpath("string(//*[@itemprop='articleBody'])"),
        picture or None,
    )


def _found(text: str, url: str) -> Iterator[tuple[str, Story]]:
    found = trafilatura.bare_extraction(text, url=url, with_metadata=True)
    yield (
        "trafilatura",
        Story(found.title, found.date, found.text, found.image)
        if found
        else Story(None, None, None, None),
    )
    article = newspaper.Article(url)
    article.config.fetch_images = False  # no network
    article.download(input_html=text)
    article.parse()
    yield (
        "newspaper4k",
        Story(article.title, str(article.publish_date)[:10], article.text, article.top_image),
    )
    document = Document(text)
    yield (
        "readability-lxml",
        Story(
            document.short_title(), None, html.fromstring(document.summary()).text_content(), None
        ),
    )


def _compare(said: Story, found: Story) -> Iterator[tuple[str, bool]]:
    yield "title", _words(found.title) == _words(said.title)
    if found.day is not None:
        yield "day", found.day == said.day
    wanted, have = Counter(_words(said.text)), Counter(_words(found.text))
    besides = have - wanted - Counter(_words(said.title))
    yield (
        "text",
        (wanted & have).total() >= 0.9 * wanted.total() and besides.total() <= wanted.total() / 3,
    )
    if found.picture is not None and said.picture:
        yield "picture", found.picture == said.picture


def _words(text: str | None) -> list[str]:
    return re.findall(r"\w+", (text or "").casefold())


if __name__ == "__main__":
    main()
