"""Measure the live preview: from the save of a file to the new page served, and to the page
repainted in Chromium.

    python benchmarks/preview.py --corpus 10000 [--rounds 20] [--hugo] [--no-browser]

The site has the default theme with all its pages, and a warm cache. Files are saved as editors do,
in one write. The time begins before the file is opened. `served` ends when an HTTP response,
requested repeatedly on new connections, has the new title. `repainted` ends when the open page in
Chromium has drawn a frame with it, by the page's own clock. With --hugo the same saves are measured
with `hugo server`, in turn. Results go to the work folder as JSON, and as lines to the terminal.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import corpora
import install

from browser.webdriver import Browser, driver

HERE = Path(__file__).resolve().parent
BURST = 200
# In each page: when a frame was last drawn that had this title, or this mark of a template, in
# seconds since the epoch.
PAINTED = """
window.painted = {};
const look = () => {
  const seen = [document.title, document.querySelector('meta[name=bench]')?.content];
  requestAnimationFrame(() => setTimeout(() => {
    const now = (performance.timeOrigin + performance.now()) / 1000;
    for (const one of seen) if (one) window.painted[one] ??= now;
    look();
  }));
};
look();
"""


class Results(dict[str, Any]):
    """The measurements, printed and stored as they arrive."""

    def __init__(self, file: Path, **about: str) -> None:
        super().__init__(about)
        self._file = file
        print(", ".join(about.values()), flush=True)

    def __setitem__(self, name: str, figures: dict[str, float]) -> None:
        super().__setitem__(name, figures)
        print(
            f"{name}: {', '.join(f'{key} {value:,}' for key, value in figures.items())}", flush=True
        )
        self._file.write_text(json.dumps(self, indent=2))


def text_of(url: str) -> str:
    """Return the response of an address, or "" without one."""
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            page: str = answer.read().decode()
            return page
    except (urllib.error.HTTPError, OSError):
        return ""


def until(holds: Callable[[], bool], limit: float = 400, pause: float = 0.001) -> float:
    """Return the time at which the condition holds. Raises TimeoutError."""
    end = time.time() + limit
    while not holds():
        if time.time() > end:
            raise TimeoutError
        time.sleep(pause)
    return time.time()


@contextmanager
def serving(command: list[str], folder: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server, ended as by Ctrl-C."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def spread(seconds: list[float]) -> dict[str, float]:
    """Return median and range, in milliseconds."""
    return {
        "median": round(1000 * statistics.median(seconds), 1),
        "least": round(1000 * min(seconds), 1),
        "most": round(1000 * max(seconds), 1),
    }


def saves(url: str, files: list[Path], rounds: int, first: int) -> list[float]:
    """Measure from the save of an article to its new title served, each time with another
    article.
    """
    found = []
    for number, file in enumerate(files[:rounds], first):
        address = url.format(stem=file.stem)
        until(lambda address=address: text_of(address) != "")  # type: ignore[misc]
        start = time.time()
        corpora.edit(file, number)
        found.append(
            until(lambda address=address, number=number: f"Edit {number} " in text_of(address))
            - start
        )  # type: ignore[misc]
        time.sleep(0.3)
    return found


def repaints(browser: Browser, url: str, files: list[Path], rounds: int, first: int) -> list[float]:
    """Measure from the save of the article whose page is open to a frame with its new title."""
    found = []
    browser.open(url.format(stem=files[0].stem))
    for number in range(first, first + rounds):
        time.sleep(0.5)
        start = time.time()
        corpora.edit(files[0], number)
        found.append(painted(browser, f"title.startsWith('Edit {number} ')") - start)
    return found


def template_repaints(
    browser: Browser, url: str, base: Path, file: Path, rounds: int
) -> list[float]:
    """Measure from the save of the base template to a frame of the open page made with it."""
    found = []
    original = (HERE.parent / "templates" / "base.html").read_text("utf-8")
    base.parent.mkdir(exist_ok=True)
    base.write_text(original, "utf-8")
    time.sleep(2)
    browser.open(url.format(stem=file.stem))
    for number in range(rounds):
        time.sleep(2)  # the check of all templates after the last one is over
        start = time.time()
        base.write_text(
            original.replace(
                "<meta charset", f'<meta name="bench" content="mark {number}">\n<meta charset', 1
            ),
            "utf-8",
        )
        found.append(painted(browser, f"title === 'mark {number}'") - start)
    return found


def painted(browser: Browser, which: str) -> float:
    """Return when the page was drawn with a title for which this is true, by its own clock."""
    end = time.time() + 60
    while time.time() < end:
        try:
            at = browser.run(
                f"for (const [title, at] of Object.entries(window.painted ?? {{}})) if ({which}) "
                "return at; return 0"
            )
        except urllib.error.HTTPError:
            at = 0  # between two pages
        if at:
            return float(at)
        time.sleep(0.02)
    raise TimeoutError(which)


def burst(url: str, files: list[Path], number: int) -> float:
    """Measure from the first of many saves to the last of their pages served correctly."""
    start = time.time()
    for file in files:
        corpora.edit(file, number)
    left = [url.format(stem=file.stem) for file in files]
    while left:
        left = [address for address in left if f"Edit {number} " not in text_of(address)]
    return time.time() - start


def start_up(command: list[str], folder: Path, url: str, log: Path) -> float:
    """Measure from the start of the command to the first page served."""
    start = time.time()
    with serving(command, folder, log):
        return until(lambda: text_of(url) != "", pause=0.005) - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", default="10000")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--hugo", action="store_true", help="measure `hugo server` too")
    parser.add_argument("--no-browser", action="store_true", help="leave Chromium out")
    parser.add_argument("--bench", type=Path, default=HERE.parent.parent / "shared" / "bench")
    parser.add_argument("--work", type=Path, default=HERE / "work")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    corpus = corpora.make_corpus(
        options.corpus, options.bench, options.work, ["raw", "hugo"] if options.hugo else ["raw"]
    )
    site = options.work / "preview"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(HERE / "default", site)
    shutil.copytree(corpus.folder / "raw" / "articles", site / "articles")
    rng = random.Random(options.seed)
    visible = [
        file
        for file in sorted((site / "articles").iterdir())
        if "\npublished: false" not in file.read_text("utf-8")
    ]
    files = rng.sample(visible, min(len(visible), BURST + options.rounds))
    log = options.work / "preview.log"
    url = "http://127.0.0.1:1399/news/{stem}/"
    command = [sys.executable, "-m", "newsgen", "serve", "--port", "1399"]
    results = Results(options.work / "preview.json", corpus=corpus.title, commit=install.commit())
    start_up(command, site, "http://127.0.0.1:1399/", log)  # fills the cache
    time.sleep(3)  # files this young are not trusted
    start_up(command, site, "http://127.0.0.1:1399/", log)
    results["start, warm"] = spread(
        [start_up(command, site, "http://127.0.0.1:1399/", log) for _ in range(5)]
    )
    with serving(command, site, log) as process:
        until(lambda: text_of("http://127.0.0.1:1399/") != "")
        time.sleep(3 + corpus.articles / 10000)  # its background checks are done
        results["save to served"] = spread(saves(url, files, options.rounds, 1000))
        if not options.no_browser:
            with driver() as address:
                browser = Browser(address)
                browser.on_each_page(PAINTED)
                results["save to repainted"] = spread(
                    repaints(browser, url, files, options.rounds, 2000)
                )
                base = site / "templates" / "base.html"
                results["base template to repainted"] = spread(
                    template_repaints(browser, url, base, files[1], options.rounds)
                )
                browser.close()
        results[f"burst of {BURST}"] = spread(
            [burst(url, files[-BURST:], 3000 + n) for n in range(3)]
        )
        status = Path(f"/proc/{process.pid}/status")
        if status.exists():
            results["peak memory"] = {
                "MB": int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024
            }
    if options.hugo:
        peer = options.work / "preview-hugo"
        shutil.rmtree(peer, ignore_errors=True)
        shutil.copytree(options.bench / "peers" / "hugo", peer)
        shutil.copytree(corpus.folder / "hugo" / "content", peer / "content")
        command = [
            str(install.hugo(options.work)),
            "server",
            "--port",
            "1398",
            "--bind",
            "127.0.0.1",
            "--noBuildLock",
            "--renderToMemory",
        ]
        articles = [peer / "content" / "articles" / file.name for file in files]
        results["Hugo: start"] = spread([start_up(command, peer, "http://127.0.0.1:1398/", log)])
        with serving(command, peer, log):
            until(lambda: text_of("http://127.0.0.1:1398/") != "", pause=0.05)
            time.sleep(3)
            results["Hugo: save to served"] = spread(
                saves("http://127.0.0.1:1398/articles/{stem}/", articles, options.rounds, 1000)
            )


if __name__ == "__main__":
    main()
