"""Texts that no edition may contain: values of `secured`, and the content of withheld articles."""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache as kept
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec import to_builtins

from newsgen.build.read import ReadResult
from newsgen.config.settings import Config
from newsgen.content.clock import Clock
from newsgen.content.data import load_data
from newsgen.content.scan import ATTACHED, read_file
from newsgen.content.visibility import visibility
from newsgen.core import engine
from newsgen.core.frontmatter import decode
from newsgen.core.model import Article
from newsgen.core.secret import redact
from newsgen.store.cache import Cache
from newsgen.store.fingerprint import theme_folders

S = TypeVar("S")
R = TypeVar("R")
_SHORTEST = 24  # bytes; shorter texts match by chance
_BATCH = 100
_PIECE = 8_000_000  # bytes of a file to hold in memory at once
_TEXTS = (
    ".html",
    ".htm",
    ".xml",
    ".json",
    ".txt",
    ".css",
    ".js",
    ".webmanifest",
    ".csv",
    ".geojson",
    ".svg",
    ".vtt",
    "_headers",
    "_redirects",
)
_TAGS = re.compile(r"<[^>]*>|\n")
_WORDS = re.compile(r"[^\s\"',;{}\[\]|>]{16,}")
_FRONT_PAGE = "index.html"
_OWN = ("feed.json",)  # newsgen makes files of this name


class Secret(NamedTuple):
    """The origin of a secret text.

    `files` are its content files. `secured` is true for a part of `secured`, and false for a text
    of a withheld article.
    """

    files: frozenset[str]
    secured: bool


class Leak(NamedTuple):
    """A file of an edition that contains a secret text."""

    path: str
    text: bytes
    secret: Secret


def read_secrets(
    read: ReadResult, config: Config, clock: Clock, cache: Cache
) -> dict[bytes, Secret]:
    """Return the secret texts: words of `secured`, and texts of withheld articles.

    A withheld article's text is not secret if a visible article contains or quotes it. Raises
    CacheDamaged.
    """
    found: dict[bytes, Secret] = {}
    for text, path in _withheld_texts(read, clock, cache).items():
        found |= dict.fromkeys(_forms(text), Secret(frozenset([path]), False))
    for path in read.files:
        with suppress(OSError):
            for word in secured_words(read_file(os.path.join(config.paths.content, path))):
                before = found.get(word)
                files = before.files if before and before.secured else frozenset[str]()
                found[word] = Secret(files | {path}, True)
    return found


def secured_words(data: bytes) -> set[bytes]:
    """Return those words of `secured` in a content file that are long enough to recognise."""
    return {
        word.encode()
        for part in redact(decode(data).text).taken
        for word in _WORDS.findall(part.partition(":")[2] or part)
    }


def _withheld_texts(read: ReadResult, clock: Clock, cache: Cache) -> dict[str, str]:
    from ahocorasick_rs import AhoCorasick

    seen = {document.path: visibility(document.meta, clock) for document in read.documents()}
    withheld = [path for path, how in seen.items() if how == "withheld"]
    texts = {
        text: path for path in withheld for text in _texts(cache.article(read.files[path].key))
    }
    if not texts:
        return {}
    names, machine, quoted = list(texts), AhoCorasick(list(texts)), set[int]()
    for path in seen.keys() - set(withheld):
        article = cache.article(read.files[path].key)
        others = (
            text
            for other in article.related
            if other.title not in texts
            for text in (other.title, other.excerpt)
        )
        for text in (*_texts(article), *others):
            quoted.update(
                found[0] for found in machine.find_matches_as_indexes(text, overlapping=True)
            )
    return {text: texts[text] for place, text in enumerate(names) if place not in quoted}


def _texts(article: Article) -> Iterator[str]:
    """Yield the texts of an article, piece by piece."""
    for text in (article.title, article.excerpt, *_TAGS.split(article.body)):
        if len(text.encode().strip()) >= _SHORTEST:
            yield text.strip()


def _forms(text: str) -> Iterable[bytes]:
    """Return the forms of a text in HTML, in feeds and in JSON."""
    from markupsafe import escape

    return {
        form.encode()
        for form in (
            text,
            str(escape(text)),
            json.dumps(text)[1:-1],
            json.dumps(text, ensure_ascii=False)[1:-1],
        )
    }


def search(
    folder: Path, paths: Iterable[str], secrets: Mapping[bytes, Secret], jobs: int
) -> list[Leak]:
    """Return which of these files below a folder contain which secret texts."""
    texts = list(secrets)
    files = [path for path in paths if path.endswith(_TEXTS) or "." not in os.path.basename(path)]
    found = each(searcher, (str(folder), tuple(texts)), files, jobs) if texts else ()
    return [Leak(path, texts[place], secrets[texts[place]]) for path, place in found]


def searcher(state: tuple[str, tuple[bytes, ...]]) -> Callable[[list[str]], list[tuple[str, int]]]:
    """Return a function that searches files for texts.

    It returns pairs of a file and the index of a text, never a text itself.
    """
    from ahocorasick_rs import BytesAhoCorasick

    folder, texts = state
    machine = BytesAhoCorasick(texts)
    overlap = max(map(len, texts)) - 1

    def search(path: str) -> Iterator[int]:
        """Yield the indexes of the texts in a file, reading it piece by piece."""
        last = b""
        with open(path, "rb") as file:
            while piece := file.read(_PIECE):
                data = last + piece
                yield from (
                    one[0] for one in machine.find_matches_as_indexes(data, overlapping=True)
                )
                last = data[-overlap:] if overlap else b""

    def work(paths: list[str]) -> list[tuple[str, int]]:
        out = []
        for path in paths:
            with suppress(OSError):  # reported when the file is copied
                out += [(path, place) for place in sorted(set(search(os.path.join(folder, path))))]
        return out

    return work


def each(
    prepare: Callable[[S], Callable[[list[str]], list[R]]],
    state: S,
    paths: Sequence[str],
    jobs: int,
) -> Iterator[R]:
    """Yield the results for all files, processed in worker processes."""
    batches = [list(paths[i : i + _BATCH]) for i in range(0, len(paths), _BATCH)]
    for batch in engine.local(jobs).run(prepare, state, batches):
        yield from batch


def holders(
    read: ReadResult, visible: Collection[str], cache: Cache, texts: Collection[bytes]
) -> dict[bytes, set[str]]:
    """Return, for each text, the visible articles and plain pages whose own record contains it.

    Texts are searched in the JSON form of the records. Raises CacheDamaged.
    """
    from ahocorasick_rs import BytesAhoCorasick

    wanted = list(texts)
    found: dict[bytes, set[str]] = {text: set() for text in wanted}
    machine = BytesAhoCorasick(wanted)
    for path in visible if wanted else ():
        file = read.files[path]
        record = msgspec.json.encode(file.page or cache.article(file.key))
        for place in {one[0] for one in machine.find_matches_as_indexes(record, overlapping=True)}:
            found[wanted[place]].add(path)
    return found


def attached_to(path: str, stories: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the articles that a file of the site was copied for, none if newsgen made it.

    `stories` are the content files and routes of all articles. The file is in
    the folder of their pages, or below.
    """
    name = path.rpartition("/")[2]
    if not name.lower().endswith(ATTACHED) or name in _OWN:
        return frozenset()
    folders: dict[str, set[str]] = {}
    for file, route in stories:
        folders.setdefault(route.rpartition("/")[0], set()).add(file)
    folder = f"/{path}".rpartition("/")[0]
    while folder and folder not in folders:
        folder = folder.rpartition("/")[0]
    return frozenset(folders.get(folder, ()))


def with_attached(
    leaks: Iterable[Leak], holding: Mapping[bytes, set[str]], stories: Sequence[tuple[str, str]]
) -> list[Leak]:
    """Add the articles to which files with leaks belong to the holders of their texts.

    Return the leaks, without texts of withheld articles in such files, because there a visible
    article has the text too.
    """
    out = []
    for leak in leaks:
        owners = attached_to(leak.path, stories)
        holding[leak.text].update(owners)
        if leak.secret.secured or not owners:
            out.append(leak)
    return out


def own_texts(config: Config) -> tuple[str, ...]:
    """Return the texts of the settings and of data files, which are not secret."""
    data, _ = load_data(config.paths.data, config.paths.static, config.settings.base)
    return (*texts_of(to_builtins(config.settings)), *texts_of(to_builtins(data)))


def is_public(
    leak: Leak,
    holding: Collection[str],
    shown_before: Callable[[str], bool],
    live: Path | None,
    own: Collection[str],
) -> bool:
    """Return whether a text is public, although it comes from a protected place.

    That is so if another visible article has it (for words of `secured`), or if newsgen, its theme
    or the settings have it (`own`). It is also so if the live edition already shows it and it
    cannot come from that article. `holding` are the visible articles that contain it.
    """
    if set(holding) - leak.secret.files if leak.secret.secured else False:
        return True
    text = html.unescape(leak.text.decode())
    if any(text in other for other in own) or text in _program():
        return True
    if (
        live is None
        or set(holding) & leak.secret.files
        or (not leak.secret.secured and any(map(shown_before, leak.secret.files)))
    ):
        return False
    for path in (leak.path, _FRONT_PAGE):
        with suppress(OSError):
            if leak.text in read_file(os.path.join(live, path)):
                return True
    return False


@kept
def _program() -> str:
    """Return all text that newsgen and its theme can write on their own."""
    package = Path(__file__).parents[1]
    files = [
        *package.rglob("*.py"),
        *(
            path
            for part in ("templates", "static")
            for folder in theme_folders(part, "brief")
            for path in folder.rglob("*")
        ),
    ]
    return "\n".join([path.read_text("utf-8", "replace") for path in files if path.is_file()])


def texts_of(value: Any) -> Iterator[str]:
    """Yield all strings in nested plain values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list | tuple):
        for item in [*value, *value.values()] if isinstance(value, Mapping) else value:
            yield from texts_of(item)
