"""Editions: complete, live in one step, rolled back, kept and removed."""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from functools import partial
from http.client import HTTPConnection
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support import PATIENCE, SmallSite, eventually, read_tree

from .publishing import built, live, published, run


def releases(site: SmallSite) -> set[str]:
    return {path.name for path in (site.root / "editions/releases").iterdir() if path.is_dir()}


def inodes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_ino
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_published(site: SmallSite) -> None:
    """The live edition has exactly the files of the manifest, and a link leads to it; none of
    newsgen's own files is served.
    """
    site.write("site/foreign.txt", "mine")
    done = published(site)
    assert os.readlink(site.root / "editions/current") == f"releases/{done['edition']}"
    tree = site.tree()
    del tree["foreign.txt"]
    assert live(site) == tree
    assert not list((site.root / "editions/current").rglob(".*"))


def test_unchanged_files_are_links(site: SmallSite) -> None:
    """Unchanged files are the same file in both editions, changed ones are separate, and none is a
    file of the built site.
    """
    published(site)
    before = inodes(site.root / "editions/current")
    site.article("one", title="Another title", publishedDateTime="2026-01-29T08:00:00Z")
    done = published(site)
    after = inodes(site.root / "editions/current")
    changed = {url.removeprefix("https://wire.example/") for url in done["difference"]["urls"]}
    changed = {path + "index.html" if path.endswith("/") or not path else path for path in changed}
    assert {path for path in before.keys() & after.keys() if before[path] != after[path]} == changed
    assert "news/one/index.html" in changed
    assert "news/two/index.html" not in done["difference"]["urls"]
    assert not set(inodes(site.output).values()) & {*before.values(), *after.values()}


def test_the_same_again_is_nothing(site: SmallSite) -> None:
    """Publishing the live site again changes nothing."""
    done = published(site)
    folder = site.root / "editions"
    before = {path: path.lstat().st_mtime_ns for path in folder.rglob("*")}
    again = published(site)
    assert (done["published"], again["published"]) == (True, False)
    assert again["edition"] == done["edition"]
    assert {path: path.lstat().st_mtime_ns for path in folder.rglob("*")} == before


def test_only_so_many_are_kept(site: SmallSite) -> None:
    """The oldest editions are removed, whatever their number; the oldest folder is reused, and each
    kept edition stays as it was.
    """
    trees: dict[str, dict[str, bytes]] = {}
    for n in range(7):
        site.article("one", title=f"Title number {n}", body="word " * n)
        if n % 2:
            site.article(f"more-{n}")
        elif n:
            (site.root / f"content/more-{n - 1}.md").unlink()
        done = published(site, "--keep", "3", "--force")
        trees[done["edition"]] = live(site)
        assert live(site) == site.tree()
        assert releases(site) == set(list(trees)[-3:])
        for name in releases(site):
            assert read_tree(site.root / "editions/releases" / name) == trees[name]
    listed = json.loads(site.run("editions", "--json").stdout)
    assert [one["name"] for one in listed] == list(reversed(list(trees)[-3:]))
    assert listed[0]["size"] == sum(map(len, live(site).values()))
    assert [one["live"] for one in listed] == [True, False, False]


def test_an_edition_that_was_before(site: SmallSite) -> None:
    """A site with an earlier state is published again as the kept edition."""
    first = published(site)
    text = (site.root / "content/one.md").read_text()
    site.article("one", title="Another title")
    published(site)
    (site.root / "content/one.md").write_text(text)
    again = published(site)
    assert (again["edition"], again["published"]) == (first["edition"], True)
    assert live(site) == site.tree()
    assert json.loads(site.run("editions", "--json").stdout)[0]["name"] == first["edition"]


def test_styles_of_other_editions_stay(site: SmallSite) -> None:
    """A page of another edition that is still open finds its style sheet, before and after a
    rollback.
    """
    site.write("static/site.css", "p { color: red }")
    site.write(
        "templates/home.html",
        (
            '{% extends "theme/home.html" %}{% block main %}<a href="{{ "site.css"|asset '
            '}}">x</a>{{ super() }}{% endblock %}'
        ),
    )
    published(site)
    (old,) = (path for path in live(site) if re.fullmatch(r"site\.\w{10}\.css", path))
    site.write("static/site.css", "p { color: blue }")
    published(site)
    styles = {path for path in live(site) if re.fullmatch(r"site\.\w{10}\.css", path)}
    assert old in styles
    assert len(styles) == 2
    run(site, "rollback")
    assert styles <= live(site).keys()


def test_rollback_holds(site: SmallSite) -> None:
    """A rollback returns to the previous edition, or to one by name, and nothing is published over
    it until it is released.
    """
    first = published(site)
    old = live(site)
    site.article("three")
    second = published(site)
    site.article("four")
    third = published(site)
    assert run(site, "rollback")["edition"] == second["edition"]
    assert run(site, "rollback")["edition"] == first["edition"]
    assert live(site) == old
    assert run(site, "rollback", code=2)["problems"][0]["code"] == "no-such-edition"
    site.article("five")
    built(site)
    refused = run(site, "publish", code=5)
    assert (refused["stopped"], refused["problems"][0]["code"]) == (True, "held")
    night = run(site, "nightly")
    assert (night["outcome"], night["exit"]) == ("held", 0)
    assert live(site) == old
    assert json.loads(site.run("status", "--json").stdout)["held"]
    assert "held" in site.run("editions").stdout
    assert run(site, "rollback", third["edition"][:6])["edition"] == third["edition"]
    assert run(site, "publish", "--release")["published"]
    assert live(site) == site.tree()
    assert json.loads(site.run("status", "--json").stdout)["held"] is None


def test_rollback_shows_nothing_withheld(site: SmallSite) -> None:
    """A rollback to an edition that shows a withheld article is refused unless `--withheld` allows
    it.
    """
    published(site)
    site.article("one", removed=True)
    site.article("two", expires="2026-02-01T00:00:00Z")
    site.article("three")
    published(site, "--force")
    refused = site.run("rollback")
    assert refused.returncode == 5
    assert "shows 2 articles withheld now" in refused.stderr
    assert "content" not in os.readlink(site.root / "editions/current")
    assert "news/three/index.html" in live(site)
    assert site.run("rollback", "--withheld").returncode == 0
    assert "news/one/index.html" in live(site)


def test_rollback_to_what_was_deleted(site: SmallSite) -> None:
    """A rollback is possible after the content folder lost its files, and names the missing
    ones.
    """
    published(site)
    (site.root / "content/one.md").unlink()
    published(site)
    done = site.run("rollback")
    assert done.returncode == 0
    assert "1 article that the content folder lacks" in done.stderr


def test_purge(site: SmallSite) -> None:
    """A purged page is in no kept edition and its title in no record; it does not return by itself,
    and the built site stays.
    """
    site.article("three", title="A very private matter")
    published(site)
    site.article("four")
    published(site)
    page = site.output / "news/three/index.html"
    done = run(site, "publish", "--purge", "https://wire.example/news/three/")
    assert done["difference"]["urls"] == ["https://wire.example/news/three/"]
    assert done["problems"][0]["code"] == "guard-purged"
    assert not list((site.root / "editions/releases").rglob("news/three"))
    assert not [
        file
        for file in (site.root / "editions/releases").glob("*.jsonl")
        if "A very private" in file.read_text()
    ]
    assert page.is_file()
    run(site, "rollback")
    assert "news/three/index.html" not in live(site)
    assert not run(site, "publish", "--release", code=5)["published"]
    site.article("five")
    built(site)
    assert run(site, "publish", "--release", code=5)["problems"][0]["code"] == "guard-purged"
    site.article("three", removed=True)
    assert published(site, "--release")["published"]
    assert live(site) == site.tree()
    site.article("three", title="It may be told now")
    built(site)
    assert run(site, "publish", "--force")["published"]
    assert "news/three/index.html" in live(site)
    assert (
        run(site, "publish", "--purge", "/nowhere/", code=2)["problems"][0]["code"]
        == "no-such-page"
    )


def test_a_purged_page_of_the_same_edition(site: SmallSite) -> None:
    """With --force, a page that was purged from the live edition returns to it."""
    published(site)
    run(site, "publish", "--purge", "/news/one/")
    assert not published(site)["published"]
    assert "news/one/index.html" not in live(site)
    assert run(site, "publish", "--force")["published"]
    assert live(site) == site.tree()


def test_what_is_not_as_the_manifest_says(site: SmallSite) -> None:
    """A file of the built site that another program changed, removed or made a link is not
    published, and the old edition stays.
    """
    published(site)
    before = live(site)
    site.article("three")
    built(site)
    page = site.output / "news/three/index.html"
    good = page.read_bytes()

    def refused() -> None:
        done = site.run("publish")
        assert done.returncode == 3
        assert "news/three/index.html is not what the manifest" in done.stderr
        assert live(site) == before
        assert not list((site.root / "editions/releases").glob(".new*"))

    page.write_bytes(good + b" ")
    refused()
    page.unlink()
    refused()
    page.symlink_to(site.root / "content/one.md")
    refused()
    page.unlink()
    shutil.move(page.parent, site.root / "elsewhere")
    (site.root / "elsewhere/index.html").write_bytes(good)
    page.parent.symlink_to(site.root / "elsewhere")
    refused()
    (site.output / ".newsgen-journal").write_text("index.html\n")
    assert "was interrupted" in site.run("publish").stderr


def test_a_link_in_the_place_of_a_folder(site: SmallSite) -> None:
    """If a folder of an edition was replaced by a link, nothing is written or removed through it,
    and the next editions are right.
    """
    for n in range(3):
        site.article("one", title=f"Title {n}")
        site.article(f"more-{n}")
        published(site, "--keep", "2")
    elsewhere = site.root / "elsewhere"
    for name in releases(site):
        folder = site.root / "editions/releases" / name / "news"
        shutil.copytree(folder, elsewhere, dirs_exist_ok=True)
        shutil.rmtree(folder)
        folder.symlink_to(elsewhere)
    before = read_tree(elsewhere)
    for n in range(3):
        site.article("one", title=f"Other title {n}")
        (site.root / f"content/more-{n}.md").unlink()
        published(site, "--keep", "2", "--force")
        assert live(site) == site.tree()
        assert not (site.root / "editions/current/news").is_symlink()
    assert read_tree(elsewhere) == before


def test_what_stands_in_the_way(site: SmallSite) -> None:
    """A folder in place of the link, a damaged record, and an ambiguous name are reported, with
    exit code 3 or 2.
    """
    built(site)
    (site.root / "editions/current").mkdir(parents=True)
    done = site.run("publish")
    assert (done.returncode, "move away the file or folder in its place" in done.stderr) == (
        3,
        True,
    )
    (site.root / "editions/current").rmdir()
    name = published(site)["edition"]
    assert site.run("rollback", "x").returncode == 2
    (site.root / f"editions/releases/{name}.jsonl").write_text("{")
    assert run(site, "editions", code=3)["problems"][0]["code"] == "bad-edition"
    assert (
        run(site, "publish", "--to", "content", code=2)["problems"][0]["code"] == "output-overlaps"
    )


def test_what_cannot_be_published(site: SmallSite) -> None:
    """Without a built site, publishing fails; without an edition, rollback and diff do."""
    for arguments in (
        ["publish"],
        ["rollback"],
        ["diff"],
        ["rollback", "abc"],
        ["publish", "--purge", "/news/one/"],
    ):
        assert site.run(*arguments).returncode == 2, arguments
    assert "newsgen publish" in site.run("editions").stdout
    assert not (site.root / "editions").exists()


def test_dry_run(site: SmallSite) -> None:
    """A dry run reports what would change and creates nothing."""
    built(site)
    done = run(site, "publish", "--dry-run")
    assert not done["published"]
    assert [one["title"] for one in done["difference"]["new"]] == ["Story two", "Story one"]
    assert not (site.root / "editions").exists()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_readers_see_no_gap(site: SmallSite) -> None:
    """Readers that fetch pages in a loop during 20 publications and rollbacks always get whole
    pages with all their files.
    """
    site.write("static/site.css", "p { order: 0 }")
    site.write(
        "templates/base.html",
        (
            '<!doctype html><link href="{{ "site.css"|asset }}">{% block main %}{% endblock '
            "%}<i>end</i>"
        ),
    )
    for n in range(12):
        site.article(f"story-{n}")
    published(site)
    handler = lambda *arguments: _Quiet(*arguments, directory=str(site.root / "editions/current"))  # noqa: E731
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    wrong: list[str] = []
    stop, looked = threading.Event(), [0, 0]  # pages that each reader has fetched

    def get(path: str) -> bytes:
        connection = HTTPConnection("127.0.0.1", server.server_address[1], timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            wrong.append(f"{path}: {answer.status}")
        return data

    def reader(number: int) -> None:
        while not stop.is_set():
            for path in ("/", *(f"/news/story-{n}/" for n in range(12))):
                page = get(path).decode()
                if not page.endswith("<i>end</i>"):
                    wrong.append(f"{path}: {page[-40:]}")
                for style in re.findall(r'href="(/site\.\w+\.css)"', page):
                    get(style)
                looked[number] += 1

    threads = [threading.Thread(target=server.serve_forever, args=(0.01,))]
    threads += [threading.Thread(target=reader, args=(number,)) for number in range(len(looked))]
    for thread in threads:
        thread.start()
    try:
        from newsgen.build.pipeline import BuildOptions, build
        from newsgen.config.settings import load_config
        from newsgen.content.clock import Clock
        from newsgen.publish.publish import PublishOptions, now, publish
        from newsgen.publish.rollback import rollback
        from support import AS_OF

        config = load_config(site.root, sets=("publish.keep=3",))
        for n in range(20):
            # No reader falls behind by more than the kept editions, and each sees every edition.
            eventually(
                partial(lambda least: wrong or min(looked) >= least, min(looked) + 5), "pages"
            )
            if n % 5 == 4:
                rollback(config, "", now())
                continue
            site.write("static/site.css", f"p {{ order: {n} }}")
            site.article("story-3", title=f"Story {n}")
            build(config, BuildOptions(Clock(AS_OF)))
            assert publish(config, PublishOptions(now(), release=True, force=True)).published
    finally:
        stop.set()
        for thread in threads[1:]:
            thread.join()
        server.shutdown()
        threads[0].join()
        server.server_close()
    assert wrong == []
    assert min(looked) >= 100


def test_a_style_that_was_purged(site: SmallSite) -> None:
    """A hashed file that was purged or lost is not carried over, and does not stop publishing."""
    for n in range(3):
        site.write("static/site.css", f"p {{ order: {n} }}")
        site.write(
            "templates/home.html",
            (
                '{% extends "theme/home.html" %}{% block main %}{{ "site.css"|asset }}{{ super() '
                "}}{% endblock %}"
            ),
        )
        published(site)
        if n == 0:
            (first,) = (path for path in live(site) if re.fullmatch(r"site\.\w{10}\.css", path))
            run(site, "publish", "--purge", f"/{first}")
        elif n == 1:
            (second,) = (path for path in live(site) if re.fullmatch(r"site\.\w{10}\.css", path))
            (site.root / "editions/current" / second).unlink()
    assert len([path for path in live(site) if re.fullmatch(r"site\.\w{10}\.css", path)]) == 1
