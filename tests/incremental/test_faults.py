"""Killed builds, two builds at once, broken caches, failing templates: the next build gives the
clean result.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.core.problems import UserError
from newsgen.store.cache import Cache
from newsgen.store.output import JOURNAL, LOCK, MANIFEST, STAGED, Output
from support import (
    AS_OF,
    PATIENCE,
    SmallSite,
    command,
    eventually,
    in_background,
    members,
    read_tree,
    rounds,
)

from .edits import Edited, apply


def clean(site: SmallSite, folder: Path) -> dict[str, bytes]:
    shutil.rmtree(folder, ignore_errors=True)
    build(
        load_config(site.root, output=folder / "site", cache=folder / "cache"),
        BuildOptions(Clock(AS_OF)),
    )
    return read_tree(folder / "site")


@pytest.fixture
def edited(tmp_path: Path) -> Edited:
    """Return some hundred and fifty pages with small templates."""
    edited = Edited(tmp_path / "root")
    for seed in range(60):
        apply(edited, "add", seed)
    return edited


def test_killed_at_any_moment(edited: Edited, tmp_path: Path) -> None:
    """After a build is killed at six random moments (times NEWSGEN_ROUNDS), the next one gives the
    clean result, even if its edit is undone.
    """
    rng = random.Random(5)
    site = edited.site
    arguments = ("build", "--jobs", "2", "--as-of", AS_OF.isoformat())
    site.build()
    longest, killed, kills = 0.8, 0, rounds(6)
    for _ in range(25 * kills):
        if killed == kills:
            break
        before = {file: file.read_bytes() for file in edited.articles()}
        foot = site.root / "templates/foot.html"
        old_foot = foot.read_bytes()
        foot.write_bytes(
            old_foot + b"<i>%d</i>" % rng.randrange(100)
        )  # every page has to be rendered
        for name in ("title", "delete", "add", "published"):
            apply(edited, name, rng.randrange(2**16))
        process = in_background(*arguments, cwd=site.root)
        time.sleep(rng.uniform(0.3, 1) * longest)  # any moment is fine
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
        was_killed = process.wait() == -signal.SIGKILL
        group = process.pid
        eventually(lambda of=group: not members(of), "the end of the workers, who hold the lock")
        killed += was_killed
        longest *= 1.05 if was_killed else 0.85  # about as long as it takes, on any machine
        if rng.random() < 0.5:  # the edits are undone
            foot.write_bytes(old_foot)
            for file in set(edited.articles()) - before.keys():
                file.unlink()
            for file, data in before.items():
                file.write_bytes(data)
        site.build()
        assert site.tree() == clean(site, tmp_path / "clean")
        assert not (site.output / STAGED).exists()
    assert killed == kills


def test_workers_die_with_their_parent(edited: Edited) -> None:
    """No process of a killed build continues."""
    group = eventually(lambda: _killed_with_workers(edited.site), "a build with workers")
    eventually(lambda: not members(group), "the end of the workers")


def _killed_with_workers(site: SmallSite) -> int | None:
    """Return the process group of a build that was killed while it had two workers, None if it had
    ended before.
    """
    shutil.rmtree(site.output, ignore_errors=True)
    shutil.rmtree(site.root / ".newsgen", ignore_errors=True)
    process = in_background("build", "--jobs", "2", cwd=site.root)
    seen = eventually(
        lambda: len(members(process.pid)) > 2 or (process.poll() is not None and "ended"), "workers"
    )
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return process.pid if seen is True else None


def test_second_build_says_so_or_waits(site: SmallSite) -> None:
    """While one run holds the output, another ends with 4; with --wait, it waits."""
    site.build()
    site.article("three")
    lock = Output(site.output).lock(wait=False)
    with subprocess.Popen(
        command("build", "--wait"), cwd=site.root, stderr=subprocess.PIPE, text=True
    ) as waiting:
        refused = site.run("build")
        assert refused.returncode == 4
        assert "another run holds" in refused.stderr
        assert waiting.poll() is None  # though it began before
        lock.release()
        _, said = waiting.communicate(timeout=PATIENCE)
    assert waiting.returncode == 0, said
    assert "news/three/index.html" in site.tree()


def _truncate(file: Path, rng: random.Random) -> None:
    file.write_bytes(file.read_bytes()[: rng.randrange(1, file.stat().st_size)])


def _scramble(file: Path, rng: random.Random) -> None:
    data = bytearray(file.read_bytes())
    for _ in range(40):
        at = rng.randrange(len(data))
        data[at : at + 16] = rng.randbytes(16)
    file.write_bytes(data)


def _flip(file: Path, rng: random.Random) -> None:
    data = bytearray(file.read_bytes())
    for _ in range(rng.randrange(1, 60)):
        data[rng.randrange(100, len(data))] ^= 1 << rng.randrange(8)
    file.write_bytes(data)


def _replace(file: Path, rng: random.Random) -> None:
    file.write_bytes(b"not a database")


def _empty(file: Path, rng: random.Random) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("damage", [_truncate, _scramble, _flip, _replace, _empty])
def test_broken_cache(edited: Edited, tmp_path: Path, damage) -> None:
    """A truncated, scrambled or flipped cache, or one that is not a database, costs time and
    changes no byte.
    """
    site = edited.site
    expected = clean(site, tmp_path / "clean")
    for seed in range(rounds(2)):
        site.build()
        cache = Cache(site.root / ".newsgen")
        cache._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cache.close()
        damage(site.root / ".newsgen" / "cache.sqlite", random.Random(seed))
        file = edited.articles()[seed]
        file.write_bytes(file.read_bytes())
        result = site.build()
        assert site.tree() == expected
        assert sum(problem.code == "cache-renewed" for problem in result.problems) <= 1
        shutil.rmtree(site.root / ".newsgen")


def test_cache_of_another_version(site: SmallSite) -> None:
    """A cache of another version is created again, with one line about it."""
    site.build()
    expected = site.tree()
    cache = Cache(site.root / ".newsgen")
    cache._db.execute("PRAGMA user_version=9999")
    cache.close()
    done = site.run("build", "--as-of", AS_OF.isoformat())
    assert done.returncode == 0
    assert done.stderr.count("created again") == 1
    assert site.tree() == expected


def test_template_error_leaves_what_was_there(site: SmallSite) -> None:
    """A failing template leaves every file of the output as it was, and no other files."""
    site.build()
    before = {
        path: path.stat().st_mtime_ns
        for path in site.output.rglob("*")
        if path.is_file() and path.name != LOCK
    }
    site.article("three")
    site.write(
        "templates/article.html",
        "{% extends 'theme/article.html' %}{% block main %}{{ page.nothing.more }}{% endblock %}",
    )
    with pytest.raises(UserError) as error:
        site.build(jobs=2)
    assert error.value.exit_code == 3
    assert error.value.problem.file == "templates/article.html"
    assert {
        path: path.stat().st_mtime_ns
        for path in site.output.rglob("*")
        if path.is_file() and path.name != LOCK
    } == before


def test_unchanged_files_keep_their_time(site: SmallSite) -> None:
    """A file with the same bytes is not written, even if its page is rendered again."""
    site.build()
    page = site.output / "news/one/index.html"
    os.utime(page, (1, 1))
    shutil.rmtree(site.root / ".newsgen")
    result = site.build()
    assert result.rendered > 0
    assert result.written == 0
    assert page.stat().st_mtime == 1


def test_foreign_files_stay(site: SmallSite) -> None:
    """Files that newsgen did not write are never removed, and one at a wanted route is an error."""
    site.write("site/CNAME", "wire.example")
    site.write("site/news/notes.txt", "mine")
    site.build()
    site.build(as_of=AS_OF)
    assert (site.output / "CNAME").read_text() == "wire.example"
    assert (site.output / "news/notes.txt").read_text() == "mine"
    site.write("site/news/three/index.html", "mine too")
    site.article("three")
    with pytest.raises(UserError) as error:
        site.build()
    assert error.value.problem.code == "foreign-file"
    assert (site.output / "news/three/index.html").read_text() == "mine too"


def test_interrupted_run_is_not_believed(site: SmallSite) -> None:
    """Files named by a journal are compared with the right bytes, and staged files are removed."""
    site.build()
    expected = site.tree()
    (site.output / "index.html").write_text("half a page")
    (site.output / STAGED).mkdir()
    (site.output / STAGED / "0").write_text("half a page")
    (site.output / JOURNAL).write_text("index.html\nnews/new/index.html\n")
    result = site.build()
    assert result.written == 1
    assert site.tree() == expected
    assert not (site.output / STAGED).exists()


def test_manifest_lost(site: SmallSite) -> None:
    """Without its manifest, an output is foreign and is not overwritten."""
    site.build()
    (site.output / MANIFEST).unlink()
    with pytest.raises(UserError) as error:
        site.build()
    assert error.value.problem.code == "foreign-file"


@pytest.mark.parametrize("left", [0.0, 0.3, 0.5, 0.97])
def test_manifest_cut_short(site: SmallSite, left: float) -> None:
    """A manifest truncated within or between lines is restored: newsgen's files are its own again,
    and foreign files stay.
    """
    site.build()
    site.article("three")
    site.build()
    (site.root / "content/three.md").unlink()
    (site.output / "mine.txt").write_text("mine")
    manifest = (site.output / MANIFEST).read_bytes()
    (site.output / MANIFEST).write_bytes(manifest[: int(left * len(manifest))])
    site.build()
    assert (site.output / "mine.txt").read_text() == "mine"
    (site.output / "mine.txt").unlink()
    healed = site.tree()
    shutil.rmtree(site.output)
    site.build()
    assert healed == site.tree()


@pytest.mark.parametrize("left", [0.0, 0.5])
def test_manifest_cut_short_without_a_cache(site: SmallSite, left: float) -> None:
    """Without a cache, newsgen cannot recognise its files: the build names a foreign file and
    changes nothing.
    """
    site.build()
    manifest = (site.output / MANIFEST).read_bytes()
    (site.output / MANIFEST).write_bytes(manifest[: int(left * len(manifest))])
    shutil.rmtree(site.root / ".newsgen")
    before = site.tree()
    site.article("one", title="Another title")
    with pytest.raises(UserError) as error:
        site.build()
    assert error.value.problem.code == "foreign-file"
    assert site.tree() == before


def test_verify_names_what_differs(site: SmallSite) -> None:
    """--verify ends with 0 for a good output, and names a page that another program changed or
    removed.
    """
    good = site.run("build", "--verify", "--as-of", AS_OF.isoformat())
    assert good.returncode == 0
    assert "the same as a clean build" in good.stderr
    (site.output / "news/one/index.html").write_text("changed")
    (site.output / "news/two/index.html").unlink()
    bad = site.run("build", "--verify", "--as-of", AS_OF.isoformat())
    assert bad.returncode == 1
    assert "/news/one/index.html was changed by another program" in bad.stderr
    assert "/news/two/index.html is missing" in bad.stderr


def test_output_emptied_by_hand(site: SmallSite) -> None:
    """After `rm -rf site/*`, which leaves the hidden manifest, the next build writes the site
    again, with and without the cache.
    """
    site.build()
    expected = site.tree()
    for file in site.root.rglob("*"):
        if file.is_file() and "site" not in file.relative_to(site.root).parts:
            os.utime(file, (1, 1))
    for without_cache in (False, True):
        site.build()
        for path in site.output.iterdir():
            if not path.name.startswith("."):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        if without_cache:
            shutil.rmtree(site.root / ".newsgen")
        site.build()
        assert site.tree() == expected
