"""How many pages each kind of edit renders again: only as many as needed, in an archive of any
size.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsgen.build.pipeline import BuildOptions, build
from newsgen.config.settings import load_config
from newsgen.content.clock import Clock
from support import AS_OF, SmallSite, eventually

FIRST = datetime(2025, 6, 1, 12, tzinfo=UTC)


def fill(site: SmallSite, count: int) -> None:
    """Write articles from s0 (the oldest) on, six hours apart, of three sources; each of AI, every
    other one of Markets too.
    """
    for i in range(count):
        site.article(
            f"s{i}",
            excerpt=f"What {i} is about.",
            body=f"The body of {i}.\n",
            publishedDateTime=(FIRST + timedelta(hours=6 * i)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            provider={"name": f"Paper {i % 3}", "domain": f"paper{i % 3}.example"},
            webUrl=f"https://paper{i % 3}.example/s{i}",
            topics=["AI", "Markets"] if i % 2 else ["AI"],
        )


def rendered(site: SmallSite) -> set[str]:
    """Build, and return the rendered routes."""
    config = load_config(site.root)
    planned = build(config, BuildOptions(Clock(AS_OF), dry_run=True))
    done = site.build()
    assert done.rendered == planned.rendered == len([c for c in planned.changes if not c.removed])
    return {change.route for change in planned.changes if not change.removed}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def site(make_site) -> SmallSite:
    """Return sixty stories, built."""
    site = make_site(per_page=5, related={"limit": 3}, archive={"per_page": 20})
    fill(site, 60)
    site.build()
    return site


def test_nothing_changed(site: SmallSite) -> None:
    """A second build renders nothing."""
    assert rendered(site) == set()


def test_touched_but_unchanged(site: SmallSite) -> None:
    """A file with a changed stat and the same bytes renders nothing."""
    file = site.root / "content/s30.md"
    file.write_bytes(file.read_bytes())
    os.utime(file, (1, 1))
    assert rendered(site) == set()


def test_changed_body(site: SmallSite) -> None:
    """A changed body renders only the article's own page."""
    edit(site.root / "content/s30.md", "The body of 30.", "Another body.")
    assert rendered(site) == {"/news/s30/"}


def test_secured_changes_no_page(site: SmallSite) -> None:
    """Fields that no page shows, above all `secured`, render nothing."""
    edit(site.root / "content/s30.md", "title:", "secured: bm90aGluZw==;MTIz\ntitle:")
    assert rendered(site) == set()


def test_edited_title(site: SmallSite) -> None:
    """A changed title renders the article's page, and the lists, neighbours, sidebars and feeds
    that show it, and the file of its words in the search index.
    """
    edit(site.root / "content/s30.md", "title: Story s30", "title: Another title")
    found = rendered(site)
    showing = {
        "/" + path.removesuffix("index.html")
        for path, data in site.tree().items()
        if b"Another title" in data or (path[:7] == "search/" and b'"another":' in data)
    }
    assert showing == found - {"/sitemap.xml"}  # it holds cards, and a title is part of a card
    assert len(found) < 25


def test_template_edit_renders_the_pages_that_use_it(site: SmallSite) -> None:
    """A new template renders only the pages made from it, and a new partial all that include it."""
    theme = (Path(__file__).parent.parent.parent / "templates" / "day.html").read_text("utf-8")
    site.write("templates/day.html", theme + "{# edited #}")
    days = rendered(site)
    assert days
    assert all(route.removeprefix("/").split("/page/")[0].count("/") == 3 for route in days)
    base = (Path(__file__).parent.parent.parent / "templates" / "base.html").read_text("utf-8")
    site.write("templates/base.html", base + "\n")
    pages = {
        "/" + path.removesuffix("index.html") for path in site.tree() if path.endswith(".html")
    }
    assert rendered(site) == pages


@pytest.mark.parametrize(
    ("template", "kept", "macro"),
    [
        ("story.html", ["origin"], "story(card, level, place)"),
        ("lead.html", ["facts", "headline", "lead", "report"], "beside(card, year)"),
    ],
)
def test_a_macro_of_the_site_changes_the_pages_that_show_it(
    site: SmallSite, template: str, kept: list[str], macro: str
) -> None:
    """A site's own macro for a story renders exactly the pages that use it, although their stories
    are the same; without it, they are as before.
    """
    before = site.tree()
    site.write(
        f"templates/{template}",
        f'{{% import "theme/{template}" as theme %}}'
        + "".join(f"{{% set {name} = theme.{name} %}}" for name in kept)
        + f"{{% macro {macro} %}}<p>Ours: {{{{ card.title }}}}</p>{{% endmacro %}}",
    )
    site.build()
    after = site.tree()
    changed = {path for path, data in after.items() if before[path] != data}
    assert changed == {path for path, data in after.items() if b"Ours: " in data}
    assert any(path.startswith("news/s") for path in changed) == (template == "lead.html")
    (site.root / "templates" / template).unlink()
    site.build()
    assert site.tree() == before


def test_static_file_renders_no_page(site: SmallSite) -> None:
    """A static file of the site is copied without rendering a page."""
    site.write("static/hello.txt", "hello")
    assert rendered(site) == {"/hello.txt"}
    site.write("static/hello.txt", "bonjour")
    assert rendered(site) == {"/hello.txt"}


def test_setting_of_lists_renders_lists_only(site: SmallSite) -> None:
    """Another number of stories per page renders lists, and no article page."""
    site.settings(per_page=6, related={"limit": 3}, archive={"per_page": 20})
    assert not any(route.startswith("/news/s") for route in rendered(site))


@pytest.mark.parametrize("size", [40, 160])
def test_newest_article_renders_a_bounded_number(make_site, size: int) -> None:
    """A new newest article renders as many pages in a large archive as in a small one."""
    site = make_site(per_page=5, related={"limit": 3}, archive={"per_page": 20})
    fill(site, size)
    site.build()
    newest = FIRST + timedelta(hours=6 * size + 1)
    site.article(
        "new", publishedDateTime=newest.strftime("%Y-%m-%dT%H:%M:%SZ"), topics=["AI", "Markets"]
    )
    assert len(rendered(site)) <= 45


def test_an_echo_renders_the_pages_that_change(make_site) -> None:
    """A new or edited article about an old event renders only the few other pages whose bytes
    change.
    """
    site = make_site(
        per_page=5, related={"limit": 3}, stories={"window": 3}, archive={"per_page": 20}
    )
    events = [
        "harbour bridge",
        "storm road",
        "orchid forest",
        "stadium plan",
        "tram line",
        "mayor quits",
        "flood gate",
        "bakery prize",
    ]
    events += ["museum theft", "ferry route", "school garden", "comet night"]
    for i in range(60):
        time = (FIRST + timedelta(hours=6 * i)).strftime("%Y-%m-%dT%H:%M:%SZ")
        source = {"name": f"Paper {i % 9}", "domain": f"paper{i % 9}.example"}
        title = f"{events[i // 5]} {'abcde'[i % 5] * 7}"
        site.article(
            f"s{i}",
            title=title,
            publishedDateTime=time,
            provider=source,
            webUrl=f"https://paper{i % 9}.example/s{i}",
            topics=[],
        )
    site.build()
    site.article(
        "echo",
        title="Harbour bridge for all",
        publishedDateTime=FIRST.strftime("%Y-%m-%dT%H:%M:%SZ"),
        topics=[],
    )
    for change in ("for none", "for all"):
        before = site.tree()
        found = rendered(site)
        changed = {
            "/" + path.removesuffix("index.html")
            for path, data in site.tree().items()
            if data != before.get(path)
        }
        articles = {route for route in found if route.startswith("/news/s")}
        assert articles <= changed
        assert 0 < len(articles) < 25
        edit(
            site.root / "content/echo.md", "for none" if change == "for all" else "for all", change
        )


def test_time_passes(site: SmallSite) -> None:
    """A scheduled article appears, and an expired one disappears, by time alone; until then a build
    does nothing.
    """
    due = AS_OF + timedelta(hours=5)
    site.article("later", publishedDateTime=due.strftime("%Y-%m-%dT%H:%M:%SZ"))
    site.article("short", expires=(AS_OF + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    for file in (site.root / "content").iterdir():
        os.utime(file, (1, 1))
    first = site.build()
    assert first.due == due
    assert site.build(as_of=AS_OF + timedelta(hours=4)).unchanged
    assert "news/later/index.html" not in site.tree()
    site.build(as_of=due)
    assert "news/later/index.html" in site.tree()
    assert site.build(as_of=AS_OF + timedelta(hours=10)).removed >= 1
    assert "news/short/index.html" not in site.tree()


def test_reasons_name_the_card_and_what_changed(site: SmallSite) -> None:
    """A dry run names the reason for each page, and writes nothing."""
    edit(site.root / "content/s30.md", "title: Story s30", "title: Another title")
    site.article("gone")
    site.build()
    (site.root / "content/gone.md").unlink()
    edit(site.root / "content/s31.md", "The body of 31.", "Other words.")
    planned = build(load_config(site.root), BuildOptions(Clock(AS_OF), dry_run=True))
    reasons = {change.route: change.reason for change in planned.changes}
    assert reasons["/news/s31/"] == "its article changed, or an image that it shows"
    assert "gone from here" in reasons["/"]
    assert {"/news/gone/", "/2026/01/30/"} <= {
        change.route for change in planned.changes if change.removed
    }
    assert "news/gone/index.html" in site.tree()
    shown = site.run("why", "/news/s30/", "--as-of", AS_OF.isoformat())
    assert (
        "the card of “Another title” changed: title" in shown.stdout
        or "its article changed" in shown.stdout
    )
    assert "templates/article.html" in shown.stdout
    assert "s30.md" in shown.stdout


@pytest.mark.skipif(os.name != "posix", reason="needs the time at which an inode changed")
def test_a_change_that_leaves_size_and_time_is_noticed(site: SmallSite) -> None:
    """A file written in place with the same size and its old modification time is read again: an
    article, a static file, a template, data.
    """
    texts = {
        "content/one.md": "---\ntitle: Title {}\npublishedDateTime: "
        "2026-01-30T08:00:00Z\ntopics: [AI]\n---\n",
        "static/a.txt": "{}",
        "templates/foot.html": "Foot {}",
        "data/topics.yaml": "- name: AI\n  description: About {}\n",
    }
    files = [site.write(path, text.format("A")) for path, text in texts.items()]
    for file in files:
        os.utime(file, (1, 1))
    eventually(lambda: site.build().unchanged)  # a recently changed file is read again
    for file, text in zip(files, texts.values(), strict=True):
        before = file.stat()
        with open(file, "r+b") as same:
            same.write(text.format("B").encode())
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        after = file.stat()
        assert (after.st_size, after.st_mtime_ns, after.st_ino) == (
            before.st_size,
            before.st_mtime_ns,
            before.st_ino,
        )
    result = site.build()
    assert (result.unchanged, result.read) == (False, 1)
    assert "Title B" in site.page("/news/one/")
    assert site.page("/a.txt") == "B"


def test_files_with_new_times_are_read_and_render_nothing(site: SmallSite) -> None:
    """If all files have new inodes and times, as after restoring a checkout and the cache
    elsewhere, they are read, and nothing is rendered or written.
    """
    site.build()
    for file in [file for file in (site.root / "content").rglob("*") if file.is_file()]:
        data = file.read_bytes()
        file.unlink()
        file.write_bytes(data)
        os.utime(file, (5, 5))
    result = site.build()
    assert (result.unchanged, result.rendered, result.written, result.removed) == (False, 0, 0, 0)
    assert result.read == result.articles
    assert site.build().unchanged
