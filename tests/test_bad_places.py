"""The real command with bad files, folders, templates, settings and disks.

Problems are reported, existing output stays, and nothing hangs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest

from support import PATIENCE, SmallSite, command, newsgen, read_tree

AT = ("--as-of", "2026-01-31T12:00")
FRONT = "---\ntitle: {}\npublishedDateTime: 2026-01-30T08:00:00Z\n---\n"


def run(site: SmallSite, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command subject to permissions. It must end by itself and without a traceback."""
    done = site.run(*arguments, before="limits:as_anybody")
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1, 2, 3), done.stderr
    return done


def stays(site: SmallSite, code: int, *words: str) -> None:
    """Build, expecting this exit code and these words, and an unchanged output."""
    before = {
        path: (data, (site.output / path).stat().st_mtime_ns) for path, data in site.tree().items()
    }
    done = run(site, "build", *AT)
    assert done.returncode == code, done.stderr
    for word in words:
        assert word in done.stderr, done.stderr
    assert {
        path: (data, (site.output / path).stat().st_mtime_ns) for path, data in site.tree().items()
    } == before


# Content files


def test_files_that_are_no_articles(site: SmallSite) -> None:
    """Files that are no articles are reported and never opened.

    These are links out of the folder, loops, pipes, sockets and names that cannot be displayed. A
    folder may have the name of an article, and names may be odd.
    """
    secret = site.root.parent / "elsewhere"
    secret.mkdir()
    (secret / "private.md").write_text(FRONT.format("Private") + "Nobody's business")
    content = site.root / "content"
    (content / "out.md").symlink_to(secret / "private.md")
    (content / "out").symlink_to(secret)
    (content / "out-folder.md").symlink_to(secret)
    (content / "self.md").symlink_to("self.md")
    (content / "around").symlink_to(".")
    (content / "nowhere.md").symlink_to("nobody.md")
    os.mkfifo(content / "pipe.md")
    # A socket's path is 107 characters at most.
    with socket.socket(socket.AF_UNIX) as server, chdir(content):
        server.bind("socket.md")
    site.write("content/folder.md/inner.md", FRONT.format("Inside a folder"))
    for name in (
        "\"double\" and 'single'",
        "with space & <b>",
        "-rf",
        "$(id)",
        "%s",
        "l" * 240,
        "e\u0301",
        "..two",
    ):
        site.write(f"content/{name}.md", FRONT.format("Odd"))
    for raw in (b"new\nline.md", b"caf\xe9.md", b"bell\x07.md", "turned\u202e.md".encode()):
        with open(os.fsencode(content) + b"/" + raw, "wb") as file:
            file.write(FRONT.format("Unnameable").encode())
    done = run(site, "build", *AT, "-v")
    assert done.returncode == 0
    told = dict(re.findall(r"^content/(.+?): warning: .* \[([a-z-]+)\]$", done.stderr, re.M))
    links = {
        "out.md": "link-outside",
        "out-folder.md": "link-outside",
        "out": "link-outside",
        "around": "link-outside",
        "nowhere.md": "unreadable-file",
        "self.md": "unreadable-file",
    }
    kinds = {"pipe.md": "not-a-file", "socket.md": "not-a-file"}
    names = dict.fromkeys(
        ("new\\nline.md", "caf\\\\xe9.md", "bell\\x07.md", "turned\\u202e.md"), "file-name"
    )
    assert told == links | kinds | names
    assert "10 articles" in done.stderr or "11 articles" in done.stderr
    assert not [
        path
        for path, data in site.tree().items()
        if b"Nobody's business" in data or b"Private" in data or b"Unnameable" in data
    ]
    assert "Inside a folder" in site.page("/news/inner/")
    assert run(site, "status").returncode == 0


def test_files_that_cannot_be_read(site: SmallSite) -> None:
    """A file or folder without permissions is reported, and its earlier pages are removed.

    The rest is published.
    """
    run(site, "build", *AT)
    site.article("one", title="Not to be read").chmod(0)
    closed = site.write("content/closed/three.md", FRONT.format("Three")).parent
    closed.chmod(0)
    done = run(site, "build", *AT)
    closed.chmod(0o755)
    assert done.returncode == 0
    assert (
        "content/one.md: error: cannot be read: Permission denied [unreadable-file]" in done.stderr
    )
    assert (
        "content/closed: error: cannot be read: Permission denied [unreadable-folder]"
        in done.stderr
    )
    assert "1 article," in done.stderr
    assert "news/one/index.html" not in site.tree()


def test_static_and_data_files_of_all_kinds(site: SmallSite) -> None:
    """Files that cannot be read or copied are reported and left out; the rest is copied.

    The manifest and the lock of a site copied into the static folder are not copied. A file in the
    place of a folder keeps its place.
    """
    for name in (".newsgen-manifest", ".newsgen-lock", ".newsgen-journal"):
        site.write(f"static/{name}", "of another site")
    site.write("static/fine/.well-known/a b.txt", "fine")
    site.write("static/topics", "in the place of a folder")
    site.write("static/closed.txt", "closed").chmod(0)
    site.write("static/latin.txt", b"caf\xe9")
    (site.root / "static/out.txt").symlink_to("/etc/hostname")
    os.mkfifo(site.root / "static/pipe")
    site.write("_data/topics/01-closed.yaml", "name: AI").chmod(0)
    os.mkfifo(site.root / "_data/topics/02-pipe.yaml")
    site.write("_data/topics/03-bomb.yaml", "name: &a [*a]")
    site.write("_data/topics/04-bytes.yaml", bytes(range(128, 256)))
    site.write("_data/topics/05-fine.yaml", "name: AI\n_id: artificial\n")
    site.write("_data/organizations/one.md", "---\nname: \n---\n").parent.chmod(0)
    done = run(site, "build", *AT, "-v")
    (site.root / "_data/organizations").chmod(0o755)
    assert done.returncode == 0
    told = re.findall(
        r"^(static|_data)/(\S*?)(?::\d+:\d+)?: \w+: .* \[([a-z-]+)\]$", done.stderr, re.M
    )
    assert {(path, code) for _, path, code in told} >= {
        ("closed.txt", "unreadable-file"),
        ("out.txt", "link-outside"),
        ("pipe", "not-a-file"),
        ("topics/01-closed.yaml", "unreadable-file"),
        ("topics/02-pipe.yaml", "not-a-file"),
        ("topics/03-bomb.yaml", "nested-too-deep"),
        ("topics/04-bytes.yaml", "data-without-name"),
        ("organizations/.", "unreadable-folder"),
    }
    assert "two pages want the route /topics/: the static file topics has it" in done.stderr
    tree = site.tree()
    assert tree["fine/.well-known/a b.txt"] == b"fine"
    assert tree["latin.txt"] == b"caf\xe9"
    assert tree["topics"] == b"in the place of a folder"
    assert not {"closed.txt", "out.txt", "pipe", ".newsgen-journal"} & tree.keys()
    (site.root / "static/closed.txt").chmod(0o644)
    assert run(site, "build", *AT).returncode == 0
    assert site.tree()["closed.txt"] == b"closed"


def test_a_file_that_changes_while_it_is_read(site: SmallSite) -> None:
    """While a file is rewritten repeatedly, each build succeeds, with or without it.

    Afterwards it is shown as it is.
    """
    file = site.root / "content/one.md"
    versions = [
        FRONT.format(f"Version {letter}") + f"{letter * 50}\n\n" * 1500 * (i + 1)
        for i, letter in enumerate("abc")
    ]
    stop = threading.Event()

    def rewrite() -> None:
        while not stop.is_set():
            for text in versions:
                file.write_text(text)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(5):
            done = run(site, "build", *AT)
            assert done.returncode == 0
            assert "news/two/index.html" in site.tree()
    finally:
        stop.set()
        writer.join()
    assert run(site, "build", *AT, "--verify").returncode == 0
    assert set(re.findall(r"([abc])\1{39,}", site.page("/news/one/"))) == {"c"}


# Templates


TEMPLATES: list[tuple[dict[str, str], list[str]]] = [
    ({"article.html": '{% extends "article.html" %}'}, ["templates/article.html"]),
    (
        {
            "article.html": '{% extends "a.html" %}',
            "a.html": '{% extends "b.html" %}',
            "b.html": '{% extends "a.html" %}',
        },
        ["templates/"],
    ),
    ({"article.html": '{% include "article.html" %}'}, ["templates/article.html"]),
    (
        {
            "article.html": '{% include "a.html" %}',
            "a.html": '{% include "b.html" %}',
            "b.html": '{% include "a.html" %}',
        },
        ["templates/"],
    ),
    (
        {"article.html": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"},
        ["templates/article.html:1"],
    ),
    ({"article.html": "{% block a %}{{ self.a() }}{% endblock %}"}, ["templates/article.html:1"]),
    (
        {"article.html": "{% if page.title %}<p>{{ page.ti"},
        ["templates/article.html:1", "template-error"],
    ),
    ({"article.html": "{% for a in b %}"}, ["templates/article.html:1", "template-error"]),
    (
        {"article.html": '{% extends "theme/nobody.html" %}'},
        ["there is no template theme/nobody.html"],
    ),
    (
        {"article.html": "{{ [].__class__.__mro__[1].__subclasses__() }}{{ x }}"},
        ["templates/article.html:1"],
    ),
    ({"article.html": "{{ 'x' * 10 ** 13 }}"}, ["templates/article.html:1"]),
]


def test_templates_that_cannot_be_rendered(site: SmallSite) -> None:
    """A template that cannot be rendered exits with 3 and is named.

    It extends, includes or calls itself, is incomplete, or asks for too much.
    """
    run(site, "build", *AT)
    for files, words in TEMPLATES:
        for name, text in files.items():
            site.write(f"templates/{name}", text)
        stays(site, 3, "error:", *words)
        shutil.rmtree(site.root / "templates")


def test_templates_that_cannot_be_read(site: SmallSite) -> None:
    """A template that is not UTF-8 or has no permissions is reported by name.

    A folder or a pipe with the name of a template is ignored.
    """
    run(site, "build", *AT)
    file = site.write("templates/article.html", b"Caf\xe9")
    stays(site, 3, "templates/article.html", "[template-not-utf-8]")
    file.write_text("{{ page.title }}")
    file.chmod(0)
    stays(site, 3, "templates/article.html", "Permission denied")
    file.unlink()
    file.mkdir()
    assert (
        run(site, "build", *AT).returncode == 0
    )  # a folder is not a template, so the theme's is used
    file.rmdir()
    os.mkfifo(file)
    assert run(site, "build", *AT).returncode == 0
    assert "Story two" in site.page("/news/two/")


# Settings


SETTINGS: list[tuple[bytes, str]] = [
    (b"", "the setting title is required"),
    (b"\xff\xfet\0i\0", "newsgen.yaml:1:1: error: "),
    (
        b"title: T\nurl: https://x.example\nmenu: " + b"[" * 500 + b"]" * 500 + b"\n",
        "nested more than 100 levels",
    ),
    (b"title: T\nurl: https://x.example\na: &a [x,x,x,x,x,x,x,x,x,x]\n", "a is not a setting"),
    (b"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [" + b"*a," * 2000 + b"]\n", "too-many-aliases"),
    (
        b"title: !!python/object:os.system T\nurl: [https://x.example]\n",
        "newsgen.yaml:2:6: error: url is not text",
    ),
    (b"title: {{ x }}\nurl: https://x.example\n", "newsgen.yaml:1:8: error: "),
    (
        b"title: T\nurl: https://x.example\nwithout: topic\n",
        "newsgen.yaml:3:10: error: without is not a list",
    ),
    (
        b"title: T\nurl: https://x.example\nper_page: 1" + b"0" * 5000 + b"\n",
        "newsgen.yaml:3:11: error: per_page",
    ),
    (b"title: T\nurl: https://x.example\noutput: content\n", "overlap"),
    (b"title: T\nurl: https://x.example\noutput: content/site\n", "overlap"),
    (b"title: T\nurl: https://x.example\noutput: .\n", "overlap"),
    (b'title: T\nurl: https://x.example\noutput: "a\\0b"\n', "newsgen.yaml:3:9: error: output "),
    (b'title: T\nurl: https://x.example\ncontent: "\\ud800"\n', "newsgen.yaml:3:"),
    (
        b"title: T\nurl: https://x.example\nurl: https://y.example\n",
        "newsgen.yaml:3:6: error: the key occurs twice",
    ),
    (
        b"title: T\nurl: javascript:alert(1)\n",
        "newsgen.yaml:2:6: error: url is not an absolute address",
    ),
    (
        b"title: T\nurl: https://x.example/?q\n",
        "newsgen.yaml:2:6: error: url is not an absolute address",
    ),
    (
        b"title: T\nurl: https://x.example\nmenu: [{name: A, url: 'javascript:x'}]\n",
        "newsgen.yaml:3:23: error: menu[0].url",
    ),
    (
        b"title: T\nurl: https://x.example\ntimezone: ../../etc/passwd\n",
        "newsgen.yaml:3:11: error: timezone is not a time zone",
    ),
    (
        b"title: T\nurl: https://x.example\nmarkdown: {engine: markdown, extensions: [os]}\n",
        "markdown.extensions: ",
    ),
    (
        b'title: T\nurl: https://x.example\nheaders: {extra: ["A: b\\r\\nC: d"]}\n',
        "newsgen.yaml:3:19: error: ",
    ),
    (b"title: T\nurl: https://x.example\n? [a]\n: b\n", "is not a setting"),
    (b"title: T\nurl: https://x.example\n5: b\n", "5 is not a setting"),
]


def test_settings_that_cannot_be_meant(site: SmallSite) -> None:
    """Wrong settings end builds and other commands with 2 and a place. Existing output stays."""
    site.article("three", body="A body")
    run(site, "build", *AT)
    for settings, words in SETTINGS:
        site.write("newsgen.yaml", settings)
        stays(site, 2, words)
    for other in ("config", "status", "check", "why", "theme", "new"):
        assert (
            run(
                site, other, *{"why": ["/"], "theme": ["list"], "new": ["X"]}.get(other, [])
            ).returncode
            == 2
        )


def test_settings_that_cannot_be_read(site: SmallSite) -> None:
    """Settings without permissions, that are a folder, or do not exist end with 2, and the file is
    named.
    """
    file = site.root / "newsgen.yaml"
    run(site, "build", *AT)
    file.chmod(0)
    stays(site, 2, "newsgen.yaml", "Permission denied")
    file.unlink()
    stays(site, 2, "newsgen.yaml", "No such file")
    file.mkdir()
    stays(site, 2, "newsgen.yaml", "Is a directory")


ODD = '-x\n "quote\'s" %s{{x}} 海岸'.encode()


@pytest.mark.parametrize(("name", "text"), [(ODD, True), (b"caf\xe9", False)])
def test_a_site_in_a_folder_of_an_odd_name(site: SmallSite, name: bytes, text: bool) -> None:
    """Commands work in a folder of any name and print JSON.

    Names that are not text are refused with 2.
    """
    root = os.fsencode(site.root.parent) + b"/" + name
    os.rename(site.root, root)
    commands = [
        ["build"],
        ["status"],
        ["new", "A story", "--topic", "ai"],
        ["why", "/"],
        ["check"],
        ["theme", "list"],
    ]
    for arguments in [
        *commands,
        [b"build", b"--root", b"../" + name, b"--cache", b"../" + name + b"/elsewhere"],
    ]:
        done = newsgen(*map(os.fsdecode, arguments), "--json", cwd=Path(os.fsdecode(root)))
        assert "Traceback" not in done.stderr
        assert done.returncode == (0 if text else 2), done.stderr
        if text:
            json.loads(done.stdout)
        else:
            assert "is not UTF-8" in done.stderr


def test_a_terminal_that_does_not_know_all_letters(site: SmallSite) -> None:
    """Letters missing in the terminal's encoding are escaped. JSON is UTF-8 nevertheless."""
    site.settings(title="海岸")
    done = site.run("config", "title", env={"PYTHONIOENCODING": "latin-1"})
    assert (done.returncode, done.stdout) == (0, "title  \\u6d77\\u5cb8  (newsgen.yaml:1)\n")
    assert (
        json.loads(
            site.run("config", "title", "--json", env={"PYTHONIOENCODING": "latin-1"}).stdout
        )[0]["value"]
        == "海岸"
    )
    site.write("content/海.md", "---\ntitle: [海\n---\n")
    assert (
        "content/\\u6d77.md:3:1: error"
        in site.run("build", env={"PYTHONIOENCODING": "latin-1"}).stderr
    )


# The output, the cache, the disk


def test_outputs_that_cannot_be_written(site: SmallSite) -> None:
    """A file in its place, a folder without permissions, or a link into the content is reported.

    Nothing is written anywhere.
    """
    (site.root / "file").write_text("mine")
    assert run(site, "build", *AT, "--output", "file").returncode == 3
    assert (site.root / "file").read_text() == "mine"
    closed = site.root / "closed"
    closed.mkdir(mode=0o555)
    done = run(site, "build", *AT, "--output", "closed")
    assert (done.returncode, list(closed.iterdir())) == (3, [])
    assert "Permission denied" in done.stderr
    assert run(site, "build", *AT, "--cache", "closed").returncode == 3
    before = sorted((site.root / "content").rglob("*"))
    (site.root / "sly").symlink_to("content")
    for output in ("sly", "sly/below", "content", "content/below", "."):
        assert run(site, "build", *AT, "--output", output).returncode == 2
    assert sorted((site.root / "content").rglob("*")) == before


def test_a_part_of_the_output_that_cannot_be_written(site: SmallSite) -> None:
    """If a folder of the output loses its permissions, the build exits with 3 and names it.

    With the permissions restored, the build succeeds.
    """
    run(site, "build", *AT)
    site.article("three")
    (site.output / "news").chmod(0o555)
    stays(site, 3, "news/", "Permission denied", "the previous files stay")
    (site.output / "news").chmod(0o755)
    assert run(site, "build", *AT, "--verify").returncode == 0


def mounted(site: SmallSite, script: str, *namespaces: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script that may mount anything, invisible to others. `newsgen` is the command."""
    ours = ["unshare", "--mount", *namespaces] + (["--map-root-user"] if os.getuid() else [])
    if subprocess.run(
        [*ours, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    ).returncode:
        pytest.skip("this system allows no namespaces in which to mount")
    shell = f'set -u\nnewsgen() {{ {" ".join(command())} "$@"; }}\n{script}'
    arguments = [*ours, "bash", "-c", shell]
    return subprocess.run(
        arguments,
        cwd=site.root,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.needs("unshare")
def test_a_full_disk(site: SmallSite) -> None:
    """If the output's disk is full, the build says so and exits with 3.

    The old output stays complete and no partial file is left. With space again, the next build is
    right.
    """
    site.settings(budgets={"body": 3_000_000, "work": 100_000_000})
    (site.root / "before").mkdir()
    (site.root / "after").mkdir()
    site.compile()
    site.output.mkdir()
    site.write("long.md", FRONT.format("Long") + "word " * 400_000)
    done = mounted(
        site,
        """
        mount -t tmpfs -o size=1500k none site || exit 99
        newsgen build --as-of 2026-01-31T12:00 -q || exit 98
        cp -a site/. before
        mv long.md content/
        newsgen build --as-of 2026-01-31T12:00; echo "code $?"
        cp -a site/. after
        mount -o remount,size=20m site
        newsgen build --as-of 2026-01-31T12:00 --verify -q; echo "code $?"
        """,
    )
    assert done.stdout == "code 3\ncode 0\n", done.stderr
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "news/two/index.html" in read_tree(site.root / "before")
    assert read_tree(site.root / "after") == read_tree(site.root / "before")


@pytest.mark.needs("unshare")
def test_a_full_disk_below_the_cache(make_site: Callable[..., SmallSite]) -> None:
    """If the cache's disk is full, the build exits with 3 and names the cache.

    With space again, it builds.
    """
    site = make_site()
    for i in range(60):
        site.article(f"story-{i}", body=f"word{i} " * 20_000)
    (site.root / ".newsgen").mkdir()
    done = mounted(
        site,
        """
        mount -t tmpfs -o size=400k none .newsgen || exit 99
        newsgen build --as-of 2026-01-31T12:00; echo "code $?"
        ls site 2>/dev/null
        mount -o remount,size=100m .newsgen
        newsgen build --as-of 2026-01-31T12:00 -q; echo "code $?"
        """,
    )
    assert done.stdout == "code 3\ncode 0\n", done.stdout + done.stderr
    assert ".newsgen" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.needs("unshare")
def test_a_read_only_root(site: SmallSite) -> None:
    """With a read-only root, a build says that it cannot write.

    With --cache and --output elsewhere it builds. Other commands still answer.
    """
    out = site.root.parent / "out"
    out.mkdir()
    site.build(output=out / "compiled", cache=out / "cache")  # see SmallSite.compile
    done = mounted(
        site,
        f"""
        mount --bind . . && mount -o remount,ro,bind . || exit 99
        cd "$PWD"
        newsgen build; echo "code $?"
        newsgen build --output {out}/site -q; echo "code $?"
        newsgen build --as-of 2026-01-31T12:00 --output {out}/site --cache {out}/cache -q
        echo "code $?"
        newsgen status --cache {out}/cache >/dev/null; echo "code $?"
        newsgen check --cache {out}/cache >/dev/null; echo "code $?"
        newsgen new "A story"; echo "code $?"
        newsgen config url; echo "code $?"
        """,
    )
    codes = re.findall(r"code (\d+)", done.stdout)
    assert codes == ["3", "3", "0", "0", "0", "3", "0"], done.stdout + done.stderr
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr
    assert "news/two/index.html" in read_tree(out / "site")
