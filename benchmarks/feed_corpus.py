"""Gather many small feeds of any quality, such as those in the sdist of feedparser.

Run it as `feed_corpus.py FOLDER`: it serves every file below FOLDER on loopback as a separate feed,
gathers them all into a temporary site, and builds it. It prints JSON with the numbers: feeds,
articles, feeds that are refused by reason, problems of `newsgen check` by code, and the harmful
strings in pages, of which there must be none.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

_HARM = re.compile(
    r"<script(?! type=\"application/ld\+json\"|(?: type=\"module\")? src=\"/| defer)[^>]*>|"
    r"<[a-z][^<>]*\son\w+\s*=|"
    r"(?:href|src|action|poster)\s*=\s*[\"']?\s*(?:javascript|vbscript|data:text)|"
    r"<object|<embed|<style|<form(?! class=\"find\"| id=\"theme-search\")",
    re.I,
)
_HEADERS = re.compile(rb"(?im)^\s*Header:\s*(Content-Type):\s*([^\r\n]+)")


def serve(folder: Path) -> ThreadingHTTPServer:
    """Serve the files of a folder, each with the type that feedparser's tests name for it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # one packet for head and body

        def do_GET(self) -> None:
            data = (folder / unquote(self.path).lstrip("/")).read_bytes()
            named = _HEADERS.search(data[:2000])
            self.send_response(200)
            self.send_header("Content-Type", named[2].decode("latin-1") if named else "text/xml")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run newsgen in a site's folder."""
    command = [sys.executable, "-m", "newsgen", "--root", str(root), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main() -> None:
    """Gather, check and build, and print the numbers."""
    folder = Path(sys.argv[1]).resolve()
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".xml", ".json"))
    server = serve(folder)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        (root / "content").mkdir()
        (root / "newsgen.yaml").write_text(
            "title: Corpus\nurl: https://corpus.example\nnetwork: {private: [127.0.0.1]}\n"
        )
        lines = ["feeds:\n"]
        for file in files:
            name = quote(file.relative_to(folder).as_posix())
            url = json.dumps(f"http://127.0.0.1:{server.server_address[1]}/{name}")
            lines.append(f"  - {{url: {url}, source: {json.dumps(file.stem)}, full_text: true}}\n")
        (root / "feeds.yaml").write_text("".join(lines))
        began = time.monotonic()
        gathered = run(root, "gather", "--json")
        seconds = time.monotonic() - began
        assert gathered.returncode == 0, gathered.stderr
        found = json.loads(gathered.stdout)
        again = json.loads(run(root, "gather", "--all", "--json").stdout)
        checked = json.loads(run(root, "check", "--json").stdout)
        built = run(root, "build")
        pages = {path: path.read_text("utf-8") for path in (root / "site").rglob("*.html")}
        harmful = [(str(path), h[0]) for path, text in pages.items() for h in _HARM.finditer(text)]
        reasons = Counter(
            one["message"].partition(": ")[2].partition(";")[0] for one in found["problems"]
        )
        result = {
            "feeds": found["feeds"],
            "seconds": round(seconds, 1),
            "articles": sum(one["action"] == "new" for one in found["files"]),
            "untitled": found["untitled"],
            "waiting": found["waiting"],
            "refused": reasons.most_common(),
            "second run": Counter(one["action"] for one in again["files"]),
            "check": Counter((p["severity"], p["code"]) for p in checked["problems"]).most_common(),
            "build": [built.returncode, built.stderr.splitlines()[-1:]],
            "pages": len(pages),
            "harmful": harmful[:20],
        }
        print(json.dumps(result, indent=1, default=str))
    server.shutdown()


if __name__ == "__main__":
    main()
