"""Measure how well newsgen's search finds articles, compared with MiniSearch and Pagefind, and its
cost.

    python benchmarks/search.py quality FOLDER ... [--work FOLDER] [--pagefind]
    python benchmarks/search.py cost FOLDER [--work FOLDER] [--rounds 3]
    python benchmarks/search.py wire FOLDER [--work FOLDER]

`quality` publishes all articles of each FOLDER and asks for each by its title, by the three rarest
words of its title, and by these without the last letter. The share whose first result is the
article or one with the same title. P@5: the titles of articles whose own list names others, and the
share of the list among the best five other results, beside TF-IDF. MiniSearch and Pagefind are
installed from npm; Pagefind answers in Chromium, a sample of queries.

`cost` builds FOLDER with and without the search, and edits one article. `wire` builds it, and
prints what a first query of one to three random words of a title loads, with the cards of its first
page of results, compressed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from baselines import text_of, tf_idf, words
from stories import Corpus, mean, read

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("minisearch@7.2.0", "pagefind@1.4.0")
SAMPLE = 300  # queries of each kind that Pagefind answers
_WORD = re.compile(r"[^\W_]+")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["quality", "cost", "wire"])
    parser.add_argument("folders", type=Path, metavar="FOLDER", nargs="+")
    parser.add_argument("--work", type=Path, default=Path("/tmp/newsgen-search"), metavar="FOLDER")
    parser.add_argument("--pagefind", action="store_true", help="ask Pagefind, too")
    parser.add_argument("--rounds", type=int, default=3, metavar="N")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.what == "cost":
        cost(options.folders[0], options.work, options.rounds)
    elif options.what == "wire":
        wire(options.folders[0], options.work)
    else:
        install(options.work)
        for folder in options.folders:
            quality(read(folder), options.work, options.pagefind)


def install(work: Path) -> None:
    """Install MiniSearch and Pagefind into the work folder."""
    if not (work / "node_modules/pagefind").is_dir():
        (work / "package.json").write_text('{"private": true}\n')
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(work)]
        subprocess.run([*command, *PACKAGES], check=True)


def quality(corpus: Corpus, work: Path, pagefind: bool) -> None:
    """Print a table of how well each finds the articles of a corpus."""
    site = work / corpus.name
    publish(corpus, site)
    kinds = queries(corpus)
    asked = [query for kind in kinds.values() for query in kind]
    leads = [corpus.articles[i].title for i in corpus.asked]
    found = answers(corpus, site, work, [*asked, *leads])
    if pagefind:
        found["pagefind"] = ask_pagefind(corpus, site, kinds, leads)
    titles = [plain(article.title) for article in corpus.articles]
    print(f"{corpus.name}, {len(titles):,} articles, {len(leads)} with a list")
    print("| | title | three rarest words | the last letter missing | P@5 |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, results in found.items():
        shares, at = [], 0
        for kind in kinds.values():
            rows = results[at : at + len(kind)]
            at += len(kind)
            right = [
                bool(row) and titles[row[0]] == titles[i]
                for i, row in enumerate(rows)
                if row is not None
            ]
            shares.append(f"{100 * mean(right):.1f} %" if right else "")
        rows = results[at:]
        shares.append(f"{mean(precision(corpus, rows)):.3f}" if any(rows) else "")
        print(f"| {name} | {' | '.join(shares)} |")
    texts = [words(text_of(article)) for article in corpus.articles]
    scores = tf_idf([*texts, *map(words, leads)])[len(texts) :]
    rows = [sorted(row, key=lambda j: -row[j]) for row in scores]
    own = [[j for j in row if j < len(texts)] for row in rows]
    print(f"| TF-IDF | | | | {mean(precision(corpus, own)):.3f} |\n")


def plain(title: str) -> str:
    """Return the words of a title, in lower case."""
    return " ".join(_WORD.findall(title.casefold()))


def precision(corpus: Corpus, rows: Sequence[Sequence[int] | None]) -> list[float]:
    """Return for each asked article the share of its list among the best five other results."""
    return [
        len(corpus.lists[i].intersection([j for j in row if j != i][:5]))
        / min(5, len(corpus.lists[i]))
        for i, row in zip(corpus.asked, rows, strict=True)
        if row is not None
    ]


def queries(corpus: Corpus) -> dict[str, list[str]]:
    """Return the queries for each article, by kind."""
    titles = [plain(article.title).split() for article in corpus.articles]
    often = Counter(word for title in titles for word in set(title))
    rare = []
    for title in titles:
        chosen = set(sorted(dict.fromkeys(title), key=lambda word: often[word])[:3])
        rare.append(" ".join(word for word in dict.fromkeys(title) if word in chosen))
    return {
        "title": [article.title for article in corpus.articles],
        "rare": rare,
        "typing": [query[:-1] for query in rare],
    }


def publish(corpus: Corpus, site: Path) -> None:
    """Build a site of all articles of a corpus, without their lists."""
    shutil.rmtree(site, ignore_errors=True)
    (site / "content").mkdir(parents=True)
    settings = {"title": corpus.name, "url": "https://wire.example", "stories": {"window": 0}}
    (site / "newsgen.yaml").write_text(yaml.safe_dump(settings))
    for i, article in enumerate(corpus.articles):
        front = {
            "title": article.title,
            "excerpt": article.excerpt,
            "publishedDateTime": article.time.isoformat(),
            "provider": {"name": article.provider.name},
            "topics": list(article.topics),
        }
        text = yaml.safe_dump(front, allow_unicode=True)
        (site / f"content/{i:06}.md").write_text(f"---\n{text}---\n", "utf-8")
    command = [sys.executable, "-m", "newsgen", "--root", str(site), "build"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode > 1:
        raise SystemExit(done.stderr or done.stdout)


def answers(
    corpus: Corpus, site: Path, work: Path, asked: Sequence[str]
) -> dict[str, list[list[int] | None]]:
    """Return the results of newsgen and MiniSearch, and print the sizes of newsgen's answers."""
    documents = [
        {
            "id": i,
            "title": article.title,
            "excerpt": article.excerpt,
            "labels": " ".join([article.provider.name, *article.topics]),
        }
        for i, article in enumerate(corpus.articles)
    ]
    (work / "documents.json").write_text(json.dumps(documents))
    told = ask(site, work, asked, "node_modules", "documents.json")
    print(f"all of MiniSearch: {told['size']['mini'] / 1000:.0f} KB")
    found: dict[str, list[list[int] | None]] = told["found"]
    return found


def ask(site: Path, work: Path, asked: Sequence[str], *peer: str) -> dict[str, Any]:
    """Ask a site, and MiniSearch in the work folder if there are files for it. Print the sizes of
    newsgen's answers.
    """
    shutil.copy(ROOT / "static/search.js", work / "search.mjs")
    (work / "queries.json").write_text(json.dumps(asked))
    files = [str(work / name) for name in ("search.mjs", "queries.json", *peer)]
    node, script = shutil.which("node") or "node", str(ROOT / "benchmarks/search.mjs")
    command = [node, script, str(site / "site"), *files]
    told: dict[str, Any] = json.loads(
        subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    )
    size = told["size"]
    print(
        f"a query: {size['median'] / 1000:.0f} KB (95 %: {size['most'] / 1000:.0f} KB) compressed, "
        f"{size['ms']:.1f} ms without the network"
    )
    return told


def wire(folder: Path, work: Path) -> None:
    """Print what queries of random words load from a site of a folder's articles."""
    site = work / "wire"
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(folder, site / "content")
    (site / "newsgen.yaml").write_text(yaml.safe_dump({"title": "T", "url": "https://w.example"}))
    measured(site)
    draw, asked = random.Random(1), []
    for file in draw.choices(sorted((site / "content").rglob("*.md")), k=1000):
        found = re.search(r"(?m)^title: (.*)$", file.read_text("utf-8"))
        some = _WORD.findall(found[1].lower()) if found else []
        asked.append(" ".join(draw.sample(some, min(len(some), draw.randint(1, 3)))))
    ask(site, work, asked)


def ask_pagefind(
    corpus: Corpus, site: Path, kinds: dict[str, list[str]], leads: Sequence[str]
) -> list[list[int] | None]:
    """Return Pagefind's results for a sample of the queries, None for the others."""
    sys.path.insert(0, str(ROOT / "tests"))
    from browser.webdriver import Browser, driver, serve

    output, start = site / "site", time.perf_counter()
    pagefind = site.parent / "node_modules/.bin/pagefind"
    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run(
        [str(pagefind), "--site", str(output), "--glob", "news/*/index.html", "--silent"],
        check=True,
    )
    cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - used
    files = sum(1 for file in (output / "pagefind").rglob("*") if file.is_file())
    print(f"pagefind: {time.perf_counter() - start:.1f} s, {cpu:.1f} s of CPU, {files:,} files")
    headers = output / "_headers"
    headers.write_text(
        headers.read_text().replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    )
    found: list[list[int] | None] = []
    with driver() as address, serve(output) as url:
        browser = Browser(address)
        browser.open(url + "/search/")
        for some in (*kinds.values(), list(leads)):
            step = max(len(some) // SAMPLE, 1)
            chosen = range(0, len(some), step)
            rows = browser.run(
                "const {search} = await import('/pagefind/pagefind.js'); const found = [];"
                f"for (const query of {json.dumps([some[i] for i in chosen])}) {{"
                "const {results} = await search(query);"
                "const data = await Promise.all(results.slice(0, 8).map(one => one.data()));"
                "found.push(data.map(({url}) => +url.split('/').at(-2))); } return found;"
            )
            answered = dict(zip(chosen, rows, strict=True))
            found += [answered.get(i) for i in range(len(some))]
        browser.close()
    return found


def cost(folder: Path, work: Path, rounds: int) -> None:
    """Print the cost of a cold build and of one edit with the search and without it."""
    rows: dict[str, dict[str, list[float]]] = {}
    for _ in range(rounds):
        for name, without in (("with", []), ("without", ["search"])):
            row = rows.setdefault(name, {})
            site = work / f"cost-{name}"
            shutil.rmtree(site, ignore_errors=True)
            shutil.copytree(folder, site / "content")
            settings: dict[str, Any] = {"title": "T", "url": "https://wire.example"}
            (site / "newsgen.yaml").write_text(yaml.safe_dump(settings | {"without": without}))
            for what, value in measured(site).items():
                row.setdefault(f"cold {what}", []).append(value)
            file = next(iter(sorted((site / "content").rglob("*.md"))[1000:]))
            for step in range(3):
                text = file.read_text("utf-8")
                file.write_text(re.sub(r"(?m)^title: .*$", f"title: Edited {step} gate", text))
                for what, value in measured(site).items():
                    row.setdefault(f"edit {what}", []).append(value)
            files = [path for path in (site / "site").rglob("*") if path.is_file()]
            row["files"] = [len(files)]
            own = [path for path in files if "/site/search/" in str(path)]
            row["files of the index"] = [len(own)]
            row["KB of the index"] = [sum(path.stat().st_size for path in own) / 1000]
    print("| | " + " | ".join(rows) + " |\n| --- |" + " ---: |" * len(rows))
    for what in rows["with"]:
        values = [f"{sorted(row[what])[len(row[what]) // 2]:,.2f}" for row in rows.values()]
        print(f"| {what} | {' | '.join(values)} |")


def measured(site: Path) -> dict[str, float]:
    """Build a site. Return seconds, seconds of CPU and the peak memory of a process in MB."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "newsgen", "--root", str(site), "build"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, used = os.wait4(process.pid, 0)
    process.returncode = 0
    return {
        "s": time.perf_counter() - start,
        "CPU s": used.ru_utime + used.ru_stime,
        "MB": used.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    main()
