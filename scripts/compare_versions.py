"""Compare the pages of stories that two versions of newsgen make of one site.

    python scripts/compare_versions.py OTHER SITE...

OTHER is a checkout of the earlier version. Each SITE is a folder with a newsgen.yaml. Both versions
build it with the same clock, in temporary folders. The script counts the differences by kind:
routes, titles, dates, sources, related stories and the text of bodies. It prints the first few of
each. Texts are compared by their words, without marks, because typography may differ; marks are
counted apart. docs/benchmarks.md explains what it finds.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import lxml.html

ROOT = Path(__file__).resolve().parent.parent
CLOCK = "2026-01-31T12:00:00Z"
_WORDS = re.compile(r"\w+")
_FILES = re.compile(r"\.[0-9a-f]{10}(?=\.)")
Facts = dict[str, object]


def built(version: Path, packages: str, site: Path, output: Path) -> Path:
    """Build a site with the newsgen in a checkout, and return its output."""
    paths = os.pathsep.join(filter(None, (str(version), packages)))
    command = [sys.executable, "-P", "-m", "newsgen", "--root", str(site), "-q", "build"]
    command += ["--as-of", CLOCK, "--output", str(output / "site"), "--cache", str(output / "c")]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, check=True, timeout=3600)
    return output / "site"


def facts(file: Path) -> Facts | None:
    """Return what the page of a story says, None for any other page."""
    page = lxml.html.fromstring(file.read_bytes())
    metas = {meta.get("property"): meta.get("content") for meta in page.iter("meta")}
    if metas.get("og:type") != "article":
        return None
    main = page.xpath("//article")[0]

    def texts(path: str) -> list[str]:
        return [" ".join(found.text_content().split()) for found in main.xpath(path)]

    text = " ".join(texts(".//*[contains(concat(' ', @class, ' '), ' body ')]"))
    heading = "//aside//h2[text()='Related stories']"
    related = page.xpath(f"{heading}/following-sibling::ul[1]//li//a[1]/@href")
    return {
        "title": metas.get("og:title"),
        "date": metas.get("article:published_time"),
        "source": texts(".//*[@class='source']"),
        "original": main.xpath(".//*[@class='original']//a/@href"),
        "related": related,
        "body": _WORDS.findall(text),
        "marks of the body": text,
    }


def compared(before: Path, after: Path) -> dict[str, list[str]]:
    """Return the differences between two outputs by kind."""
    found: dict[str, list[str]] = defaultdict(list)
    trees = [
        {_FILES.sub("", file.relative_to(tree).as_posix()): file for file in tree.rglob("*.*")}
        for tree in (before, after)
    ]
    for name in sorted(trees[0].keys() ^ trees[1].keys()):
        found["only before" if name in trees[0] else "only after"].append(name)
    for name in sorted(trees[0].keys() & trees[1].keys()):
        if name.endswith("index.html"):
            one, other = (facts(tree[name]) for tree in trees)
            for kind in (one or {}) if other else ():
                assert one
                assert other
                if one[kind] != other[kind]:
                    found[kind].append(f"{name}: {one[kind]!r:.200} -> {other[kind]!r:.200}")
            found["stories"] += [name] if one and other else []
    return found


def main() -> None:
    """Print the differences for each site."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("other", type=Path, help="a checkout of the other version")
    parser.add_argument("sites", type=Path, nargs="+", help="folders with a newsgen.yaml")
    parser.add_argument("--after", type=Path, default=ROOT, help="a checkout in place of this one")
    parser.add_argument("--shown", type=int, default=3, help="differences to print of each kind")
    parser.add_argument("--packages", default="", help="folders with packages that it needs")
    options = parser.parse_args()
    for site in options.sites:
        with tempfile.TemporaryDirectory() as folder:
            before = built(options.other, options.packages, site, Path(folder, "before"))
            after = built(options.after, "", site, Path(folder, "after"))
            found = compared(before, after)
        print(f"{site.name}: {len(found.pop('stories', []))} stories on both sides")
        for kind, some in found.items():
            print(f"  {kind}: {len(some)}")
            for line in some[: options.shown]:
                print(f"    {line}")


if __name__ == "__main__":
    main()
