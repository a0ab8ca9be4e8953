"""Questions about a build: what it would do and why, and whether its output is right."""

from __future__ import annotations

import json

import pytest

from support import SmallSite

CLOCK = ("--as-of", "2026-01-31T12:00")


def test_dry_run_lists_what_would_be_done_and_does_nothing(site: SmallSite) -> None:
    """--dry-run names each page that would be rendered or removed, with the reason, and writes
    nothing.
    """
    site.run("build", *CLOCK)
    before = site.tree()
    site.article("two", title="Another title")
    (site.root / "content/one.md").unlink()
    said = site.run("build", *CLOCK, "--dry-run").stderr
    assert "render /  (the card of “Another title” changed: title; " in said
    assert "render /news/two/  (" in said
    assert "remove /news/one/  (no page has this route now)\n" in said
    assert "nothing written" in said
    assert site.tree() == before


def test_dry_run_of_a_site_that_was_never_built(site: SmallSite) -> None:
    """--dry-run of a new site lists every page as new and makes no output."""
    document = json.loads(site.run("build", *CLOCK, "--dry-run", "--json").stdout)
    assert {change["reason"] for change in document["changes"]} == {"new page"}
    assert len(document["changes"]) == document["pages"]
    assert not site.output.exists()


def test_verify_says_that_the_output_is_right(site: SmallSite) -> None:
    """--verify compares the output with a clean build, and says if they are the same."""
    site.run("build", *CLOCK)
    site.article("two", title="Another title")
    done = site.run("build", *CLOCK, "--verify")
    assert done.returncode == 0
    assert "the same as a clean build" in done.stderr


def test_verify_names_each_file_that_differs(site: SmallSite) -> None:
    """A page that another program changed or removed is named, and the exit code is 1."""
    site.run("build", *CLOCK)
    (site.output / "news/two/index.html").write_text("changed")
    (site.output / "news/one/index.html").unlink()
    done = site.run("build", *CLOCK, "--verify")
    assert done.returncode == 1
    assert "/news/two/index.html was changed by another program [verify-differs]" in done.stderr
    assert "/news/one/index.html is missing [verify-differs]" in done.stderr


def test_profile_shows_stages_and_templates(site: SmallSite) -> None:
    """--profile shows the time of each stage and of each template, with its slowest page."""
    said = site.run("build", *CLOCK, "--profile").stderr
    assert "render " in said
    assert "article.html" in said
    assert "slowest /news/" in said


@pytest.mark.parametrize(
    "address", ["/news/two/", "news/two", "news/two/index.html", "https://wire.example/news/two/"]
)
def test_why_tells_what_a_page_is_made_of(site: SmallSite, address: str) -> None:
    """`newsgen why` names the page's files and templates, when and why it was rendered, and what
    would change now.
    """
    site.run("build", *CLOCK)
    site.article("two", title="Another title")
    told = site.run("why", address, *CLOCK).stdout
    assert told.startswith("/news/two/\n  last rendered 20")
    assert "UTC: new page\n" in told
    now = told.partition("would be rendered now: ")[2].partition("\n")[0]
    assert "the card of “Another title” changed: title" in now
    assert "its article changed" in now
    assert "article.html" in told
    assert "two.md" in told


def test_why_in_json(site: SmallSite) -> None:
    """`newsgen why --json` is one JSON document."""
    document = json.loads(site.run("why", "/topics/ai/", *CLOCK, "--json").stdout)
    assert (document["route"], document["template"], document["rendered"], document["now"]) == (
        "/topics/ai/",
        "topic.html",
        "",
        "new page",
    )
    assert {"cards: Story one", "cards: Story two"} <= {part["name"] for part in document["parts"]}


def test_why_of_a_page_that_is_not_there(site: SmallSite) -> None:
    """For a page that the site does not have, `newsgen why` says so and ends with 2."""
    done = site.run("why", "/news/three/", *CLOCK)
    assert done.returncode == 2
    assert "there is no page /news/three/" in done.stderr
