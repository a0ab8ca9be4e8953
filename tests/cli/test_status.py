"""newsgen status: the visibility of each file, the reasons, and the next change by time alone."""

from __future__ import annotations

import json
from typing import Any

from support import SmallSite

AT = ("--at", "2026-01-31T12:00")


def status(site: SmallSite, *arguments: str) -> dict[str, Any]:
    done = site.run("status", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def test_every_file_is_told_with_its_reasons(site: SmallSite) -> None:
    """Each file is visible, hidden, withheld or left out, with all reasons, and the numbers add
    up.
    """
    site.article("draft", draft=True, publishedDateTime="2026-02-02T08:00:00Z")
    site.article("later", publishedDateTime="2026-02-01T08:00:00Z")
    site.article("over", expires="2026-01-30T08:00:00Z")
    site.article("soon-over", expires="2026-03-01T08:00:00Z")
    site.article("killed", removed=True)
    site.article("off", published=False)
    site.article("broken", title="")
    site.write("content/empty.md", "")
    (site.root / "content/away.md").symlink_to("/etc/hostname")
    site.page_file("about")
    site.page_file("planned", draft=True)
    found = status(site, *AT)
    files = {
        one["file"].removeprefix("content/"): (one["seen"], one["why"]) for one in found["files"]
    }
    assert files == {
        "one.md": ("visible", []),
        "two.md": ("visible", []),
        "soon-over.md": ("visible", []),
        "draft.md": ("withheld", ["draft", "scheduled"]),
        "later.md": ("withheld", ["scheduled"]),
        "over.md": ("withheld", ["expired"]),
        "killed.md": ("withheld", ["removed"]),
        "off.md": ("hidden", ["unpublished"]),
        "broken.md": ("left out", ["missing-title"]),
        "empty.md": ("left out", ["empty-file"]),
        "away.md": ("left out", ["link-outside"]),
        "pages/about.md": ("visible", []),
        "pages/planned.md": ("withheld", ["draft"]),
    }
    assert found["articles"] == {"visible": 3, "withheld": 4, "hidden": 1, "left out": 3}
    assert found["pages"] == {"visible": 1, "withheld": 1}
    assert found["why"]["draft"] == 2
    due = {one["file"]: one["due"] for one in found["files"] if one["due"]}
    assert due["content/soon-over.md"] == "2026-03-01T08:00:00Z"


def test_it_agrees_with_the_build(site: SmallSite) -> None:
    """Before and after each reported time, `build` shows as many articles as `status` says."""
    site.settings(news_sitemap=False)
    site.article("later", publishedDateTime="2026-02-01T08:00:00Z")
    site.article("over", expires="2026-02-03T08:00:00Z")
    at = "2026-01-31T12:00:00Z"
    seen = []
    for _ in range(3):
        found = status(site, "--at", at)
        done = site.run("build", "--as-of", at, "--json")
        assert json.loads(done.stdout)["articles"] == found["articles"]["visible"]
        assert json.loads(done.stdout)["due"] == found["due"]
        seen.append([(one["file"], one["seen"]) for one in found["changes"]])
        at = found["due"] or at
    assert seen == [[("content/later.md", "visible")], [("content/over.md", "withheld")], []]


def test_in_words(site: SmallSite) -> None:
    """Standard output has numbers, reasons, files that are not visible, and the next change, in the
    site's zone.
    """
    site.settings(timezone="Asia/Tokyo")
    site.article("later", publishedDateTime="2026-02-01T08:00:00Z")
    said = site.run("status", "--at", "2026-02-01T16:59").stdout
    assert "at 2026-02-01 16:59:00 JST\n3 articles: 2 visible, 1 withheld\n0 plain pages\n" in said
    assert "  withheld  content/later.md  (scheduled until 2026-02-01 17:00:00 JST)\n" in said
    assert said.endswith(
        "the site next changes at 2026-02-01 17:00:00 JST without an edit\n  content/later.md "
        "becomes visible\n"
    )
    assert site.run("status", "--at", "2030-01-01").stdout.endswith(
        "the site does not change without an edit\n"
    )


def test_many_are_counted(site: SmallSite) -> None:
    """Twenty files are listed and the rest counted; -v lists all."""
    for i in range(25):
        site.article(f"draft-{i}", draft=True)
    assert "  ... and 5 more; -v shows all\n" in site.run("status", *AT).stdout
    assert site.run("status", *AT, "-v").stdout.count("(draft)") == 25


def test_nothing_is_written_but_the_cache(site: SmallSite) -> None:
    """No output is written, and with --cache elsewhere the root does not change; an invalid --at is
    an invalid argument.
    """
    cache = site.root.parent / "cache"
    before = {path: path.stat().st_mtime_ns for path in site.root.rglob("*")}
    status(site, "--cache", str(cache))
    assert {path: path.stat().st_mtime_ns for path in site.root.rglob("*")} == before
    done = site.run("status", "--at", "teatime")
    assert done.returncode == 2
    assert "--at teatime: is not a date" in done.stderr
