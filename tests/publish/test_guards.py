"""Guards keep the old edition live: exit code 5, each with its own code."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgen.publish.leaks import Secret, search, secured_words
from support import CORPUS, SmallSite

from .publishing import built, codes, live, published, run

SECRET = "U29tZXRoaW5nIHNlY3JldCBpcyBoZXJl;QW5vdGhlciBvbmUgaXMgdGhlcmU="


def stopped(site: SmallSite, *expected: str) -> None:
    """Check that the nightly job with `--strict` stops with 5 for these reasons, that the live
    edition stays, and that `publish --force` publishes.
    """
    before = live(site)
    night = run(site, "nightly", "--strict", code=5)
    assert (night["outcome"], night["exit"]) == ("stopped", 5)
    assert [code for code in codes(night) if code.startswith("guard-")] == list(expected)
    assert live(site) == before


def test_too_much_is_gone(make_site: Callable[..., SmallSite]) -> None:
    """The loss of half of the articles stops publishing; that of a single one does not."""
    site = make_site()
    for n in range(10):
        site.article(f"story-{n}")
    run(site, "nightly")
    (site.root / "content/story-0.md").unlink()
    assert run(site, "nightly")["outcome"] == "published"
    for n in range(1, 6):
        (site.root / f"content/story-{n}.md").unlink()
    stopped(site, "guard-loss")
    assert run(site, "nightly", "--set", "guards.loss=60")["outcome"] == "published"


def test_an_empty_front_page(site: SmallSite) -> None:
    """A front page without a story is not published, not even in the first edition."""
    built(site)
    site.write("templates/home.html", "<p>Nothing</p>")
    night = run(site, "nightly", code=5)
    assert "guard-front-page" in codes(night)
    assert not (site.root / "editions/current").exists()
    assert run(site, "publish", "--force")["published"]


def test_feeds_that_cannot_be_read(site: SmallSite) -> None:
    """A feed, a sitemap or a manifest that cannot be parsed stops publishing."""
    run(site, "nightly")
    site.write("templates/feed.xml", "<rss><p></rss>")
    site.write("templates/feed.json", "{")
    site.write("static/data.xml", "no XML")
    before = live(site)
    assert run(site, "nightly", code=5)["problems"][0]["code"] == "guard-unreadable"
    assert live(site) == before


def test_a_broken_link(site: SmallSite) -> None:
    """A broken link stops publishing, in a changed page or to a removed page; one that is already
    live does not.
    """
    site.article("three", body="[see](/news/two/)")
    site.article("four", body="Nothing here")
    run(site, "nightly")
    site.article("four", body="[see](/news/nobody/)")
    stopped(site, "guard-links")
    built(site)
    run(site, "publish", "--force")
    site.article("five")
    assert run(site, "nightly")["outcome"] == "published"
    (site.root / "content/two.md").unlink()
    stopped(site, "guard-links")
    assert run(site, "nightly", "--set", "check.allow=[broken-link]")["outcome"] == "published"


def test_too_many_errors(site: SmallSite) -> None:
    """More articles with errors than allowed stop publishing; fewer are reported and left out."""
    site.write("content/broken.md", "---\ntitle: [\n---\n")
    night = run(site, "nightly", "--set", "guards.errors=1")
    assert (night["outcome"], night["problems"][0]["file"], night["problems"][0]["line"]) == (
        "published",
        "content/broken.md",
        3,
    )
    site.write("content/broken-too.md", "---\ntitle: [\n---\n")
    site.article("three")
    night = run(site, "nightly", "--set", "guards.errors=1", code=5)
    assert "guard-errors" in codes(night)


LEAKS = {
    "title": "The mayor&#39;s very secret &amp; private plan",
    "body": "Nobody may read this sentence yet.",
    "secured": f"<i class='{SECRET[:32]}'></i>",
}


@pytest.mark.parametrize("what", LEAKS)
def test_what_must_not_be_seen(site: SmallSite, what: str) -> None:
    """A title or a text of a withheld article, or a value of secured, stops publishing in any file;
    the text itself is not printed.
    """
    hidden = {"title": "The mayor's very secret & private plan", "secured": SECRET}
    site.article("plan", "Nobody may read this sentence yet.\n", draft=True, **hidden)
    assert run(site, "nightly")["outcome"] == "published"
    site.write(
        "templates/home.html",
        (
            '{% extends "theme/home.html" %}{% block main %}{{ super() '
            f"}}}}<b>{LEAKS[what]}</b>{{% endblock %}}"
        ),
    )
    before = live(site)
    done = site.run("nightly")
    assert done.returncode == 5
    assert "guard-leak" in done.stderr
    assert "content/plan.md" in done.stderr
    assert live(site) == before
    reports = b"".join(path.read_bytes() for path in (site.root / "editions/reports").iterdir())
    for told in (done.stderr, done.stdout, reports.decode()):
        assert "secret &" not in told
        assert "Nobody may read" not in told
        assert SECRET[:32] not in told


def test_the_index_of_the_search_is_read(site: SmallSite) -> None:
    """A secret text in a file of the search index is found there."""
    site.article("three", title="Tide gates hold through the night")
    site.build()
    secret = Secret(frozenset(["content/plan.md"]), secured=True)
    shards = [path for path in site.tree() if path.startswith("search/") and path.count("/") > 1]
    found = search(site.root / "site", shards, {b"Tide gates hold": secret}, 1)
    assert [leak.path for leak in found] == ["search/2026/c0.json"]


def test_what_others_say_too(site: SmallSite) -> None:
    """A text of a withheld article that a visible one has or quotes is not secret."""
    site.article("draft", title="Tide gates hold through the night", draft=True)
    site.article("three", title="Comment: Tide gates hold through the night, and why")
    assert run(site, "nightly")["outcome"] == "published"


@given(
    st.lists(
        st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=16, max_size=60),
        min_size=1,
        max_size=3,
    )
)
def test_secured_is_found_however_it_is_written(words: list[str]) -> None:
    """Plain, quoted, folded over lines, as a list or a mapping: every word of secured is found, and
    none of other fields.
    """
    other = (
        "---\ntitle: SomethingThatIsLongEnoughToo\n{}\nexcerpt: AnotherThingThatIsLongEnough\n---\n"
    )
    indented = "\n  ".join(words)
    for form in (
        f'secured: "{";".join(words)}"',
        f"secured: >\n  {indented}",
        f"'secured':\r\n  {indented}",
        f"secured: [{', '.join(words)}]",
    ):
        assert secured_words(other.format(form).encode()) == {word.encode() for word in words}


def test_a_disk_that_will_not_hold_it(site: SmallSite) -> None:
    """Publishing does not start without enough free space."""
    from newsgen.publish.editions import Store
    from newsgen.publish.guards import space

    assert [problem.code for problem in space(Store(site.root / "editions"), 10**18)] == [
        "guard-space"
    ]
    assert space(Store(site.root / "editions"), 1) == []


def test_publish_has_guards_too(site: SmallSite) -> None:
    """`newsgen publish` alone runs the cheap guards, with hints."""
    published(site)
    site.write("templates/home.html", "<p>Nothing</p>")
    built(site)
    done = site.run("publish")
    assert done.returncode == 5
    assert "the front page links to no article [guard-front-page]" in done.stderr
    assert "not published; the live edition is still" in done.stderr


@pytest.mark.corpus
def test_real_articles(make_site: Callable[..., SmallSite]) -> None:
    """Any real article may be withheld: none of its text is left on the site, and text that others
    have too stops nothing.
    """
    site = make_site(nightly={"fetch": False})
    shutil.copytree(CORPUS / "powerapps/_news", site.root / "content")
    run(site, "nightly")
    visible = [
        file
        for file in sorted((site.root / "content").iterdir())
        if b"published: false" not in file.read_bytes()
    ]
    for file in random.Random(3).sample(visible, 40):
        file.write_bytes(file.read_bytes().replace(b"\ntitle:", b"\ndraft: true\ntitle:", 1))
    night = run(site, "nightly")
    assert night["outcome"] == "published"
    assert len(night["difference"]["gone"]) == 40
