"""Folders of other static site generators become sites of newsgen with the same addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from photos import plain
from support import newsgen


class Old:
    """A folder of another generator, and the site that it is imported into."""

    def __init__(self, place: Path) -> None:
        self.folder, self.site = place / "old", place / "new"
        self.site.mkdir()

    def write(self, path: str, content: str | bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def run(self, kind: str, *words: str, code: int = 0) -> dict[str, Any]:
        done = newsgen("import", kind, self.folder, "--json", *words, cwd=self.site)
        assert done.returncode == code, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    @property
    def settings(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load((self.site / "newsgen.yaml").read_text())
        return found

    def pages(self) -> set[str]:
        """Return the articles, plain pages and files of the built site, by address."""
        done = newsgen("build", "--as-of", "2026-02-01T08:00", cwd=self.site)
        assert done.returncode == 0, done.stderr
        output = self.site / "site"
        return {path.relative_to(output).as_posix() for path in output.rglob("*.*")}


@pytest.fixture
def old(tmp_path: Path) -> Old:
    return Old(tmp_path)


def test_jekyll(old: Old) -> None:
    """Settings, posts, drafts, pages, images, authors and the menu come from a Jekyll site."""
    old.write(
        "_config.yml",
        "title: Tides\nurl: https://tides.example\nbaseurl: /news\ndescription: On tides.\n"
        "lang: de\ntimezone: Europe/Berlin\npermalink: /:categories/:year/:month/:title.html\n",
    )
    old.write("_data/navigation.yml", "main:\n  - {title: About, url: /about/}\n")
    old.write("_data/authors.yml", "ann:\n  name: Ann Low\n  bio: Writes.\n")
    post = (
        "---\ntitle: Gates\ncategories: [sea]\nauthor: ann\n---\n![x](/img/a.png) {{ site.url }}\n"
    )
    old.write("_posts/2026-01-30-gates.md", post)
    old.write("_drafts/later.md", "---\ntitle: Later\n---\nText.\n")
    old.write("about.md", "---\ntitle: About\npermalink: /about/\n---\nUs.\n")
    old.write("über.md", "---\ntitle: Over\npermalink: /über-uns.html\n---\nUs.\n")
    old.write("index.html", "---\nlayout: home\n---\n")
    old.write("README.md", "# Read me\n")
    old.write("img/a.png", plain((9, 9, 9)))
    old.write("_site/img/b.png", plain((9, 9, 9)))
    found = old.run("jekyll")
    assert (found["articles"], found["pages"], found["files"]) == (2, 2, 1)
    assert found["left"] == {
        "README.md": "it has no front matter",
        "index.html": "it is a list of the old site",
    }
    assert old.settings == {
        "title": "Tides",
        "url": "https://tides.example/news",
        "description": "On tides.",
        "language": "de",
        "timezone": "Europe/Berlin",
        "menu": [{"name": "About", "url": "/about/"}],
    }
    pages = old.pages()
    assert {"sea/2026/01/gates.html", "about/index.html", "img/a.png"} <= pages
    assert "über-uns.html" in pages, "an old address that cannot stay redirects"
    assert not any("later" in page or "img/b.png" in page for page in pages)
    assert "Ann Low" in (old.site / "site/sea/2026/01/gates.html").read_text("utf-8")


def test_hugo(old: Old) -> None:
    """TOML and YAML, sections, bundles, static files and weighted menus come from a Hugo site."""
    old.write(
        "hugo.toml",
        'baseURL = "https://tides.example/"\ntitle = "Tides"\nlanguageCode = "en-us"\n'
        '[permalinks]\nposts = "/:year/:month/:slug/"\n'
        '[[menus.main]]\nname = "B"\npageRef = "/b"\nweight = 2\n'
        '[[menus.main]]\nname = "A"\nurl = "/a/"\nweight = 1\n',
    )
    old.write(
        "content/posts/gates.md", "+++\ntitle = 'Gates'\ndate = 2026-01-30T08:00:00Z\n+++\nText.\n"
    )
    old.write(
        "content/posts/tide/index.md", "---\ntitle: Tide\ndate: 2026-01-29\n---\n![x](x.png)\n"
    )
    old.write("content/posts/tide/x.png", plain((9, 9, 9)))
    old.write("content/posts/_index.md", "---\ntitle: Posts\n---\n")
    old.write("content/about.md", "---\ntitle: About\n---\nUs.\n")
    old.write("static/files/a.pdf", b"%PDF-")
    found = old.run("hugo")
    assert (found["articles"], found["pages"], found["left"]) == (3, 1, {})
    assert [item["name"] for item in old.settings["menu"]] == ["A", "B"]
    wanted = {"2026/01/gates/index.html", "2026/01/tide/index.html", "about/index.html"}
    assert wanted | {"files/a.pdf"} <= old.pages()


def test_pelican(old: Old) -> None:
    """The configuration of Pelican is read, never executed; slugs come from titles."""
    old.write(
        "pelicanconf.py",
        "import os\nos.mkdir('executed')\nSITENAME = 'Tides'\nSITEURL = 'https://tides.example'\n"
        "TIMEZONE = 'Europe/Paris'\nDEFAULT_LANG = 'fr'\nPATH = 'content'\n"
        "ARTICLE_URL = '{date:%Y}/{slug}.html'\nMENUITEMS = (('Home', '/'),)\nX = os.sep\n",
    )
    old.write(
        "content/one.md", "Title: The Gates Hold\nDate: 2026-01-30 08:00\nCategory: sea\n\nText.\n"
    )
    old.write("content/pages/about.md", "Title: About\n\nUs.\n")
    old.write("content/images/a.png", plain((9, 9, 9)))
    found = old.run("pelican")
    assert (found["articles"], found["pages"], found["files"]) == (1, 1, 1)
    assert (old.settings["timezone"], old.settings["language"]) == ("Europe/Paris", "fr")
    assert {"2026/the-gates-hold.html", "about/index.html"} <= old.pages()
    assert not list(old.site.parent.rglob("executed"))


def test_eleventy(old: Old) -> None:
    """Posts and pages keep their folders."""
    old.write(".eleventy.js", "module.exports = {}")
    old.write("_data/site.json", '{"title": "Tides", "url": "https://tides.example"}')
    old.write(
        "posts/gates.md", "---\ntitle: Gates\ndate: 2026-01-30\ntags: [posts, sea]\n---\nText.\n"
    )
    old.write("about.md", "---\ntitle: About\n---\nUs.\n")
    old.write("node_modules/x/readme.md", "---\ntitle: X\n---\n")
    found = old.run("eleventy")
    assert (found["articles"], found["pages"]) == (1, 1)
    assert {"posts/gates/index.html", "about/index.html"} <= old.pages()


def test_a_second_run_changes_only_what_changed(old: Old) -> None:
    """Changed files are written again; edited ones stay. A dry run writes nothing."""
    old.write("_config.yml", "title: Tides\n")
    for name in "abc":
        old.write(f"_posts/2026-01-30-{name}.md", f"---\ntitle: Post {name}\n---\nOne.\n")
    assert old.run("jekyll", "--dry-run")["new"] == 3
    assert list(old.site.iterdir()) == []
    old.run("jekyll")
    edited = old.site / "content/_posts/2026-01-30-b.md"
    edited.write_text(edited.read_text() + "Mine.\n")
    for name in "ab":
        old.write(f"_posts/2026-01-30-{name}.md", f"---\ntitle: Post {name}\n---\nTwo.\n")
    found = old.run("jekyll")
    assert (found["updated"], found["kept"], found["unchanged"]) == (1, 1, 1)
    assert edited.read_text().endswith("Mine.\n")


@pytest.mark.parametrize("kind", ["jekyll", "hugo", "pelican", "eleventy"])
def test_a_folder_without_a_configuration(old: Old, kind: str) -> None:
    """The command ends with 2 and names the missing file."""
    old.write("content/a.md", "x")
    found = old.run(kind, code=2)
    assert found["problems"][0]["code"] == "bad-export"
    old.write({"jekyll": "_config.yml", "hugo": "hugo.toml"}.get(kind, "pelicanconf.py"), "[ x")
    if kind != "eleventy":
        assert "cannot be read" in old.run(kind, code=2)["problems"][0]["message"]


def test_redirects_become_a_setting(old: Old) -> None:
    """Rules of `_redirects` and `netlify.toml` work in the new site. Rewrites, patterns and rules
    with conditions are listed, and the first rule for an address counts. Files outside the folder
    are not read.
    """
    old.write("hugo.toml", 'title = "T"\nbaseURL = "https://tides.example/news/"\n')
    old.write(
        "static/_redirects",
        "# moved\n/news/press /news/about/\n/shop https://shop.example/ 302! # for now\n"
        "/press-old /about 301 Country=de\n/api/* /.netlify/functions/:splat 200\n"
        "/blog/:slug /news/:slug\n/press /other\n",
    )
    rules = '[[redirects]]\nfrom = "/rss"\nto = "/feed.xml"\n\n[[redirects]]\nfrom = "/x"\n'
    old.write("netlify.toml", rules + 'to = "/y"\nstatus = 200\n')
    old.write("content/about.md", "---\ntitle: About\n---\nUs.\n")
    elsewhere = old.site.parent / "elsewhere"
    elsewhere.write_text("/private /about/\n")
    (old.folder / "_redirects").symlink_to(elsewhere)
    found = old.run("hugo")
    moved = {"/press": "/about/", "/shop": "https://shop.example/", "/rss": "/feed.xml"}
    assert old.settings["redirects"] == moved
    assert found["left"] == {
        "static/_redirects: /press-old /about": "it is more than a redirect",
        "static/_redirects: /api/* /.netlify/functions/:splat": "it is more than a redirect",
        "static/_redirects: /blog/:slug /news/:slug": "it is a pattern",
        "netlify.toml: /x /y": "it is more than a redirect",
    }
    assert {"press/index.html", "shop/index.html", "rss/index.html"} <= old.pages()


def test_addresses_beside_those_of_the_old_site(old: Old) -> None:
    """If the old site was built, each of its pages is compared with the new site's addresses."""
    old.write("_config.yml", "title: T\nurl: https://tides.example\npermalink: /:year/:title/\n")
    old.write("_posts/2026-01-02-gates.md", "---\ntitle: Gates\nredirect_from: /g/\n---\nText.\n")
    old.write("about.md", "---\ntitle: About\n---\nUs.\n")
    for path in ("index", "404", "2026/gates/index", "g/index", "about/index", "tag/sea/index"):
        old.write(f"_site/{path}.html", "<p>Old.")
    found = old.run("jekyll", "--dry-run")
    assert found["addresses"] is None
    found = old.run("jekyll")
    assert found["addresses"] == {"compared": 5, "missing": ["/tag/sea/"]}
