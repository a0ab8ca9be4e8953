"""Faults during a nightly run: readers always have a whole edition, and the next run ends right."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsgen.publish.editions import Store
from newsgen.store.output import MANIFEST, Output, read_manifest
from support import SmallSite, in_background, read_tree, rounds
from test_bad_places import mounted

from .publishing import built, codes, live, published, run


def whole(site: SmallSite) -> str:
    """Return the live edition, after checking that all its files have their recorded bytes."""
    from newsgen.core import digest

    store = Store(site.root / "editions")
    edition = store.live()
    assert edition, os.listdir(site.root / "editions")
    tree = live(site)
    assert {path: digest.of_bytes(data).hex() for path, data in tree.items()} == {
        path: file.digest for path, file in (edition.files | edition.carried).items()
    }
    return edition.name


@pytest.mark.parametrize("job", ["publish", "nightly"])
def test_killed_at_any_moment(make_site, job: str) -> None:
    """After a kill at 8 random moments (times NEWSGEN_ROUNDS), `current` leads to a whole edition,
    and the next run publishes the built site.
    """
    rng = random.Random(8)
    site: SmallSite = make_site(publish={"keep": 3})
    for n in range(25):
        site.article(f"story-{n}", body="word " * 200)
    published(site)
    longest, killed, kills = 1.0, 0, rounds(8)
    for n in range(1, 30 * kills):
        if killed == kills:
            break
        site.article(
            f"story-{rng.randrange(25)}",
            title=f"Another title {n}",
            body="word " * rng.randrange(300),
        )
        site.write("static/a.css", f"p {{ order: {n} }}")
        if n % 3 == 0:
            site.write(
                "templates/article.html",
                (
                    '{% extends "theme/article.html" %}{% block main %}{{ super() '
                    f"}}}}{n}{{% "
                    "endblock %}"
                ),
            )
        if job == "publish":
            site.build()
        process = in_background(job, cwd=site.root)
        time.sleep(rng.uniform(0.3, 1) * longest)  # any moment is fine
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        was_killed = process.wait() == -signal.SIGKILL
        killed += was_killed
        longest *= 1.05 if was_killed else 0.85  # about as long as it takes, on any machine
        whole(site)
        if n % 4 == 0:
            assert run(site, job)["edition"] == whole(site)
            assert {
                path: data for path, data in live(site).items() if path in site.tree()
            } == site.tree()
    assert killed == kills
    run(site, job)
    whole(site)
    releases = site.root / "editions/releases"
    assert not list(releases.glob(".*"))
    assert len([path for path in releases.iterdir() if path.is_dir()]) <= 3


@pytest.mark.needs("unshare")
def test_a_full_disk(site: SmallSite) -> None:
    """If the disk is full while an edition is made, the old one stays whole, and the next run with
    free space succeeds.
    """
    site.write("static/large.bin", os.urandom(900_000))
    site.compile()
    (site.root / "editions").mkdir()
    done = mounted(
        site,
        """
        mount -t tmpfs -o size=2200k none editions || exit 99
        newsgen nightly -q || exit 98
        readlink editions/current
        head -c 1500000 /dev/urandom > static/larger.bin
        newsgen build -q
        newsgen publish; echo "code $?"
        newsgen publish --force; echo "code $?"
        newsgen nightly; echo "code $?"
        readlink editions/current
        find editions/releases -name ".new*" | wc -l
        mount -o remount,size=20m editions
        newsgen nightly; echo "code $?"
        cmp static/larger.bin editions/current/larger.bin && echo same
        """,
    )
    lines = done.stdout.splitlines()
    assert lines[0] == lines[4], done.stderr
    assert lines[1:4] == ["code 5", "code 3", "code 5"], done.stderr
    assert lines[5:] == ["0", "code 0", "same"], done.stderr
    assert "No space left on device" in done.stderr
    assert "[guard-space]" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.needs("unshare")
def test_a_read_only_place(site: SmallSite) -> None:
    """Editions on a read-only disk give exit code 3 and a message, and the old edition stays; when
    the disk is writable again, publishing succeeds.
    """
    site.compile()
    (site.root / "editions").mkdir()
    done = mounted(
        site,
        """
        mount -t tmpfs -o size=20m none editions || exit 99
        newsgen nightly -q || exit 98
        mount -o remount,ro editions
        time=2026-01-30T08:00:00Z
        printf -- "---\\ntitle: New\\npublishedDateTime: $time\\n---\\n" > content/new.md
        newsgen nightly; echo "code $?"
        newsgen publish; echo "code $?"
        newsgen rollback; echo "code $?"
        newsgen editions > /dev/null; echo "code $?"
        newsgen status > /dev/null; echo "code $?"
        ls editions/current/news/one/index.html
        mount -o remount,rw editions
        newsgen nightly -q; echo "code $?"
        ls editions/current/news/new/index.html
        """,
    )
    assert re.findall(r"code (\d)", done.stdout) == ["3", "3", "3", "0", "0", "0"], (
        done.stdout + done.stderr
    )
    assert "editions/current/news/new/index.html" in done.stdout
    assert "Traceback" not in done.stderr


def test_rights(site: SmallSite) -> None:
    """A folder of editions without permissions ends with 3 and names it."""
    built(site)
    folder = site.root / "editions"
    folder.mkdir(mode=0o555)
    for job in ("publish", "nightly"):
        done = site.run(job, before="limits:as_anybody")
        assert done.returncode == 3, done.stderr
        assert "Permission denied" in done.stderr
        assert "Traceback" not in done.stderr


def test_two_at_once(site: SmallSite) -> None:
    """Of many simultaneous runs one publishes; the others end with 4, or find it done."""
    built(site)
    processes = [in_background("publish", cwd=site.root) for _ in range(6)]
    ends = [process.wait() for process in processes]
    assert set(ends) <= {0, 4}
    assert 0 in ends
    whole(site)
    lock = Output(site.output).lock(wait=False)
    assert site.run("publish").returncode == 4
    lock.release()
    lock = Store(site.root / "editions").lock()
    assert site.run("publish").returncode == site.run("rollback").returncode == 4
    lock.release()


def test_the_clock_set_back(site: SmallSite) -> None:
    """Editions stay in the order of publication for any clock, and reports do not replace each
    other.
    """
    run(site, "nightly")
    store = Store(site.root / "editions")
    first = store.live()
    assert first
    from msgspec import structs

    store.keep(structs.replace(first, published=datetime.now(UTC) + timedelta(days=400)))
    site.article("three")
    second = run(site, "nightly")
    site.article("four")
    third = run(site, "nightly")
    assert [head.name for head in store.heads()] == [
        third["edition"],
        second["edition"],
        first.name,
    ]
    assert run(site, "rollback")["edition"] == second["edition"]
    assert len(list((site.root / "editions/reports").glob("*.json"))) == 3


def test_a_content_folder_that_changes(site: SmallSite) -> None:
    """While articles are written and removed, nightly runs succeed, and finally the live edition
    equals a clean build.
    """
    for n in range(20):
        site.article(f"story-{n}")
    run(site, "nightly")
    stop = threading.Event()

    def write() -> None:
        rng = random.Random(1)
        while not stop.is_set():
            n = rng.randrange(20)
            site.article(
                f"story-{n}", title=f"Title {rng.random()}", body="word " * rng.randrange(2000)
            )
            extra = site.article(f"extra-{n}")
            time.sleep(0.002)  # so that a nightly run may find it
            extra.unlink()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(rounds(3)):
            night = run(site, "nightly")
            assert night["outcome"] in ("published", "unchanged")
            whole(site)
    finally:
        stop.set()
        writer.join()
    run(site, "nightly")
    assert site.run("build", "--verify", "-q").returncode == 0
    assert {path: data for path, data in live(site).items() if path in site.tree()} == site.tree()


@pytest.mark.parametrize("damage", [b"", b"no database", None])
def test_a_broken_cache(site: SmallSite, damage: bytes | None) -> None:
    """A damaged cache costs a nightly run only time."""
    first = run(site, "nightly")
    file = site.root / ".newsgen/cache.sqlite"
    data = file.read_bytes()
    for more in site.root.glob(".newsgen/cache.sqlite-*"):
        more.unlink()
    file.write_bytes(data[: len(data) // 2] if damage is None else damage)
    night = run(site, "nightly")
    assert (night["outcome"], night["edition"]) == ("unchanged", first["edition"])
    file.write_bytes(b"no database")
    site.article("three")
    site.run("build", "-q")
    file.write_bytes(b"no database")
    assert published(site)["published"]


def test_a_link_in_the_built_site(site: SmallSite) -> None:
    """Files behind a folder of the built site that was replaced by a link are not published."""
    run(site, "nightly")
    before = live(site)
    elsewhere = site.root / "elsewhere"
    shutil.move(site.output / "news", elsewhere)
    (site.output / "news").symlink_to(elsewhere)
    site.article("three")
    night = run(site, "nightly", code=3)
    assert codes(night)[-1] == "output-differs"
    assert live(site) == before


def test_a_build_that_was_interrupted(site: SmallSite) -> None:
    """An interrupted build is never published; the nightly job builds again first."""
    run(site, "nightly")
    site.article("three")
    built(site)
    (site.output / ".newsgen-journal").write_text("index.html\n")
    (site.output / "index.html").write_text("half a page")
    assert codes(run(site, "publish", code=3)) == ["output-unfinished"]
    assert run(site, "nightly")["outcome"] == "published"
    assert "half a page" not in live(site)["index.html"].decode()


def test_an_output_without_its_manifest(site: SmallSite) -> None:
    """Without a manifest, no file is known to be newsgen's, and nothing is published."""
    built(site)
    (site.output / MANIFEST).write_text("nonsense\n")
    assert read_manifest(site.output) == {}
    assert codes(run(site, "publish", code=2)) == ["no-output"]
    assert not Path(site.root / "editions").exists()
    assert read_tree(site.output)
