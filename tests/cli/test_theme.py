"""newsgen theme: which templates a site replaces, copying one out, what became of the original."""

from __future__ import annotations

import json

from newsgen import digest, theme
from newsgen.config import load_config
from support import SmallSite


def states(site: SmallSite) -> dict[str, str]:
    return {one.name: one.state for one in theme.list_templates(load_config(site.root))}


def test_list_tells_whose_each_template_is(site: SmallSite) -> None:
    """The theme's, the site's own, and the site's in the place of the theme's."""
    site.write("templates/404.html", "Nothing")
    site.write("templates/parts/mine.html", "Mine")
    found = states(site)
    assert (found["404.html"], found["parts/mine.html"], found["base.html"]) == ("replaced", "own", "theme")
    done = site.run("theme", "list", "--json")
    listed = json.loads(done.stdout)
    assert {one["name"]: one["state"] for one in listed} == found
    assert "templates/404.html" in site.run("theme", "list").stdout


def test_ejecting_changes_no_byte_of_the_site(site: SmallSite) -> None:
    """Each template of the theme, copied out, makes the same pages: the comment in its first line leaves no trace."""
    site.every_kind()
    site.build()
    before = site.tree()
    for name in [name for name, state in states(site).items() if state == "theme"]:
        theme.eject(load_config(site.root), name)
    assert set(states(site).values()) == {"replaced"}
    assert site.build().problems == ()
    assert site.tree() == before


def test_eject_writes_over_nothing(site: SmallSite) -> None:
    """A template that the site has stays, and a name that the theme does not have is an error with a suggestion."""
    file = site.write("templates/404.html", "Mine")
    done = site.run("theme", "eject", "404.html")
    assert (done.returncode, file.read_text()) == (2, "Mine")
    assert "template-exists" in done.stderr
    assert "did you mean article.html?" in site.run("theme", "eject", "artcle.html").stderr
    assert site.run("theme", "eject", "../newsgen.yaml").returncode == 2
    assert site.run("theme", "eject").returncode == 2


def test_diff_shows_what_the_site_changed(site: SmallSite) -> None:
    """Nothing of a fresh copy, then the changed lines; without a name, of all that the site replaces."""
    assert site.run("theme", "eject", "404.html").returncode == 0
    assert site.run("theme", "diff", "404.html").stdout == ""
    file = site.root / "templates/404.html"
    file.write_text(file.read_text().replace("<header", "<header id='mine'"))
    one, everything = site.run("theme", "diff", "404.html"), site.run("theme", "diff")
    assert one.stdout == everything.stdout
    assert "\n-<header" in one.stdout
    assert "\n+<header id='mine'" in one.stdout


def test_a_changed_original_is_told(site: SmallSite) -> None:
    """A copy of what the theme was before an upgrade is told apart from one of what it is, and the diff has the new lines."""
    for name in ("404.html", "base.html"):
        theme.eject(load_config(site.root), name)
    file = site.root / "templates/404.html"
    stamp, _, text = file.read_text().partition("\n")
    before = "{% extends 'base.html' %}\n"
    file.write_text(stamp.replace(stamp.split()[-2], digest.of_text(before).hex()) + "\n" + before)
    found = states(site)
    assert (found["404.html"], found["base.html"]) == ("replaced, the original has changed", "replaced")
    changed = theme.diff(load_config(site.root), "404.html")
    assert all("-" + line in changed for line in text.splitlines(keepends=True)[1:])
