"""Measure publishing to an object store, and its failures: a server in a separate process receives
the editions of a site.

    python benchmarks/object_store.py CORPUS [--kills 20] [--azure]

CORPUS is a folder of articles, as benchmarks/corpora.py makes them; it is copied, not changed. The
server is moto's (S3), in Python: most of the time of a large upload is its own. With --azure it is
azurite, whose requests are not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import corpora

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "publish"))

import azure
from buckets import KEYS, Store, bucket

_NEWSGEN = [sys.executable, "-m", "newsgen"]
MANIFEST = ".newsgen-manifest"
_OVER = "2020-01-01T00:00:00Z"  # the end of the lease of a publisher that was killed


def serve() -> None:
    """Print the address of the server; for each line of input, print the requests since the
    last.
    """
    if "--azure" in sys.argv:
        with azure.azure() as container:
            print(container.endpoint, flush=True)
            for _ in sys.stdin:
                print(0, flush=True)
        return
    with bucket() as store:
        print(store.endpoint, flush=True)
        for _ in sys.stdin:
            print(len(store.requests), flush=True)
            store.requests.clear()


def _processor_time() -> float:
    """Return the seconds of all commands that have ended, without the server's."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Bench:
    """A site whose editions go to the server."""

    def __init__(self, site: Path, articles: Path, on_azure: bool) -> None:
        self.site = site
        command = [sys.executable, __file__, "serve", *(["--azure"] if on_azure else [])]
        self.server = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        made = azure.Container if on_azure else Store
        self.store = made(self._line())
        self.folder = self.store.client("wire")
        shutil.copytree(articles, site / "content", copy_function=shutil.copyfile)
        target = self.store.target("wire")
        settings = {"title": "Bench", "url": "https://news.example"}
        settings |= {"publish": {"targets": [target]}}
        (site / "newsgen.yaml").write_text(json.dumps(settings))
        self.files = sorted((site / "content").rglob("*.md"))

    def _line(self) -> str:
        assert self.server.stdout
        return self.server.stdout.readline().strip()

    def requests(self) -> int:
        """Return the number of requests since the last call."""
        assert self.server.stdin
        self.server.stdin.write("\n")
        self.server.stdin.flush()
        return int(self._line())

    def run(self, *words: str) -> dict[str, Any]:
        """Run a command of newsgen and return its document."""
        done = subprocess.run(
            [*_NEWSGEN, *words, "--json"], cwd=self.site, capture_output=True, text=True, check=True
        )
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def report(self, what: str, *words: str) -> None:
        """Run a command that sends, and print what it sent, in which time, by how many requests.

        Of that time, newsgen's own processor time is told apart from the server's."""
        self.requests()
        before = _processor_time()
        done = self.run(*words)
        used = _processor_time() - before
        (sent,) = done["sent"]
        print(
            f"{what}: {sent['files']:,} files, {sent['removed']:,} removed, "
            f"{self.requests():,} requests, {done['seconds']['send']:.2f} s, "
            f"{used:.2f} s of newsgen's processor time",
            flush=True,
        )

    def edit(self, rng: random.Random, number: int) -> None:
        """Edit this number of articles, and build."""
        for file in rng.sample(self.files, number):
            corpora.edit(file, rng.randrange(10**6))
        self.run("build")

    def kill(self, rng: random.Random) -> bool:
        """Kill a publication at a random moment. Return whether it was still running."""
        process = subprocess.Popen(
            [*_NEWSGEN, "publish", "-q"], cwd=self.site, stderr=subprocess.DEVNULL
        )
        time.sleep(rng.uniform(0.3, 2.0))
        killed = process.poll() is None
        process.kill()
        process.wait()
        manifest = json.loads(bytes(self.folder.get(MANIFEST).bytes()))
        if manifest.get("holder"):
            over = json.dumps(manifest | {"expires": _OVER})
            self.folder.put(MANIFEST, over.encode())
        return killed

    def purge(self) -> str:
        """Purge the page of an article, and return the file that is gone."""
        page = next(one for one in sorted(self.there()) if one.startswith("news/"))
        self.report("purge of a page", "publish", "--purge", f"/{page}")
        assert page not in self.there()
        return page

    def there(self) -> dict[str, bytes]:
        """Return the store's files for readers."""
        listed = [one["path"] for batch in self.folder.list() for one in batch]
        files = {path: bytes(self.folder.get(path).bytes()) for path in listed}
        del files[MANIFEST]
        return files

    def live(self) -> dict[str, bytes]:
        """Return the files of the live edition here."""
        folder = self.site / "editions/current"
        found = (file for file in folder.rglob("*") if file.is_file())
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}

    def both(self) -> list[int]:
        """Publish from two copies of the site at once, and return their exit codes."""
        other = self.site.parent / "other"
        shutil.copytree(self.site, other, symlinks=True)
        quiet = [*_NEWSGEN, "publish", "-q"]
        pair = [
            subprocess.Popen(quiet, cwd=folder, stderr=subprocess.DEVNULL)
            for folder in (self.site, other)
        ]
        return [process.wait() for process in pair]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, metavar="CORPUS")
    parser.add_argument("--kills", type=int, default=20, metavar="K", help="[20]")
    parser.add_argument("--azure", action="store_true", help="publish to azurite")
    options = parser.parse_args()
    os.environ.update(KEYS | azure.KEYS)
    rng = random.Random(1)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        bench = Bench(Path(folder).absolute() / "site", options.corpus, options.azure)
        bench.run("build")
        bench.report("the first edition", "publish")
        bench.edit(rng, 1)
        bench.report("one edit", "publish")
        bench.report("rollback", "rollback")
        bench.report("back again", "publish", "--release")
        killed = 0
        while killed < options.kills:
            bench.edit(rng, 10)
            killed += bench.kill(rng)
        bench.report(f"after {killed} kills", "publish")
        bench.report("what is really there", "publish", "--verify-remote")
        bench.edit(rng, 30)
        print("two publishers at once end with", sorted(bench.both()))
        bench.report("what is really there", "publish", "--verify-remote")
        page = bench.purge()
        same = bench.there() == bench.live()
        print(f"without {page}, the bytes there", "are" if same else "are NOT", "those here")
        assert bench.server.stdin
        bench.server.stdin.close()
        bench.server.wait()


if __name__ == "__main__":
    serve() if sys.argv[1:2] == ["serve"] else main()
