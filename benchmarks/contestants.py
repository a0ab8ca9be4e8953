"""The entries: each generator with its settings, its command, and the files that it leaves."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import install

HERE = Path(__file__).resolve().parent
PHASES = ("cold", "noop", "edit", "add")


@dataclass(frozen=True)
class Contestant:
    """A generator with its settings. `layout` is that of the corpus that it reads, `site` the
    folder of its settings and templates; `content`, `output` and `caches` stand below its site,
    `links` are linked into it. `same_pages` tells whether its pages are to hold what the others'
    hold."""

    name: str
    version: str
    layout: str
    site: Path
    content: str
    output: str
    command: tuple[str, ...]
    caches: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    links: tuple[Path, ...] = ()
    phases: tuple[str, ...] = PHASES
    bodies_only: bool = False
    same_pages: bool = True


def _hugo(peers: Path, work: Path) -> list[Contestant]:
    command = (str(install.hugo(work)), "build", "--quiet", "--noBuildLock")
    return [
        Contestant(
            "Hugo",
            install.HUGO,
            "hugo",
            peers / "hugo",
            "content",
            "public",
            command,
            ("resources",),
        )
    ]


def _eleventy(peers: Path, work: Path) -> list[Contestant]:
    modules = install.eleventy(work)
    command = ("node", str(modules / "@11ty" / "eleventy" / "cmd.cjs"), "--quiet")
    memory = {
        "NODE_OPTIONS": "--max-old-space-size=16000"
    }  # 100,000 articles need more memory than Node's default
    site = peers / "eleventy"
    return [
        Contestant(
            "Eleventy",
            install.ELEVENTY,
            "eleventy",
            site,
            "src/articles",
            "_site",
            command,
            environment=memory,
            links=(modules,),
        )
    ]


def _astro(peers: Path, work: Path) -> list[Contestant]:
    modules = install.astro(work)
    command = ("node", str(modules / "astro" / "astro.js"), "build", "--silent")
    return [
        Contestant(
            "Astro",
            install.ASTRO,
            "astro",
            peers / "astro",
            "src/content/articles",
            "dist",
            command,
            (".astro",),
            {"ASTRO_TELEMETRY_DISABLED": "1", "NODE_OPTIONS": "--max-old-space-size=16000"},
            (modules,),
        )
    ]


def _pelican(peers: Path, work: Path) -> list[Contestant]:
    command = (str(install.pelican(work)), "-q", "content")
    caches = ("cache", "__pycache__")
    return [
        Contestant(
            "Pelican",
            install.PELICAN,
            "pelican",
            peers / "pelican",
            "content",
            "output",
            command,
            caches,
        )
    ]


def _jekyll(peers: Path, work: Path) -> list[Contestant]:
    version = install.jekyll()
    caches = (".jekyll-cache", ".jekyll-metadata")
    return [
        Contestant(
            "Jekyll",
            version,
            "jekyll",
            peers / "jekyll",
            "_posts",
            "_site",
            ("jekyll", "build", "-q"),
            caches,
        )
    ]


PEERS: dict[str, Callable[[Path, Path], list[Contestant]]] = {
    "hugo": _hugo,
    "eleventy": _eleventy,
    "astro": _astro,
    "pelican": _pelican,
    "jekyll": _jekyll,
}
# The names of newsgen's entries, also used by tables and figures.py.
MINIMAL = "newsgen"
THEME = "newsgen, default theme"
THEME_ALL = "newsgen, default theme, all its pages"
PYTHON_MARKDOWN = "newsgen, Python-Markdown"
EXTENSIONS = "newsgen, Python-Markdown with extensions"
_PYTHON = "markdown.engine=markdown"
THEMES = {"minimal": MINIMAL, "default": THEME, "full": THEME_ALL}


def newsgen_entries(programs: Path, themes: Sequence[str]) -> list[Contestant]:
    """newsgen with its minimal templates, its default theme over the same pages, and that with all
    its pages; where articles have bodies, with each engine of Markdown too (built cold only)."""
    jobs = str(len(os.sched_getaffinity(0)))

    def entry(name: str, site: str, *sets: str) -> Contestant:
        options = tuple(part for one in sets for part in ("--set", one))
        command = (str(programs / "newsgen"), "--quiet", *options, "build", "--jobs", jobs)
        return Contestant(name, "", "raw", HERE / site, "articles", "site", command, (".newsgen",))

    found = []
    if "minimal" in themes:
        found.append(entry(MINIMAL, "minimal"))
    if "default" in themes:
        found.append(
            replace(entry(THEME, "minimal", "templates=none", "static=none"), same_pages=False)
        )
    if "full" in themes:
        found.append(replace(entry(THEME_ALL, "default"), same_pages=False))
    if "minimal" in themes:
        engines = (
            entry(PYTHON_MARKDOWN, "minimal", _PYTHON, "markdown.extensions=[]"),
            entry(EXTENSIONS, "minimal", _PYTHON),
        )
        found += [replace(engine, phases=("cold",), bodies_only=True) for engine in engines]
    return found


def gather(
    generators: Sequence[str], themes: Sequence[str], bench: Path, work: Path
) -> list[Contestant]:
    """Return all entries, installed; those that cannot be installed are left out with a message.
    Raises NotInstallable if newsgen or Hugo, the reference, cannot be installed.
    """
    found: list[Contestant] = []
    for name in generators:
        try:
            if name == "newsgen":
                found += newsgen_entries(install.newsgen(work), themes)
            else:
                found += PEERS[name](bench / "peers", work)
        except install.NotInstallable as reason:
            if name in ("newsgen", "hugo"):
                raise
            print(f"{name} is left out: {reason}", file=sys.stderr, flush=True)
    return found
