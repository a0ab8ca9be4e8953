"""The articles to build, and changes to them: an edit, an addition."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

_DATE = re.compile(r"^publishedDateTime: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z?", re.M)
_OWN_TIMES = re.compile(r"^(publishedDateTime|date): \d{4}-\d\d-\d\d([T ])\d\d:\d\d:\d\d", re.M)
_OWN_MONTHS = re.compile(r"^months: .*$", re.M)
_TITLE = re.compile(r"""^title: (["']?)(?:Edit \d+ )?""", re.M)
_ADDRESSES = re.compile(r'^((?:webUrl|originalUrl): "?[^"\n?#]*)', re.M)


class Corpus(NamedTuple):
    """A folder of articles in the layouts of several generators. `subject` is the file name,
    without its suffix, of the article that is edited and copied; `newest` the time of the newest
    article."""

    name: str
    folder: Path
    articles: int
    bodies: bool
    subject: str
    newest: datetime

    @property
    def title(self) -> str:
        """Return a description of the corpus."""
        if not self.name[0].isdigit():
            return f"{self.articles:,} real articles ({self.name})"
        return f"{self.articles:,} articles, {'with' if self.bodies else 'without'} bodies"


def make_corpus(name: str, bench: Path, work: Path, layouts: Sequence[str]) -> Corpus:
    """Make the corpus `10000`, `10000-bodies`, or that of a folder of real articles such as
    `diablo4`. It is made once, and a missing layout is added. Raises ValueError for any other name.
    """
    folder = work / "corpora" / name
    number, _, rest = name.partition("-")
    if number.isdigit() and rest in ("", "bodies"):
        for layout in layouts:
            if not (folder / layout).is_dir():
                _generate(bench, int(number), rest == "bodies", layout, folder)
    else:
        source = bench.parent / "corpus" / name / "_news"
        if not source.is_dir():
            raise ValueError(
                f"{name}: write 10000, 10000-bodies, or the name of a folder in "
                f"{bench.parent / 'corpus'}"
            )
        for layout in layouts:
            if layout in REAL_LAYOUTS and not (folder / layout).is_dir():
                _convert(source, layout, folder)
    articles = sorted((folder / "raw" / "articles").iterdir())
    texts = {path.stem: path.read_text("utf-8") for path in articles}
    visible = [
        stem for stem, text in texts.items() if not re.search("^published: false", text, re.M)
    ]
    newest = max(
        datetime.fromisoformat(found[1]) for stem in visible if (found := _DATE.search(texts[stem]))
    )
    return Corpus(name, folder, len(articles), rest == "bodies", visible[len(visible) // 2], newest)


REAL_LAYOUTS = ("raw", "hugo")


def _generate(bench: Path, number: int, bodies: bool, layout: str, folder: Path) -> None:
    print(f"  {number:,} articles as {layout} reads them", file=sys.stderr, flush=True)
    fresh = folder / "new"
    shutil.rmtree(fresh, ignore_errors=True)
    command = [
        sys.executable,
        str(bench / "gen_corpus.py"),
        str(number),
        str(fresh),
        "--bodies",
        str(int(bodies)),
        "--peers",
        layout,
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (fresh / layout).rename(folder / layout)
    fresh.rmdir()


def _convert(source: Path, layout: str, folder: Path) -> None:
    """Copy real articles unchanged, and for Hugo with an added date and month."""
    fresh = folder / "new"
    shutil.rmtree(fresh, ignore_errors=True)
    target = fresh / ("content/articles" if layout == "hugo" else "articles")
    target.mkdir(parents=True)
    for path in sorted(source.glob("*.md")):
        text = read(path)
        found = _DATE.search(text)
        if layout == "hugo" and found:
            added = f'---\ndate: {found[1]}Z\nmonths: ["{found[1][:7]}"]\n'
            text = re.sub(r"\A---[ \t]*\r?\n", added, text)
        write(target / path.name, text)
    fresh.rename(folder / layout)


def edit(path: Path, number: int) -> None:
    """Change an article's title, to a different one for each number."""
    write(path, _TITLE.sub(rf"title: \1Edit {number} ", read(path), count=1))


def add(path: Path, stem: str, number: int, newest: datetime) -> None:
    """Add a copy of an article with a new name, address, title and time, newer than all others."""
    when = newest + timedelta(minutes=number)
    name = f"{stem}-added-{number}"
    text = read(path).replace(stem, name)
    text = _TITLE.sub(rf"title: \1Added {number} ", text, count=1)
    text = _OWN_TIMES.sub(
        lambda found: f"{found[1]}: {when:%Y-%m-%d}{found[2]}{when:%H:%M:%S}", text
    )
    text = _OWN_MONTHS.sub(f'months: ["{when:%Y-%m}"]', text)
    if name not in text:  # a real article's address does not contain its file's name
        text = _ADDRESSES.sub(rf"\1-added-{number}", text)
    dated = re.match(r"\d{4}-\d\d-\d\d-", path.stem) if path.stem != stem else None
    prefix = f"{when:%Y-%m-%d}-" if dated else ""
    write(path.with_name(f"{prefix}{name}.md"), text)


def read(path: Path) -> str:
    """Return a file's text with its line ends."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def write(path: Path, text: str) -> None:
    """Write text with its line ends."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
