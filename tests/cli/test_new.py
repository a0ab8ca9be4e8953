"""newsgen new: it creates a file in its place that the build reads, and never overwrites one."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsgen.content.loader import Loaded, Options, load_article
from newsgen.core.model import Article
from support import PATIENCE, SmallSite, command, newsgen

MakeSite = Callable[..., SmallSite]
TITLES = [
    "Tide gates hold",
    "NO",
    "DM: Diablo Immortal # 'quoted' \"twice\" \\",
    "* a\n* b",
    "{{ page }} {% if %}",
    "2026",
    "海岸 🌊 عاجل",
    "null",
]


def begun(site: SmallSite, *arguments: str) -> Path:
    """Return the file that `newsgen new` prints."""
    done = site.run("new", *arguments)
    assert done.returncode == 0, done.stderr
    return site.root / done.stdout.removesuffix("\n")


def read(file: Path) -> Loaded[Article]:
    return load_article(file.read_bytes(), Options("UTC", "commonmark", ()))


@pytest.mark.parametrize("title", TITLES)
def test_a_new_article_says_what_was_typed(site: SmallSite, title: str) -> None:
    """Any title can be read back from the file without a problem, with the current time."""
    before = datetime.now(UTC).replace(second=0, microsecond=0)
    article, problems = read(begun(site, title, "--topic", "Ports: a #1 topic"))
    assert article
    assert problems == []
    assert article.title == " ".join(title.split())
    assert article.topics == ("Ports: a #1 topic",)
    assert before <= article.time <= datetime.now(UTC)


def test_it_is_named_by_day_and_slug(make_site: MakeSite) -> None:
    """The file is named by the day in the site's zone and the slug, in the folder of its category,
    with the local time in it.
    """
    site = make_site(timezone="Asia/Tokyo")
    file = begun(
        site,
        "Über alles!",
        "--date",
        "2026-01-31T20:00:00Z",
        "--category",
        "Opinion & more",
        "--draft",
    )
    assert file == site.root / "content/opinion-more/2026-02-01-uber-alles.md"
    assert "publishedDateTime: 2026-02-01T05:00:00+09:00\n" in file.read_text()
    article = read(file).record
    assert article
    assert (article.category, article.draft) == ("Opinion & more", True)
    assert begun(site, "Later", "--date", "2026-02-01").name == "2026-02-01-later.md"
    assert begun(site, "Odd", "--category", "pages").parent == site.root / "content"


def test_a_permalink_with_a_day_needs_none_in_the_name(make_site: MakeSite) -> None:
    """If the permalink has both day and stem, the file's name is the slug, and the page has the
    expected address.
    """
    site = make_site(permalinks={"article": "/{year}/{month}/{day}/{stem}/"})
    assert begun(site, "Tide gates hold", "--date", "2026-01-30").name == "tide-gates-hold.md"
    site.build()
    assert "Tide gates hold" in site.page("/2026/01/30/tide-gates-hold/")
    slugged = make_site(permalinks={"article": "/{year}/{slug}/"})
    assert (
        begun(slugged, "Tide gates hold", "--date", "2026-01-30").name
        == "2026-01-30-tide-gates-hold.md"
    )


def test_a_file_that_is_there_stays(site: SmallSite) -> None:
    """The same title on the same day, and an existing plain page, are refused with 2, and neither
    file changes.
    """
    file = begun(site, "Twice", "--date", "2026-01-30")
    file.write_text("mine")
    about = site.page_file("about")
    before = about.read_bytes()
    for arguments in (["Twice", "--date", "2026-01-30"], ["About", "--page"]):
        done = site.run("new", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "file-exists" in done.stderr
    assert (file.read_text(), about.read_bytes()) == ("mine", before)


def test_a_plain_page(site: SmallSite) -> None:
    """--page creates a plain page that the build shows; it excludes topics, a category and a
    date.
    """
    assert begun(site, "Über uns", "--page") == site.root / "content/pages/uber-uns.md"
    assert site.build().problems == ()
    assert "Über uns" in site.page("/uber-uns/")
    for option in ("--topic", "--category", "--date"):
        assert site.run("new", "X", "--page", option, "2026-01-01").returncode == 2


def test_topics_are_spelled_as_the_site_does(site: SmallSite) -> None:
    """A topic gets the site's spelling, also for another case, other accents or another name; a new
    topic is reported.
    """
    site.write("_data/topics/01-energie.yaml", "name: Énergie\notherNames: [Power]\n")
    words = ["ai", "energie", "AI", "power", "Chips"]
    done = site.run("new", "Story", *[part for word in words for part in ("--topic", word)])
    assert "topics: [AI, Énergie, Chips]\n" in (site.root / done.stdout.strip()).read_text()
    assert done.stderr == "new topic: Chips\n"


def test_on_a_terminal_it_asks_for_topics(site: SmallSite) -> None:
    """Without --topic, the topics are listed and chosen by number or name; an empty answer means
    none.
    """
    site.article("three", topics=["Climate"])
    for typed, topics in (("2, ai, Ports\n", "[Climate, AI, Ports]"), ("\n", "[]")):
        ours, theirs = pty.openpty()
        arguments = command("new", f"Typed {len(typed)}")
        with subprocess.Popen(
            arguments, cwd=site.root, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True
        ) as run:
            os.close(theirs)
            said = b""
            try:
                while b"comma-separated" not in said:
                    assert select.select([ours], [], [], PATIENCE)[0], said
                    said += os.read(ours, 4096)
                os.write(ours, typed.encode())
                assert run.stdout
                file = run.stdout.read().strip()
            finally:
                run.kill()  # so a failed test does not wait for ever
        os.close(ours)
        assert b"   1 AI" in said
        assert b"   2 Climate" in said
        assert f"topics: {topics}\n" in (site.root / file).read_text()


def test_edit_opens_the_editor(site: SmallSite) -> None:
    """--edit runs the editor of the environment on the file; if it fails, the file stays and is
    named.
    """
    editor = site.write("editor.sh", '#!/bin/sh\necho "written here" >> "$1"\n')
    editor.chmod(0o755)
    done = newsgen("new", "Edited", "--edit", cwd=site.root, env={"VISUAL": str(editor)})
    assert (site.root / done.stdout.strip()).read_text().endswith("---\n\nwritten here\n")
    done = newsgen("new", "Not edited", "--edit", cwd=site.root, env={"VISUAL": "false"})
    assert done.returncode == 2
    assert "editor-failed" in done.stderr
    assert (site.root / done.stdout.strip()).is_file()


def test_json_names_the_file(site: SmallSite) -> None:
    """--json prints one document with the file's name, or with the problem."""
    document = json.loads(
        site.run("new", "Tide gates hold", "--date", "2026-01-30", "--json").stdout
    )
    assert document == {"file": "content/2026-01-30-tide-gates-hold.md"}
    again = site.run("new", "Tide gates hold", "--date", "2026-01-30", "--json")
    assert (again.returncode, json.loads(again.stdout)["problems"][0]["code"]) == (2, "file-exists")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([""], "the title is empty"),
        (["\u200b \t"], "the title is empty"),
        (["X", "--date", "teatime"], "--date teatime: is not a date"),
        ([], "TITLE"),
    ],
)
def test_what_is_no_article(site: SmallSite, arguments: list[str], words: str) -> None:
    """Without a title, or with an invalid date, nothing is written: exit code 2."""
    before = set(site.root.rglob("*.md"))
    done = site.run("new", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert set(site.root.rglob("*.md")) == before


def test_a_title_of_bytes_that_are_no_text(site: SmallSite) -> None:
    """A title that is not UTF-8 is an invalid argument."""
    done = subprocess.run(
        [*map(os.fsencode, command("new")), b"Caf\xe9"],
        cwd=site.root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "Error: b'Caf\\xe9' is not UTF-8" in done.stderr


def test_a_content_folder_that_cannot_be_written(site: SmallSite) -> None:
    """If a folder cannot be created, the command ends with 3 and names it."""
    site.write("content/features", "a file")
    done = site.run("new", "X", "--category", "features")
    assert done.returncode == 3
    assert "content/features" in done.stderr
