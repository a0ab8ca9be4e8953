"""Images from a host through the media folder to the pages of a site, with real servers and the
real pipeline.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from newsgen.build.inputs import Change
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from newsgen.images.fetch import Report, fetch_all
from newsgen.inspect.images import fetch, prune, status
from photos import photo, plain
from servers import Route, Server
from support import AS_OF, SmallSite
from tests.images.test_fetch import sending

WIDE, OTHER, LOGO = photo(1, 1000, 500), photo(2, 640, 480), plain((10, 90, 200), 50, 50)


@pytest.fixture
def host() -> Iterator[Server]:
    routes: dict[str, Route] = {
        "/wide.jpg": sending(WIDE),
        "/other.jpg": sending(OTHER),
        "/logo.png": sending(LOGO),
        "/body": sending(OTHER),
    }
    routes |= {f"/{n}.jpg": sending(photo(10 + n, 60, 40)) for n in range(9)}
    with Server(routes).running() as running:
        yield running


class Pictured(SmallSite):
    """A site that may contact 127.0.0.1."""

    def __init__(self, root: Path, host: Server, **images: Any) -> None:
        super().__init__(root, images={"timeout": 60, **images})
        self.at = f"https://127.0.0.1:{host.port}"

    def settings(self, **more: Any) -> None:
        """Set short addresses, and only listed stories beside an article."""
        kept = {
            "network": {"private": ["127.0.0.1"]},
            "permalinks": {"article": "/{stem}/"},
            "related": {"fill": False},
        }
        super().settings(**(kept | more))

    def fetch(self, **options: Any) -> Report:
        return fetch(load_config(self.root), Clock(AS_OF, False, False), **options)

    def changes(self) -> set[str]:
        """Return what a dry run would render or remove."""
        from newsgen.build.pipeline import BuildOptions, build

        found: tuple[Change, ...] = build(
            load_config(self.root), BuildOptions(Clock(AS_OF), dry_run=True)
        ).changes
        return {change.route for change in found}


@pytest.fixture
def site(tmp_path: Path, host: Server) -> Pictured:
    made = Pictured(tmp_path, host)
    elsewhere = {
        "title": "Elsewhere",
        "webUrl": "https://x.example/1",
        "images": [{"url": f"{made.at}/other.jpg"}],
    }
    made.article(
        "one",
        images=[{"url": f"{made.at}/wide.jpg", "width": 3, "height": 2, "title": "A “view”"}],
        topics=["A"],
    )
    made.article("two", topics=["B"], related=[elsewhere])
    made.article("three", topics=["C"], publishedDateTime="2025-01-30T08:00:00Z")
    return made


def sources(page: str) -> list[str]:
    """Return the elements of a page that show images."""
    return re.findall(r"<picture>.*?</picture>|<img [^>]*>", page)


def test_before_pictures_are_fetched_they_are_linked_or_left_out(
    site: Pictured, host: Server
) -> None:
    """A build requests nothing. An image that is not downloaded is linked or left out, by the
    setting.
    """
    site.build()
    [shown] = sources(site.page("/one/"))
    assert f'src="{site.at}/wide.jpg"' in shown
    assert 'width="3" height="2"' in shown
    assert f'property="og:image" content="{site.at}/wide.jpg"' in site.page("/one/")
    assert "img-src 'self' https:;" in site.page("/_headers")
    site.settings(images={"missing": "none"})
    site.build()
    assert not sources(site.page("/one/") + site.page("/two/") + site.page("/"))
    assert site.at not in site.page("/one/") + site.page("/feed.xml") + site.page("/feed.json")
    assert "img-src 'self';" in site.page("/_headers")
    assert host.asked == []


def test_a_fetched_picture_is_shown_by_its_copies(site: Pictured) -> None:
    """A page shows widths up to the image's own, in three formats, with real size, alternative text
    and colour, without inline style; other programs get a JPEG.
    """
    assert site.fetch().fetched == 2
    site.build()
    page = site.page("/one/")
    [shown] = sources(page)
    name = re.findall(r"/_media/([0-9a-f]{16})-1000\.jpg", shown)[0]
    assert [
        re.findall(rf"/_media/{name}-(\d+)\.{form} \1w", shown) for form in ("avif", "webp")
    ] == [["160", "320", "640", "1000"]] * 2
    assert 'alt="A “view”" width="1000" height="500"' in shown
    assert re.search(r'class="r\d g\d b\d" fetchpriority="high" decoding="async"', shown)
    assert "style=" not in page
    assert site.at not in page
    assert f'property="og:image" content="https://wire.example/_media/{name}-1000.jpg"' in page
    assert f'"image":["https://wire.example/_media/{name}-1000.jpg"]' in page
    feed = site.page("/feed.xml")
    assert (
        f'<media:content url="https://wire.example/_media/{name}-1000.jpg" medium="image" '
        'type="image/jpeg" width="1000" height="500"/>'
    ) in feed
    [small] = sources(site.page("/two/"))
    assert re.findall(r"-(\d+)\.avif", small) == ["160", "320"]
    assert 'loading="lazy"' in small
    tree = site.tree()
    linked = {
        link
        for path, data in tree.items()
        if path.endswith((".html", ".xml", ".json"))
        for link in re.findall(rb"/_media/[\w.-]+", data)
    }
    assert {link.decode()[1:] for link in linked} == {
        path for path in tree if path.startswith("_media/")
    }


def test_a_picture_that_arrives_changes_the_pages_that_show_it(
    site: Pictured, host: Server
) -> None:
    """When an image arrives, only the pages that show it and its copies are rendered."""
    site.build()
    fetch_all(load_config(site.root), {f"{site.at}/other.jpg": True}, frozenset())
    assert {route for route in site.changes() if not route.startswith("/_media/")} == {"/two/"}
    site.build()
    site.fetch()
    changed = {route for route in site.changes() if not route.startswith("/_media/")}
    assert {"/one/", "/", "/topics/a/", "/feed.xml"} <= changed
    assert not {"/two/", "/three/", "/topics/b/", "/2025/", "/sitemap.xml", "/_headers"} & changed
    site.build()
    assert site.changes() == set()


def test_a_second_run_asks_and_makes_nothing(site: Pictured, host: Server) -> None:
    """A fresh image is not requested again, and no copy is made again, even for a lost output."""
    site.fetch()
    site.build()
    before, asked = site.tree(), len(host.asked)
    copies = {
        path: path.stat().st_mtime_ns for path in (site.root / ".newsgen/variants").rglob("*.*")
    }
    assert site.fetch().asked == 0
    assert len(host.asked) == asked
    assert site.build().rendered == 0
    shutil.rmtree(site.output)
    site.build()
    assert site.tree() == before
    assert {
        path: path.stat().st_mtime_ns for path in (site.root / ".newsgen/variants").rglob("*.*")
    } == copies


def test_offline_for_ever(site: Pictured, host: Server, tmp_path: Path) -> None:
    """With the media folder, another machine without a network builds the same bytes."""
    site.fetch()
    site.build(jobs=2)
    asked = len(host.asked)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(
        site.root, elsewhere, ignore=shutil.ignore_patterns(".newsgen", "site", "elsewhere")
    )
    other = SmallSite.__new__(SmallSite)
    other.root, other.output = elsewhere, elsewhere / "site"
    other.build()
    assert other.tree() == site.tree()
    assert len(host.asked) == asked


def test_lost_and_damaged_originals(site: Pictured, host: Server) -> None:
    """A damaged original is not used and is reported; the next fetch downloads it again."""
    site.fetch()
    site.build()
    whole = site.tree()
    [file] = [path for path in (site.root / "media").glob("*/*") if path.read_bytes() == WIDE]
    file.write_bytes(WIDE[:-9] + b"damaged!!")
    problems = site.build().problems
    assert [(one.code, one.file) for one in problems] == [("lost-picture", "media/index.jsonl")]
    assert f'src="{site.at}/wide.jpg"' in site.page("/one/")
    assert site.fetch().fetched == 1
    assert not site.build().problems
    assert site.tree() == whole


def test_own_pictures_take_the_same_road(site: Pictured) -> None:
    """Images in the static folder, beside the article and in its body have copies; an SVG stays
    unchanged.
    """
    site.write("static/pictures/a b.jpg", WIDE)
    site.write("static/drawing.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>')
    site.write("content/2026/near.jpg", OTHER)
    site.article(
        "2026/four",
        images=[{"url": "/pictures/a b.jpg"}],
        body="![x](near.jpg 'A title')\n\n![y](/drawing.svg)\n",
    )
    site.article("2026/five", images=[{"url": "near.jpg"}])
    site.article("2026/six", images=[{"url": "not-there.jpg"}])
    result = site.build()
    assert [one.code for one in result.problems] == ["missing-image"]
    four = sources(site.page("/four/"))
    assert "-1000.avif 1000w" in four[0]
    assert re.search(r"-640\.avif 640w.* alt=\"x\"", four[1])
    assert "<figcaption>A title</figcaption>" in site.page("/four/")
    assert 'src="/drawing.svg"' in four[2]
    assert "-640.avif 640w" in sources(site.page("/five/"))[0]
    assert not sources(site.page("/six/"))
    assert "near.jpg" not in site.page("/four/") + site.page("/five/")
    site.write("content/2026/near.jpg", photo(7, 640, 480))
    assert {"/four/", "/five/"} <= site.changes()
    assert "/six/" not in site.changes()


def test_bad_pictures_of_the_site_are_told(site: Pictured) -> None:
    """A file that is not an image has no copies, and is reported with its place."""
    site.write("static/bad.jpg", b"<html>")
    site.article("four", images=[{"url": "/bad.jpg"}])
    [problem] = site.build().problems
    assert (problem.code, problem.file) == ("bad-picture", "static/bad.jpg")
    assert 'src="/bad.jpg"' in site.page("/four/")


def test_pictures_in_bodies_and_logos(site: Pictured, host: Server) -> None:
    """Images in bodies and logos beside a story are fetched too; a feed with full texts has them as
    JPEGs.
    """
    site.settings(feeds={"full_text": True}, url="https://wire.example/azure")
    logo = f"_id: paper.example\ndomain: paper.example\nimages:\n  - url: {site.at}/logo.png\n"
    site.write("_data/organizations/paper.example.md", f"---\nname: The Paper\n{logo}---\n")
    site.article("four", body=f"![b & c]({site.at}/body)")
    assert {path for _, path, _ in host.asked} == set()
    assert site.fetch().fetched == 4
    site.build()
    logo, body = sources(site.page("/four/"))
    assert re.search(r'-50\.avif 50w.* alt="" width="50" height="50"', logo)
    assert re.search(r'/azure/_media/\w+-640\.avif 640w.*alt="b &amp; c"', body)
    assert re.search(
        r"&lt;img src=&#34;https://wire.example/azure/_media/\w+-640.jpg", site.page("/feed.xml")
    )
    assert "-50.avif" in site.page("/sources/")
    assert "-50.avif" in site.page("/sources/paper.example/")
    assert site.at not in "".join(
        map(site.page, ("/four/", "/sources/", "/feed.xml", "/atom.xml", "/feed.json"))
    )


def test_pictures_of_plain_pages(site: Pictured, host: Server) -> None:
    """A plain page and the introduction of the corrections show copies of the images in their
    bodies; a new or changed image changes only the page that shows it.
    """
    site.write("content/pages/near.jpg", OTHER)
    site.page_file("about", f"![us]({site.at}/body)\n\n![here](near.jpg)\n")
    site.page_file("corrections", "![sorry](near.jpg)\n")
    site.build()
    us, here = sources(site.page("/about/"))
    assert us.startswith("<img ")
    assert f'src="{site.at}/body"' in us
    assert re.search(r"/_media/\w+-640\.avif 640w", here)
    assert here.replace("here", "sorry") in site.page("/corrections/")
    fetch_all(load_config(site.root), {f"{site.at}/body": True}, frozenset())
    assert {route for route in site.changes() if "/_media/" not in route} == {"/about/"}
    site.build()
    us = sources(site.page("/about/"))[0]
    assert re.search(r'/_media/\w+-640\.avif 640w.*alt="us"', us)
    site.write("content/pages/near.jpg", WIDE)
    assert {route for route in site.changes() if "/_media/" not in route} == {
        "/about/",
        "/corrections/",
    }
    assert site.fetch().fetched == 2
    assert prune(load_config(site.root), Clock(AS_OF)).urls == ()
    site.page_file("about")
    assert prune(load_config(site.root), Clock(AS_OF)).urls == (f"{site.at}/body",)


def test_a_placeholder_is_no_picture_of_a_story(site: Pictured, host: Server) -> None:
    """An image on five unrelated stories is hidden; one on a story and its coverage is shown."""
    for n in range(5):
        site.article(f"a{n}", images=[{"url": f"{site.at}/other.jpg"}])
    related = [{"title": f"Story b{n}", "webUrl": f"https://paper.example/b{n}"} for n in range(5)]
    for n in range(5):
        site.article(f"b{n}", images=[{"url": f"{site.at}/0.jpg"}], related=related)
    site.fetch()
    site.build()
    assert not sources(site.page("/a0/"))
    assert "-640.jpg" not in site.page("/a0/") + site.page("/feed.xml")
    assert "-60.avif" in sources(site.page("/b0/"))[0]
    (site.root / "content/a4.md").unlink()
    assert {f"/a{n}/" for n in range(4)} <= site.changes()
    site.build()
    assert "-640.avif" in sources(site.page("/a0/"))[0]


def test_avif_can_be_left_out(site: Pictured) -> None:
    """Without AVIF there are fewer copies, and pages name none."""
    site.fetch()
    site.build()
    assert any(path.endswith(".avif") for path in site.tree())
    site.settings(images={"avif": False})
    site.build()
    assert not any(
        path.endswith(".avif") or b"avif" in data
        for path, data in site.tree().items()
        if path.endswith((".avif", ".html"))
    )


def test_what_nothing_names_is_pruned(site: Pictured, host: Server) -> None:
    """Prune removes only images that neither a visible nor a hidden article names, only with
    --delete, and not recent ones.
    """
    site.article("hidden", published=False, images=[{"url": f"{site.at}/other.jpg"}])
    site.fetch()
    site.build()
    (site.root / "content/one.md").unlink()
    (site.root / "content/two.md").unlink()
    config, clock = load_config(site.root), Clock(AS_OF)
    foreign = site.write("media/README.md", "Mine.")
    told = prune(config, clock)
    assert (told.urls, told.originals, told.bytes) == ((f"{site.at}/wide.jpg",), 1, len(WIDE))
    assert told.copies > 0
    assert prune(config, clock, keep_days=1).originals == 0
    assert status(config).originals == 2
    assert prune(config, clock, delete=True).originals == 1
    now = status(config)
    assert (now.urls, now.originals, now.bytes, now.copies) == (1, 1, len(OTHER), 0)
    assert foreign.exists()
    assert not site.build().problems


def test_the_command(site: Pictured, host: Server) -> None:
    """`images fetch` reports downloads, `status` the state, `prune` what it would delete; --json
    prints JSON.
    """
    site.article("dead", images=[{"url": f"{site.at}/nothing.jpg"}])
    done = site.run("images", "fetch")
    assert done.returncode == 0
    assert "3 images: 2 fetched" in done.stderr
    assert f"warning: {site.at}/nothing.jpg: it is gone (404) [no-picture]" in done.stderr
    again = json.loads(site.run("images", "fetch", "--json").stdout)
    assert (again["wanted"], again["asked"], again["fresh"], again["waiting"]) == (3, 0, 2, 1)
    standing = json.loads(site.run("images", "status", "--json").stdout)
    assert (standing["urls"], standing["originals"], standing["dead"]) == (3, 2, 1)
    assert standing["hosts"] == [
        {"host": f"127.0.0.1:{host.port}", "urls": 3, "pictures": 2, "failing": 1}
    ]
    assert "3 addresses, 2 originals" in site.run("images", "status").stdout
    assert "0 originals" in site.run("images", "prune").stderr
    assert site.run("images", "status", "--delete").returncode == 2
    assert json.loads(site.run("images", "prune", "--json").stdout)["urls"] == []


def test_build_fetches_when_told_to(site: Pictured, host: Server) -> None:
    """`build --fetch` builds with the newest images, and a dead host fails nothing, not even under
    --strict.
    """
    site.article("dead", images=[{"url": f"{site.at}/nothing.jpg"}])
    done = site.run("build", "--fetch", "--strict")
    assert done.returncode == 0, done.stderr
    assert "no-picture" in done.stderr
    assert "/_media/" in site.page("/one/")
    asked = len(host.asked)
    assert site.run("build", "--verify").returncode == 0
    assert len(host.asked) == asked


def test_two_fetches_at_once(site: Pictured) -> None:
    """While one run fetches, another ends with 4 and changes nothing."""
    from filelock import FileLock

    (site.root / ".newsgen").mkdir()
    with FileLock(site.root / ".newsgen/media.lock"):
        done = site.run("images", "fetch")
    assert done.returncode == 4
    assert "another run is fetching" in done.stderr


def test_a_folder_that_cannot_be_written(site: Pictured) -> None:
    """If images cannot be stored, the command ends with 3 and names the folder."""
    site.write("media/index.jsonl/x", "")
    done = site.run("images", "fetch")
    assert done.returncode == 3
    assert "media" in done.stderr
    assert "Traceback" not in done.stderr
