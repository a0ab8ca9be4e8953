"""Run the real command on real articles, data files and settings with random damage.

Whatever the damage, newsgen ends with a documented exit code and without a traceback. No value of
`secured` leaks, and no page exceeds the budgets. `python tests/fuzzing.py --minutes 10 --seed 1`
runs long; tests/test_fuzz.py runs a few rounds. The input of a failure is kept in a folder that the
output names, with its seed.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import hostile
import secret_forms
from support import CORPUS, ROOT, newsgen

EXPECTED = {0, 1, 2, 3}
LARGEST = (
    5_000_000  # bytes of a page: the default budget of a body's HTML, and the rest of the page
)
SECRET = "U2VjcmV0Tm90ZU9mQVRvb2w{0:08d}{1:03d}QUJDREVG=;V2hhdElzVGhpcz8{0:08d}{1:03d}MTIzNDU2="
SETTINGS = """\
title: The Damaged Wire
url: https://wire.example/path
description: "Of all, a little"
language: de
timezone: Asia/Tokyo
per_page: 3
without: [tag, authors]
menu:
  - about
  - {name: Archive, url: /2021/}
permalinks:
  article: /{category}/{year}/{slug}/
  topic: /t/{slug}/
archive: {per_page: 5}
related:
  limit: 4
  fill: yes
feeds:
  limit: 3
  full_text: true
markdown:
  engine: commonmark
sources:
  platforms: [youtube.com]
  noindex: [paper.example]
headers:
  csp: ["script-src https://count.example"]
  extra: ["X-One: 1"]
theme:
  accent: "#115577"
  fonts:
    - {family: Literata, file: /fonts/a.woff2, weight: 200 900}
check:
  allow: [unsafe-url]
"""
# Front matter in other formats, embeds, links by source file and HTML.
FORMATS = [
    b"+++\ntitle = 'T'\ndate = 2021-11-19\ntags = ['a', 'b']\n[params]\nx = 0x1F\n"
    b'[[images]]\nurl = \'/a.png\'\n+++\n{{< figure src="/a.png" caption="x" >}}\n',
    b'{"title": "T", "date": "2021-11-19",\n"tags": ["a"],\n"heat": 1e9}\n[x](a.json)\n',
    b"Title: T\nDate: 2021-11-19\nTags: a,\n  b\nCategory: News\n\n[x]({filename}b.md)\n",
    b"<!--\n.. title: T\n.. date: 2021-11-19\n.. tags: a, b\n-->\n[x](link://slug/b)\n",
    b"---\nlayout: post\ntitle: T\ndate: 2021-11-19\npermalink: /:year/:title.html\n---\n"
    b"{% post_url 2021-11-19-story-1 %} {% include youtube.html id=abc %} {: .note}\n",
    b"---\ntitle: T\ndate: 2021-11-19\nstatus: published\nbuild: {list: always}\n---\n"
    b'{{< quote author="A" >}}x{{< /quote >}} <!--more--> {{< toc >}} {{</* x */>}}\n',
    b"---\ntitle: T\ndate: 2021-11-19\n---\n<p>a<img src=a.png><iframe src="
    b"https://www.youtube.com/embed/a></iframe><svg><script>x</script></svg>\n",
]
# Names of content files, and other files beside them.
PLACES = ("", "", "pages/", "deep/er/", "_drafts/", "_posts/")
NAMES = ("2021-11-19-story-{}.md", "story-{}.de.md", "story-{}.html", "bundle-{}/index.md")
NASTY = [
    *(
        "",
        "null",
        "~",
        "true",
        "NO",
        "-1",
        "0",
        "1e309",
        ".inf",
        ".nan",
        "0x1F",
        "12345678901234567890",
        "1_000",
        "007",
        "1.5",
    ),
    *(
        "[]",
        "{}",
        "[[[[[[",
        "{{{{",
        "[a, b",
        "{a: b",
        "- x",
        "? x",
        ": x",
        "| x",
        "> x",
        "|",
        ">-",
        "&a x",
        "*a",
        "!!python/object:os.system x",
    ),
    *(
        "!!binary AAAA",
        "!!set {a}",
        "@x",
        "`x`",
        "%x",
        "# x",
        "'x",
        '"x',
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"\\0"',
        '"\\x"',
        "a: b: c",
        "<<: *a",
    ),
    *(
        "<script>alert(1)</script>",
        "</script>",
        "]]>",
        "<!--",
        "&lt;b&gt;",
        "&#x0;",
        "&#55296;",
        "{{ 7 * 7 }}",
        "{% raw %}",
        "{# x #}",
        "${x}",
        "%s %d",
    ),
    *(
        "javascript:alert(1)",
        "data:text/html,x",
        "//",
        "http://",
        "https://[::1",
        "https://x:99999/",
        "http://a b/",
        "/../../etc/passwd",
        "..",
        "../x",
    ),
    *(
        "0001-01-01",
        "9999-12-31T23:59:59Z",
        "2021-02-30",
        "2021-13-01T00:00:00Z",
        "2021-11-19T25:00:00+99:99",
        "20211119",
        "12:30:45",
    ),
    *(
        "\u202e evil",
        "\u2066",
        "\u200b",
        "\u00ad",
        "\ufeff",
        "\u2028",
        "\x85",
        "海岸",
        "عاجل",
        "👩‍👩‍👧",
        "e\u0301" * 50,
        "Ⅷ",
        "ß",
        "İ",
        "ǅ",
        "\U000e0041",
    ),
    *(
        "x" * 5000,
        "a/b/c",
        "C++",
        "C#",
        "...",
        "---",
        ".",
        "CON",
        "index",
        "page",
        "feed.xml",
        "404.html",
        "_redirects",
        "%2e%2e%2f",
        "%ff",
        "%00",
    ),
]
KEYS = [
    *(
        "title",
        "publishedDateTime",
        "updated",
        "corrections",
        "excerpt",
        "category",
        "slug",
        "type",
        "language",
        "topics",
        "tags",
        "authors",
    ),
    *(
        "provider",
        "webUrl",
        "originalUrl",
        "images",
        "related",
        "quality",
        "heat",
        "featuredContent",
        "published",
        "draft",
        "removed",
        "gone",
    ),
    *(
        "aliases",
        "expires",
        "menu",
        "layout",
        "name",
        "_id",
        "parent",
        "otherNames",
        "domain",
        "date",
        "text",
        "url",
        "width",
    ),
]
READING = [
    *(
        ["build"],
        ["build", "--json"],
        ["build", "--dry-run"],
        ["build", "--strict", "-v"],
        ["build", "--drafts", "--future"],
        ["build", "--verify"],
    ),
    *(
        ["status"],
        ["status", "--json", "-v"],
        ["why", "/"],
        ["check"],
        ["check", "--json"],
        ["check", "--fix"],
        ["check", "--fix", "--dry-run"],
    ),
]
COMMANDS = [
    *READING,
    ["config"],
    ["theme", "list"],
    ["new", "A story", "--topic", "ai"],
    ["new", "A", "--page"],
]


def originals() -> list[bytes]:
    """Return the articles to start from: hostile ones, the demo site's, and those of the
    corpora."""
    folders = [
        ROOT / "content",
        *(CORPUS / name for name in ("dirt", "powerapps/_news", "diablo4/_news")),
    ]
    return [*hostile.ALL.values(), *FORMATS] + [
        data
        for folder in folders
        for file in sorted(folder.rglob("*.md"))
        if len(data := file.read_bytes()) < 20_000
    ]


def hiding(chance: random.Random, articles: list[bytes], secret: str) -> bytes:
    """Return a damaged file that hides this secret: mostly in an article, else in one of the forms
    of `secret_forms`.
    """
    if chance.random() < 0.7:
        return damaged(with_secret(chance.choice(articles), secret), chance, articles)
    one, two = halves(secret)
    form = chance.choice([*secret_forms.FORMS.values()])
    text = form.replace(secret_forms.ONE, one).replace(secret_forms.TWO, two)
    return damaged(text.encode(), chance, articles, (one.encode(), two.encode()))


def halves(secret: str) -> list[str]:
    """Return the words of a secret that must be in no file, page or message."""
    return [word.rstrip("=") for word in secret.split(";")]


def damaged(
    data: bytes, chance: random.Random, others: list[bytes], kept: tuple[bytes, ...] = ()
) -> bytes:
    """Return the file with some lines and bytes changed, but never those from the first that names
    `secured` or holds one of the words `kept` to the last, nor the line below.
    """
    lines = data.split(b"\n")
    for _ in range(chance.choice((0, 1, 1, 2, 3, 8))):
        at = chance.randrange(len(lines))
        held = [
            n
            for n, line in enumerate(lines)
            if b"secured" in line.lower()
            or any(word in line for word in (*kept, b"sec\\", b'ured"'))
        ]
        if held and held[0] <= at <= held[-1] + bool(kept):
            continue
        key, colon, _ = lines[at].partition(b":")
        nasty = chance.choice(NASTY).encode("utf-8", "surrogatepass")
        other = chance.choice(chance.choice(others).split(b"\n"))
        lines[at : at + 1] = chance.choice(
            [
                [],
                [lines[at], lines[at]],
                [lines[at], b"" if b"secured" in other else other],
                [key + colon + b" " + nasty],
                [key + colon + b" " + nasty],
                [lines[at], chance.choice(KEYS).encode() + b": " + nasty],
                [lines[at], b"  - " + nasty],
                [lines[at][: chance.randrange(len(lines[at]) + 1)]],
                [b" " * chance.randrange(5) + lines[at].lstrip()],
                [lines[at].replace(b'"', b"", 1)],
                [_flipped(lines[at], chance)],
                [lines[at] + nasty],
                [lines[at].replace(b" ", b"\t", 1)],
            ]
        ) or [b""]
    text = b"\n".join(lines)
    if chance.random() < 0.05 and b"secured" not in text:
        text = text[: chance.randrange(len(text) + 1)]
    return text.replace(b"\n", b"\r\n") if chance.random() < 0.05 else text


def _flipped(line: bytes, chance: random.Random) -> bytes:
    if not line:
        return bytes([chance.randrange(256)])
    at = chance.randrange(len(line))
    return line[:at] + bytes([chance.randrange(256)]) + line[at + chance.randrange(2) :]


def play(folder: Path, seed: int, articles: list[bytes], size: int) -> tuple[str, str]:
    """Run one command on one site of damaged files.

    Return what was run and how it ended, and what is wrong with that ("" if nothing).
    """
    chance = random.Random(seed)
    spoil_settings = chance.random() < 0.5
    count = chance.randrange(3) if spoil_settings else size
    secrets: list[str] = []
    for i in range(count):
        name = chance.choice(PLACES) + chance.choice(NAMES).format(i)
        secrets.append(SECRET.format(seed % 10**8, i))
        _write(folder / "content" / name, hiding(chance, articles, secrets[-1]))
        if "bundle" in name:
            for other in chance.sample(("a.json", "feed.json", "map.svg", "a.png"), 2):
                data = damaged(chance.choice(FORMATS), chance, FORMATS)
                _write((folder / "content" / name).with_name(other), data)
    for path in ("topics/01-ai.yaml", "organizations/paper.md", "authors/ann.yaml"):
        source = (
            b"name: AI\n_id: ai\nparent: Chips\notherNames: [Machine learning]\ndomain: "
            b"paper.example\nimages:\n  - url: /a.png\n"
        )
        source = b"---\n" + source + b"---\n" if path.endswith(".md") else source
        _write(folder / "_data" / path, damaged(source, chance, articles))
    settings = (
        damaged(SETTINGS.encode(), chance, [SETTINGS.encode()])
        if spoil_settings
        else SETTINGS.encode()
    )
    _write(folder / "newsgen.yaml", settings)
    command = chance.choice(COMMANDS if spoil_settings else READING)
    done = newsgen(*command, cwd=folder, env={"EDITOR": "true"}, timeout=120)
    outcome = f"{' '.join(command)}: {done.returncode}"
    said = done.stdout + done.stderr
    if done.returncode not in EXPECTED or "Traceback" in said or "verify-differs" in said:
        return outcome, f"exit code {done.returncode}: {done.stderr[-3000:]}"
    leaking = [secret for secret in secrets if any(part in said for part in halves(secret))]
    written = [
        file
        for name in ("site", ".newsgen")
        for file in (folder / name).rglob("*")
        if file.is_file()
    ]
    for file in written:
        data = file.read_bytes()
        if len(data) > LARGEST and file.is_relative_to(folder / "site"):
            return outcome, f"{file} has {len(data)} bytes: a body exceeds its budget"
        leaking += [
            f"{secret} in {file}"
            for secret in secrets
            if any(part.encode() in data for part in halves(secret))
        ]
    return outcome, f"secured leaks: {leaking[:3]}" if leaking else ""


def with_secret(data: bytes, secret: str) -> bytes:
    """Return the article with this value of `secured` as its last field."""
    lines = [
        line
        for line in data.replace(b"\r\n", b"\n").split(b"\n")
        if not line.startswith(b"secured:")
    ]
    end = next((i for i, line in enumerate(lines) if i and line.startswith(b"---")), len(lines))
    return b"\n".join([*lines[:end], b"secured: " + secret.encode(), *lines[end:]])


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=40)
    options = parser.parse_args()
    articles, seed, failed = originals(), options.seed, 0
    outcomes: Counter[str] = Counter()
    until = time.monotonic() + 60 * options.minutes
    while time.monotonic() < until:
        folder = Path(tempfile.mkdtemp(prefix=f"newsgen-fuzz-{seed}-"))
        outcome, wrong = play(folder, seed, articles, options.size)
        outcomes[outcome] += 1
        if wrong:
            failed += 1
            print(f"seed {seed}, {folder}: {outcome}\n{wrong}\n", flush=True)
        else:
            shutil.rmtree(folder)
        seed += 1
    print(f"{seed - options.seed} rounds, {failed} failed; ", dict(sorted(outcomes.items())))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
