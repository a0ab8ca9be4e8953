"""`newsgen build`: the real command, its options and its output."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

import pytest

from support import SmallSite, newsgen, read_tree

MakeSite = Callable[..., SmallSite]
CLOCK = ("--as-of", "2026-01-31T12:00")


def test_build_writes_the_site_and_sums_up(site: SmallSite) -> None:
    """A build writes the pages, prints a summary on standard error, and ends with 0."""
    done = site.run("build", *CLOCK)
    assert (done.returncode, done.stdout) == (0, "")
    assert "2 articles" in done.stderr
    assert "0 problems" in done.stderr
    assert "Story two" in site.page("/news/two/")


def test_a_second_build_says_that_nothing_changed(site: SmallSite) -> None:
    """A second build writes nothing, and the summary says so."""
    os.utime(site.root / "content/one.md", (1_700_000_000, 1_700_000_000))
    os.utime(site.root / "content/two.md", (1_700_000_000, 1_700_000_000))
    before = site.run("build", *CLOCK) and site.tree()
    again = site.run("build", *CLOCK)
    assert "nothing changed" in again.stderr
    assert site.tree() == before


def test_root_names_the_site_from_anywhere(site: SmallSite) -> None:
    """--root builds a site from another folder, before or after the command's name."""
    elsewhere = site.root.parent
    assert newsgen("--root", site.root, "build", *CLOCK, cwd=elsewhere).returncode == 0
    first = site.tree()
    assert newsgen("build", "--root", site.root, *CLOCK, cwd=elsewhere).returncode == 0
    assert site.tree() == first


def test_config_names_another_settings_file(site: SmallSite) -> None:
    """--config takes the settings from another file; folders stay relative to the root."""
    site.write("other.yaml", "title: The Other Wire\nurl: https://other.example\n")
    assert site.run("--config", "other.yaml", "build", *CLOCK).returncode == 0
    assert "The Other Wire" in site.page("/")


def test_set_changes_settings_and_the_last_one_wins(site: SmallSite) -> None:
    """--set changes a setting for one run; options after the command's name override those before
    it.
    """
    done = site.run(
        "--set", "title=Before", "--set", "per_page=1", "build", "--set", "title=After", *CLOCK
    )
    assert done.returncode == 0
    assert "<title>After" in site.page("/")
    assert (site.output / "page/1/index.html").is_file()


def test_an_option_after_the_command_wins(site: SmallSite) -> None:
    """If --config is given before and after the command's name, the one after counts."""
    site.write("one.yaml", "title: One\nurl: https://one.example\n")
    site.write("two.yaml", "title: Two\nurl: https://two.example\n")
    site.run("--config", "one.yaml", "build", "--config", "two.yaml", *CLOCK)
    assert "<title>Two" in site.page("/")


def test_output_and_cache_elsewhere_leave_the_root_alone(site: SmallSite) -> None:
    """With --output and --cache elsewhere, nothing below the root is written, so it may be
    read-only.
    """
    before = {path: path.stat().st_mtime_ns for path in site.root.rglob("*")}
    out, cache = site.root.parent / "out", site.root.parent / "cache"
    assert site.run("build", "--output", out, "--cache", cache, *CLOCK).returncode == 0
    assert {path: path.stat().st_mtime_ns for path in site.root.rglob("*")} == before
    assert "news/two/index.html" in read_tree(out)
    assert (cache / "cache.sqlite").is_file()


def test_a_build_leaves_one_file_of_the_cache(site: SmallSite) -> None:
    """A build leaves the cache in one file, without a log for the next build."""
    site.run("build", "--jobs", "1")
    assert [path.name for path in (site.root / ".newsgen").iterdir()] == ["cache.sqlite"]


def test_output_is_relative_to_the_working_folder(site: SmallSite) -> None:
    """--output on the command line is relative to the working folder, like any typed path."""
    newsgen("--root", site.root, "build", "--output", "public", *CLOCK, cwd=site.root.parent)
    assert (site.root.parent / "public/index.html").is_file()


def test_drafts_and_future_show_what_is_not_published(site: SmallSite) -> None:
    """--drafts shows drafts and --future articles dated after the clock; without them neither has a
    page.
    """
    site.article("draft", draft=True)
    site.article("later", publishedDateTime="2026-02-02T08:00:00Z")
    pages = {"draft": "news/draft/index.html", "later": "news/later/index.html"}

    def shown(*options: str) -> set[str]:
        site.run("build", *CLOCK, *options)
        return {name for name, path in pages.items() if path in site.tree()}

    assert shown() == set()
    assert shown("--drafts") == {"draft"}
    assert shown("--future") == {"later"}
    assert shown("--drafts", "--future") == {"draft", "later"}
    assert shown() == set()


def test_as_of_is_the_builds_clock_in_the_sites_zone(make_site: MakeSite) -> None:
    """--as-of sets the clock; a time without an offset is in the site's zone."""
    site = make_site(timezone="Asia/Tokyo")
    site.article("dawn", publishedDateTime="2026-01-30T23:30:00Z")  # 08:30 in Tokyo
    site.run("build", "--as-of", "2026-01-31T08:29")
    assert "news/dawn/index.html" not in site.tree()
    site.run("build", "--as-of", "2026-01-31T08:30")
    assert "news/dawn/index.html" in site.tree()
    site.run("build", "--as-of", "2026-01-30T23:29:59Z")
    assert "news/dawn/index.html" not in site.tree()


def test_strict_fails_where_anything_is_wrong(site: SmallSite) -> None:
    """Under --strict a warning makes the exit code 1, also if the build only repeats an earlier
    one.
    """
    site.article("odd", webUrl="javascript:alert(1)")
    assert site.run("build", *CLOCK).returncode == 0
    assert site.run("build", *CLOCK, "--strict").returncode == 1
    repeated = site.run("build", *CLOCK, "--strict")
    assert repeated.returncode == 1
    assert "content/odd.md:4:9: warning:" in repeated.stderr
    assert (
        site.run("build", *CLOCK, "--strict", "--set", "check.allow=[unsafe-url]").returncode == 0
    )


@pytest.mark.parametrize("jobs", ["1", "2", "3"])
def test_jobs_change_no_byte(make_site: MakeSite, jobs: str) -> None:
    """Any number of processes gives the same site."""
    site = make_site()
    for i in range(120):
        site.article(
            f"story-{i}",
            publishedDateTime=f"2026-01-{1 + i % 30:02}T{i % 24:02}:00:00Z",
            topics=[f"Topic {i % 7}"],
        )
    site.run("build", *CLOCK, "--jobs", jobs)
    found = site.tree()
    site.build(cache=site.root.parent / f"cache{jobs}", output=site.root.parent / f"out{jobs}")
    assert found == read_tree(site.root.parent / f"out{jobs}")


def test_json_is_one_document_on_standard_output(site: SmallSite) -> None:
    """--json prints exactly one JSON document, with the place of each problem; text goes to
    standard error.
    """
    site.article("odd", webUrl="javascript:alert(1)")
    done = site.run("build", *CLOCK, "--json", "-v")
    document = json.loads(done.stdout)
    assert (document["articles"], document["unchanged"]) == (3, False)
    problem = document["problems"][0]
    assert [problem[key] for key in ("severity", "code", "file", "line", "column")] == [
        "warning",
        "unsafe-url",
        "content/odd.md",
        4,
        9,
    ]
    assert "unsafe-url" in done.stderr


def test_json_tells_what_stopped_a_build(site: SmallSite) -> None:
    """With --json, an error that a user can fix is a JSON document too, besides the text on
    standard error.
    """
    done = site.run("build", "--json", "--set", "per_page=0")
    assert done.returncode == 2
    assert json.loads(done.stdout)["problems"][0]["code"] == "bad-setting"
    assert "per_page" in done.stderr


def test_quiet_says_nothing_but_errors(site: SmallSite) -> None:
    """-q prints every error, but no warnings and no summary."""
    site.article("odd", webUrl="javascript:alert(1)")
    assert site.run("-q", "build", *CLOCK).stderr == ""
    site.article("broken", title="")
    assert "missing-title" in site.run("build", "-q", *CLOCK).stderr


def test_verbose_shows_every_problem_and_the_stages(site: SmallSite) -> None:
    """Without -v, twenty problems are shown and the rest counted; -v shows all, and the time of
    each stage.
    """
    for i in range(25):
        site.article(f"odd-{i}", webUrl="javascript:alert(1)")
    few = site.run("build", *CLOCK).stderr
    assert few.count("[unsafe-url]") == 20
    assert "5 more problems (unsafe-url 5); -v shows all" in few
    many = site.run("build", *CLOCK, "-v", "--set", "title=New").stderr
    assert many.count("[unsafe-url]") == 25
    for stage in ("scan", "read", "plan", "render"):
        assert f"{stage} " in many


def test_errors_come_first(site: SmallSite) -> None:
    """Problems are shown with file, line, column, source line and hint; errors before warnings."""
    site.article("aaa", webUrl="javascript:alert(1)")
    site.article("broken", publishedDateTime="someday")
    said = site.run("build", *CLOCK).stderr
    assert said.startswith("content/broken.md:3:20: error: 'someday' is not a date")
    assert (
        "    publishedDateTime: someday\n"
        + " " * 23
        + "^\n    hint: write it as 2021-11-19T13:11:09Z"
        in said
    )
    assert said.index("bad-date") < said.index("unsafe-url")
