"""Compare each imported post with its source: address, title, date, authors, words and images.

The result is read back with newsgen's own reader, as a build reads it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import yaml
from msgspec import Struct, structs

from newsgen.config.budgets import OverBudget
from newsgen.config.settings import Settings
from newsgen.content.body.convert import render_body
from newsgen.content.body.tokens import tokens
from newsgen.gather.plain_text import plain_text
from newsgen.importers.model import ImportedPost
from newsgen.importers.write import PostFile

What = Literal["address", "title", "date", "authors", "words", "images"]
# Reasons for differences. docs/importing.md explains each.
Reason = Literal[
    "no-path", "address-taken", "no-title", "left-out", "frame-as-link", "media-as-link",
    "media-not-fetched", "edited", "unexplained",
]  # fmt: skip
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOLERANCE = 0.01  # of the words
_SHOWN = 10  # words that differ
_URL = re.compile(r"https?://\S+|www\.\S+")
_WORD = re.compile(r"\w+")
_END = "\n---\n"  # of the front matter
_PLAYER = re.compile(r'<figure class="embed">.*?</figure>', re.S)


class Divergence(Struct, frozen=True):
    """One thing that differs from the source, and why."""

    what: What
    reason: Reason
    before: str = ""
    after: str = ""


class PostParity(Struct, frozen=True):
    """A post compared with its source. `new` is its new address, "" if it is withheld. `redirects`
    is true if the old one redirects there.
    """

    title: str
    file: str
    old: str
    new: str
    withheld: str
    redirects: bool
    words: tuple[int, int]
    images: tuple[int, int]
    differences: tuple[Divergence, ...]
    notes: tuple[str, ...]


class Parity(Struct, frozen=True):
    """All posts compared with their sources. `score` is the percentage of posts without a
    difference, except in media that could not be fetched. Of `compared`, `equal` counts for each
    measure the posts that do not differ.
    """

    score: float
    compared: int
    equal: dict[str, int]
    reasons: dict[str, int]
    notes: dict[str, int]
    posts: tuple[PostParity, ...]


def words_of(markup: str) -> list[str]:
    """Return the words of HTML that readers see, without addresses."""
    return _WORD.findall(_URL.sub(" ", plain_text(markup)))


def images_of(markup: str) -> int:
    """Return the number of images in HTML."""
    return sum(
        token.name == "img"
        and not token.ends
        and not token.attributes.get("src", "data:").startswith("data:")
        for token in tokens(markup)
    )


def compare(post: ImportedPost, file: PostFile, settings: Settings, edited: bool) -> PostParity:
    """Compare a post with its file, as if it had the address that it asks for.

    `edited` is true if somebody changed the file.
    """
    body = _body(file, settings)
    notes = (*file.notes, *(("left-out body",) if body is None else ()))
    words = words_of(post.html), words_of(body or "")
    images = images_of(post.html), images_of(body or "")
    differences = _told_differently(post, file) + _lost(notes, words, images)
    if not post.withheld and not file.address:
        differences.append(Divergence("address", "no-path"))
    if edited:
        differences = [Divergence(one.what, "edited", one.before, one.after) for one in differences]
    return PostParity(
        title=file.title,
        file=file.path,
        old=post.address,
        new="" if post.withheld else file.address,
        withheld=post.withheld,
        redirects=f"\naliases: [{file.address}" in file.text,
        words=(len(words[0]), len(words[1])),
        images=images,
        differences=tuple(differences),
        notes=notes,
    )


def _body(file: PostFile, settings: Settings) -> str | None:
    """Return the body of a file as a build renders it, without players and typography.

    None means that the body exceeds a budget, so the build leaves it out.
    """
    _, _, text = file.text.partition(_END)
    engine, extensions = settings.markdown.engine, settings.markdown.extensions
    try:
        made = render_body(text, engine, extensions, typography=False, budgets=settings.budgets)
    except OverBudget:
        return None
    return _PLAYER.sub(" ", made.html)


def placed(parity: PostParity, route: str) -> PostParity:
    """Return a comparison with the address that the site assigns to the file, "" for none."""
    if parity.withheld or route.rstrip("/") == parity.new.rstrip("/"):
        return parity
    if route and parity.redirects:
        return structs.replace(parity, new=route)
    moved = Divergence("address", "address-taken", parity.new, route)
    more = (moved,) if parity.new else ()
    return structs.replace(parity, new=route, differences=(*parity.differences, *more))


def _told_differently(post: ImportedPost, file: PostFile) -> list[Divergence]:
    """Return what differs in the front matter."""
    found: list[Divergence] = []
    front = yaml.load(file.text.partition(_END)[0], _LOADER)
    if not post.title:
        found.append(Divergence("title", "no-title", "", file.title))
    elif front["title"] != post.title:
        found.append(Divergence("title", "unexplained", post.title, str(front["title"])))
    if post.time and front.get("publishedDateTime") != post.time:
        found.append(Divergence("date", "unexplained", str(post.time)))
    if tuple(front.get("authors") or ()) != post.authors:
        found.append(Divergence("authors", "unexplained", ", ".join(post.authors)))
    return found


def _lost(
    notes: Sequence[str], words: tuple[list[str], list[str]], images: tuple[int, int]
) -> list[Divergence]:
    """Return the words and images that are missing or new."""
    found: list[Divergence] = []
    if words[0] != words[1]:
        before, after = map(Counter, words)
        away, more = before - after, after - before
        if max(away.total(), more.total()) > max(1, _TOLERANCE * len(words[0])):
            shown = [" ".join(list(some)[:_SHOWN]) for some in (away, more)]
            found.append(Divergence("words", _why(notes), *shown))
    if images[0] != images[1]:
        found.append(Divergence("images", _why(notes), *map(str, images)))
    return found


def _why(notes: Sequence[str]) -> Reason:
    for reason in ("left-out", "frame-as-link", "media-as-link"):
        if any(note.startswith(reason) for note in notes):
            return reason
    return "unexplained"


def summed(posts: Sequence[PostParity]) -> Parity:
    """Return all comparisons with their score."""
    compared = [one for one in posts if not one.withheld]
    measures: tuple[What, ...] = ("address", "title", "date", "authors", "words", "images")
    differ = {
        what: sum(any(d.what == what for d in one.differences) for one in compared)
        for what in measures
    }
    fine = sum(all(d.reason == "media-not-fetched" for d in one.differences) for one in compared)
    return Parity(
        score=round(100 * fine / len(compared), 1) if compared else 100.0,
        compared=len(compared),
        equal={what: len(compared) - number for what, number in differ.items()},
        reasons=Counter(d.reason for one in compared for d in one.differences),
        notes=Counter(note.partition(" ")[0] for one in posts for note in one.notes),
        posts=tuple(posts),
    )
