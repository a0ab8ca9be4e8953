"""Create articles, plain pages and whole sites. Never overwrites a file."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newsgen.build.inputs import scan_inputs
from newsgen.config.reader import as_yaml
from newsgen.config.settings import ADDRESS, FILE, Config
from newsgen.content.clock import Clock
from newsgen.content.data import load_data
from newsgen.content.front_matter_writer import as_front_matter
from newsgen.content.json_schema import json_schema
from newsgen.content.pages import FOLDER
from newsgen.content.repair import clean_text
from newsgen.content.slugs import fold, slugify
from newsgen.core.engine import local
from newsgen.core.problems import build_error, settings_error
from newsgen.inspect.host_files import host_files
from newsgen.inspect.origin import requirement
from newsgen.store.cache import Cache

_PROJECT = 58  # characters in the name of a project at Cloudflare
_WELCOME = """
This is the first story of this site. `newsgen new "What happened"` creates another,
`newsgen build` builds the site,
and `newsgen schema` prints the fields for an editor.
"""
_ABOUT = """
Who writes here, and how to reach them.
"""


def new_article(
    config: Config, title: str, time: datetime, category: str, topics: tuple[str, ...], draft: bool
) -> Path:
    """Write an article without a body into the folder of its category, and return its file.

    `time` is aware. The file name is the day and the slug, or the slug alone if
    `permalinks.article` has both the day and the stem. Raises UserError: exit code 2 if the title
    is empty or the file exists, 3 if it cannot be written.
    """
    title, category = _clean(title), clean_text(category, _ignore)
    local = time.astimezone(config.settings.zone)
    day_in_address = all(part in config.settings.permalinks.article for part in ("{stem}", "{day}"))
    name = slugify(title) if day_in_address else f"{local:%Y-%m-%d}-{slugify(title)}"
    fields: dict[str, Any] = {"title": title, "publishedDateTime": local, "excerpt": None}
    if category:
        fields["category"] = category
    folder = slugify(category) + "/" if category else ""
    if folder == FOLDER:  # the folder of plain pages
        folder = ""
    fields |= {"topics": list(topics)}
    if draft:
        fields["draft"] = True
    return _write(config.paths.content / f"{folder}{name}.md", as_front_matter(fields) + "\n")


def new_page(config: Config, title: str, draft: bool) -> Path:
    """Write a plain page without a body and return its file.

    Raises UserError as `new_article` does.
    """
    title = _clean(title)
    fields = {"title": title, "menu": False} | ({"draft": True} if draft else {})
    return _write(
        config.paths.content / FOLDER / f"{slugify(title)}.md", as_front_matter(fields) + "\n"
    )


def site_topics(config: Config, cache: Cache, jobs: int) -> dict[str, str]:
    """Return the site's topics: from each case-folded name or alias to the name shown.

    Topics of data files come first, in their order, then those of articles, most common first.
    Raises CacheDamaged, OSError.
    """
    from newsgen.build.prepare import read_content

    data, _ = load_data(config.paths.data, config.paths.static)
    inputs = scan_inputs(config, Clock(datetime.now(UTC)))
    counts = Counter(
        name
        for document in read_content(config, inputs, cache, local(jobs)).documents()
        for name in document.meta.topics
    )
    found: dict[str, str] = {}
    for fact in data.topics:
        for name in (fact.name, *fact.other_names):
            found.setdefault(fold(name), fact.name)
    for name in sorted(counts, key=lambda name: (-counts[name], name)):
        found.setdefault(fold(name), name)
    return found


def as_known(topics: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """Return these topics without duplicates, spelled as the site spells them."""
    cleaned = (clean_text(topic, _ignore) for topic in topics)
    return tuple(dict.fromkeys(known.get(fold(topic), topic) for topic in cleaned if topic))


def init_site(folder: Path, title: str, url: str, now: datetime, host: str = "") -> list[Path]:
    """Create a site in an empty folder, ready to build, and return its files.

    `now` is in UTC. `host` is the host that it is for, a value of the setting `host`; without one
    the site has the workflow for GitHub Pages. Raises UserError: exit code 2 if the folder holds
    anything except `.git` or if `url` is not a URL, 3 if the site cannot be written.
    """
    try:
        there = sorted(set(os.listdir(folder)) - {".git"}) if os.path.lexists(folder) else []
    except OSError as error:
        raise settings_error(
            "not-empty", f"{folder}: {error.strerror}", hint="name an empty folder, or a new one"
        ) from None
    if there:
        raise settings_error(
            "not-empty",
            f"{folder} is not empty: it holds {there[0]}",
            hint="name an empty folder, or a new one",
        )
    if not ADDRESS.fullmatch(url):
        raise settings_error(
            "bad-setting", f"the url {url} is not an absolute address such as https://news.example"
        )
    title = _clean(title)
    article = {
        "title": f"{title} begins",
        "publishedDateTime": now,
        "excerpt": "A first story, to be replaced.",
        "topics": ["Notes"],
    }
    files = {
        FILE: f"# `newsgen config` lists every key.\ntitle: {as_yaml(title)}\nurl: "
        f"{as_yaml(url)}\nlanguage: en\ntimezone: UTC\n" + (f"host: {host}\n" if host else ""),
        f"content/{now:%Y-%m-%d}-{slugify(article['title'])}.md": as_front_matter(article)
        + _WELCOME,
        f"content/{FOLDER}about.md": as_front_matter({"title": "About", "menu": True}) + _ABOUT,
        "requirements.txt": requirement(),
        **host_files(host or "github", slugify(title)[:_PROJECT].strip("-")),
        ".gitignore": "/site/\n/.newsgen/\n/.content/\n/editions/\n",
        **_editor_files(),
    }
    return [_write(folder / path, text) for path, text in files.items()]


def _editor_files() -> dict[str, str]:
    """Return the settings with which an editor checks the front matter of content files."""
    patterns = {
        "article": ["content/**/*.md", f"!content/{FOLDER}**", "!content/**/_index.md"],
        "page": f"content/{FOLDER}**",
        "section": ["content/**/_index.md", f"!content/{FOLDER}**"],
    }
    schemas = {kind: json_schema(kind) for kind in patterns}
    settings = {"yaml.schemas": {f".vscode/{name}.schema.json": patterns[name] for name in schemas}}
    files = {f"{name}.schema.json": schema for name, schema in schemas.items()}
    return {
        f".vscode/{name}": json.dumps(value, indent=2, ensure_ascii=False) + "\n"
        for name, value in (files | {"settings.json": settings}).items()
    }


def _clean(title: str) -> str:
    cleaned = clean_text(title, _ignore)
    if not cleaned:
        raise settings_error(
            "missing-title",
            "the title is empty",
            hint='write it in quotes, as in  newsgen new "What happened"',
        )
    return cleaned


def _write(file: Path, text: str) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        out = file.open("x", encoding="utf-8", newline="")
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.lexists(file):
            hint = "give it another title, or edit that file"
            raise settings_error("file-exists", f"{file} already exists", hint=hint) from None
        raise build_error("cannot-write", f"{file}: {error.strerror}") from None
    try:
        with out:
            out.write(text)
    except OSError as error:
        file.unlink()  # a partial file
        raise build_error("cannot-write", f"{file}: {error.strerror}") from None
    return file


def _ignore(code: str) -> None:
    """Ignore a repair, so that typed input is repaired silently."""
