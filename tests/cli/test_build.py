"""`newsgen build` as a user meets it: the real command, its options, its output and its exit code."""

from __future__ import annotations

from support import SmallSite


def test_build_writes_the_site_and_sums_up(site: SmallSite) -> None:
    """A build writes the pages, says what it did on standard error, and ends with 0."""
    done = site.run("build", "--as-of", "2026-01-31")
    assert (done.returncode, done.stdout) == (0, "")
    assert "2 articles" in done.stderr
    assert "Story two" in site.page("/news/two/")
