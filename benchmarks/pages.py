"""Run Lighthouse on the demo's pages, served on loopback as a good host would: compressed, with the
headers of `_headers`. Print the median of three runs by performance.

    python benchmarks/pages.py LIGHTHOUSE [PAGE ...]

The demo's hot-linked images are on hosts that do not exist; one of its own is sent in their place.

LIGHTHOUSE is the command of the npm package (it needs Node 22: `npm install node@22 lighthouse@12`
installs both).
"""

from __future__ import annotations

import argparse
import fnmatch
import gzip
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = (
    "/",
    "/topics/ai/",
    "/news/2021-11-22-lanternfish-opens-its-speech-model-to-hospitals-after-a-year-of-trials/",
)
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
METRICS = (
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "cumulative-layout-shift",
    "total-byte-weight",
)
_HOT_LINKED = re.compile(rb'(<img src=")https?://[^"]+')
_CHROMIUM = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync --no-first-run"
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("lighthouse", type=Path, metavar="LIGHTHOUSE")
    parser.add_argument("pages", nargs="*", default=PAGES, metavar="PAGE")
    parser.add_argument("--form", choices=("mobile", "desktop"), default="mobile", help="[mobile]")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        build = [
            sys.executable,
            "-m",
            "newsgen",
            "--quiet",
            "build",
            "--output",
            site,
            "--cache",
            Path(folder) / "cache",
        ]
        subprocess.run(build, cwd=ROOT, check=True)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(
            "| page | "
            + " | ".join((*CATEGORIES, *METRICS))
            + " |\n| --- |"
            + " ---: |" * (len(CATEGORIES) + len(METRICS))
        )
        for page in options.pages:
            url = f"http://127.0.0.1:{server.server_port}{page}"
            reports = [_report(options.lighthouse, url, options.form) for _ in range(3)]
            report = sorted(
                reports, key=lambda report: report["categories"]["performance"]["score"]
            )[1]
            scores = [f"{report['categories'][name]['score'] * 100:.0f}" for name in CATEGORIES]
            print(
                f"| {page} | "
                + " | ".join(
                    (*scores, *(report["audits"][name]["displayValue"] for name in METRICS))
                )
                + " |",
                flush=True,
            )
            for name in CATEGORIES:
                for part in report["categories"][name]["auditRefs"]:
                    audit = report["audits"][part["id"]]
                    if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                        print(
                            f"  {name}: {audit['title']} {audit.get('displayValue', '')}",
                            file=sys.stderr,
                        )
        server.shutdown()


def _report(lighthouse: Path, url: str, form: str) -> dict[str, dict[str, dict[str, object]]]:
    command = [
        str(lighthouse.absolute()),
        url,
        "--quiet",
        "--output=json",
        f"--chrome-flags={_CHROMIUM}",
    ]
    command += ["--preset=desktop"] if form == "desktop" else []
    path = os.pathsep.join(
        (str(lighthouse.absolute().parent), os.environ["PATH"])
    )  # the package's own node
    done = subprocess.run(
        command, stdout=subprocess.PIPE, check=True, env={**os.environ, "PATH": path}
    )
    return json.loads(done.stdout)


def _handler(site: Path) -> type[BaseHTTPRequestHandler]:
    rules: list[tuple[str, list[tuple[str, str]]]] = []
    for line in (site / "_headers").read_text("utf-8").splitlines():
        name, _, value = line.strip().partition(":")
        if line[:1].isspace():
            rules[-1][1].append((name, value.strip()))
        elif line and not line.startswith("#"):
            rules.append((line.strip(), []))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            file = site / path.lstrip("/") / ("index.html" if path.endswith("/") else "")
            found = file.is_file()
            data = file.read_bytes() if found else (site / "404.html").read_bytes()
            kind = guess_type(file.name)[0] if found else "text/html"
            self.send_response(200 if found else 404)
            self.send_header(
                "Content-Type",
                kind + "; charset=utf-8" if kind and kind.startswith("text/") else str(kind),
            )
            if kind == "text/html":
                data = _HOT_LINKED.sub(rb"\1/pictures/harbour.jpg", data)
            if kind and not kind.startswith("image/"):
                data = gzip.compress(data)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            for pattern, headers in rules:
                if fnmatch.fnmatchcase(path, pattern):
                    for name, value in headers:
                        self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


if __name__ == "__main__":
    main()
