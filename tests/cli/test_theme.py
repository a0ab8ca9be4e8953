"""newsgen theme: list the templates that a site replaces, copy one, and report a changed
original.
"""

from __future__ import annotations

import json
import re

from newsgen.config.settings import load_config
from newsgen.core import digest
from newsgen.inspect import theme
from newsgen.store.fingerprint import theme_folder
from support import SmallSite


def states(site: SmallSite) -> dict[str, str]:
    return {one.name: one.state for one in theme.list_templates(load_config(site.root))}


def test_list_tells_whose_each_template_is(site: SmallSite) -> None:
    """The list distinguishes the theme's templates, the site's own, and those that replace the
    theme's.
    """
    site.write("templates/404.html", "Nothing")
    site.write("templates/parts/mine.html", "Mine")
    found = states(site)
    assert (found["404.html"], found["parts/mine.html"], found["base.html"]) == (
        "replaced",
        "own",
        "theme",
    )
    done = site.run("theme", "list", "--json")
    listed = json.loads(done.stdout)
    assert {one["name"]: one["state"] for one in listed} == found
    assert "templates/404.html" in site.run("theme", "list").stdout


def test_ejecting_changes_no_byte_of_the_site(site: SmallSite) -> None:
    """A copy of each template of the theme gives the same pages: the comment in its first line does
    not show.
    """
    site.every_kind()
    site.build()
    before = site.tree()
    for name in [name for name, state in states(site).items() if state == "theme"]:
        theme.eject(load_config(site.root), name)
    assert set(states(site).values()) == {"replaced"}
    assert site.build().problems == ()
    assert site.tree() == before


def test_eject_writes_over_nothing(site: SmallSite) -> None:
    """An existing template of the site stays, and an unknown name is an error with a suggestion."""
    file = site.write("templates/404.html", "Mine")
    done = site.run("theme", "eject", "404.html")
    assert (done.returncode, file.read_text()) == (2, "Mine")
    assert "template-exists" in done.stderr
    assert "did you mean article.html?" in site.run("theme", "eject", "artcle.html").stderr
    assert site.run("theme", "eject", "../newsgen.yaml").returncode == 2
    assert site.run("theme", "eject").returncode == 2


def test_diff_shows_what_the_site_changed(site: SmallSite) -> None:
    """The diff of a fresh copy is empty, that of an edited one has the changed lines; without a
    name, all replaced templates are compared.
    """
    assert site.run("theme", "eject", "404.html").returncode == 0
    assert site.run("theme", "diff", "404.html").stdout == ""
    file = site.root / "templates/404.html"
    file.write_text(file.read_text().replace("<header", "<header id='mine'"))
    one, everything = site.run("theme", "diff", "404.html"), site.run("theme", "diff")
    assert one.stdout == everything.stdout
    assert "\n-<header" in one.stdout
    assert "\n+<header id='mine'" in one.stdout


def test_a_changed_original_is_told(site: SmallSite) -> None:
    """A copy from before an upgrade of the theme is reported as such, and the diff has the new
    lines.
    """
    for name in ("404.html", "base.html"):
        theme.eject(load_config(site.root), name)
    file = site.root / "templates/404.html"
    stamp, _, text = file.read_text().partition("\n")
    before = "{% extends 'base.html' %}\n"
    file.write_text(stamp.replace(stamp.split()[-2], digest.of_text(before).hex()) + "\n" + before)
    found = states(site)
    assert (found["404.html"], found["base.html"]) == (
        "replaced, the original has changed",
        "replaced",
    )
    changed = theme.diff(load_config(site.root), "404.html")
    assert all("-" + line in changed for line in text.splitlines(keepends=True)[1:])


def changes(said: str) -> list[str]:
    """Return the lines that a diff removes and adds, without its headers."""
    return [
        line
        for line in said.splitlines()
        if line[:1] in "+-" and not line.startswith(("+++", "---"))
    ]


def test_diff_of_a_block_shows_that_block(site: SmallSite) -> None:
    """A template that extends the one it replaces is compared block by block with the theme's
    template that has the block, at its line there, with `super()` expanded.
    """
    site.write(
        "templates/article.html",
        '{% extends "theme/article.html" %}\n{# Ours. #}\n{% block comments %}\n<div '
        'id="talk"></div>\n{% endblock %}\n'
        "{% block footer %}\n{{ super() }}\n<p>Ours.</p>\n{% endblock %}\n",
    )
    said = theme.diff(load_config(site.root), "article.html")
    assert changes(said) == [
        "-{% block comments %}{% endblock %}",
        "+{% block comments %}",
        '+<div id="talk"></div>',
        "+{% endblock %}",
        "+<p>Ours.</p>",
    ]
    heads = [line for line in said.splitlines() if line.startswith(("---", "+++"))]
    assert [head.rpartition("/")[2] for head in heads] == [
        "article.html",
        "article.html (block comments)",
        "base.html",
        "article.html (block footer)",
    ]
    original = (theme_folder("templates") / "article.html").read_text().splitlines()
    place = re.search(r"^@@ -(\d+),", said, re.M)
    assert place
    assert original[int(place[1]) + 2] == "{% block comments %}{% endblock %}"


def test_diff_of_an_override_shows_all_that_it_changes(site: SmallSite) -> None:
    """The diff shows the site's own imports and macros, new blocks, and nested blocks, but nothing
    that is equal.
    """
    original = (theme_folder("templates") / "home.html").read_text()
    same = (
        "{% block strips %}"
        + original.partition("{% block strips %}")[2].partition("{% endblock %}")[0]
        + "{% endblock %}"
    )
    site.write(
        "templates/home.html",
        '{% extends "theme/home.html" %}\n{% from "lead.html" import facts, headline, lead '
        "%}\n{% macro mine() %}x{% endmacro %}\n"
        f"{{% block rale %}}<p>Mine</p>{{% endblock %}}\n{same}\n{{# {{% block rail %}}{{% "
        "endblock %} #}\n",
    )
    said = theme.diff(load_config(site.root), "home.html")
    assert changes(said) == [
        "+{% block rale %}<p>Mine</p>{% endblock %}",
        "+{% macro mine() %}x{% endmacro %}",
    ]
    assert "--- no block rale" in said


def test_diff_of_words_shows_words(site: SmallSite) -> None:
    """A file of words is compared word by word: only words that differ are shown, in any YAML
    style.
    """
    site.write(
        "templates/words/de.yaml",
        (
            'latest: Neu\nhome: Start\nstories: {one: "{n} Bericht", other: "{n} '
            'Berichte"}\nmine: Eigenes\n'
        ),
    )
    said = changes(theme.diff(load_config(site.root), "words/de.yaml"))
    assert "+latest: Neu" in said
    assert "+mine: Eigenes" in said
    assert not [line for line in said if "home" in line]
    assert len(said) == 1 + 1 + 3 + 1 + 1  # latest, stories (three lines before), mine


def test_a_whole_template_is_compared_whole(site: SmallSite) -> None:
    """A template that does not extend the theme's replaces all of it, and the diff shows that."""
    site.write(
        "templates/404.html", '{% extends "base.html" %}\n{% block main %}Gone{% endblock %}\n'
    )
    assert "-{% block kind %}missing{% endblock %}" in changes(
        theme.diff(load_config(site.root), "404.html")
    )
