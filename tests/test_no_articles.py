"""A content folder without articles: every command reports it, and existing output stays."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from newsgen.core.problems import UserError
from preview.serving import running
from support import SmallSite

STRANGE = "---\ntitle: Tide {}\nwhen: 2026-01-0{}\nlayout: post\n---\nWords.\n"


def said(site: SmallSite) -> tuple[str, str, str]:
    """Return the code, message and hint of the problem that stops a build."""
    with pytest.raises(UserError) as caught:
        site.build()
    assert caught.value.exit_code == 3
    problem = caught.value.problem
    return problem.code, problem.message, problem.hint


@pytest.fixture
def empty(tmp_path: Path) -> SmallSite:
    """Return a site without a content folder."""
    return SmallSite(tmp_path / "nothing")


def test_a_folder_that_is_not_there(empty: SmallSite) -> None:
    """The problem names the folder as in the settings, and suggests a folder with a similar
    name."""
    assert said(empty) == (
        "no-content",
        "the content folder content does not exist",
        "the setting `content` names the folder",
    )
    empty.write("contents/a.md", STRANGE)
    assert said(empty)[2] == "did you mean contents?"


def test_an_empty_folder_is_a_new_site(empty: SmallSite) -> None:
    """An empty folder is built, with a warning that says how to begin.

    A folder with only plain pages is built without a warning.
    """
    empty.write("content/.gitkeep", "")
    result = empty.build()
    assert [(problem.severity, problem.code) for problem in result.problems] == [
        ("warning", "empty-content")
    ]
    assert "There are no stories yet." in empty.page("/")
    empty.page_file("about")
    assert empty.build().problems == ()


def test_a_folder_of_links_alone(empty: SmallSite) -> None:
    """Links that are not followed are not articles, and the error says so."""
    empty.write("elsewhere/a.md", STRANGE)
    empty.write("content/.gitkeep", "")
    (empty.root / "content/linked").symlink_to("../elsewhere")
    assert said(empty)[:2] == (
        "no-articles",
        "no file in content becomes an article: linked is a link to a place outside the folder; "
        "it is ignored",
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {f"a{i}.md": STRANGE.format(i, i) for i in range(1, 4)},
            "3 files have no `publishedDateTime`; they have `when`",
        ),
        ({"a.md": STRANGE.format(1, 1)}, "1 file has no `publishedDateTime`; it has `when`"),
        (
            {"a.md": "---\ntitle: A\nlayout: post\n---\n"},
            "1 file has no `publishedDateTime`; it has `layout`",
        ),
        ({"a.md": "---\ntitle: A\n---\n"}, "1 file has no `publishedDateTime`"),
        (
            {
                f"{i}.md": f"---\ntitle:\nheading: {i}\npublishedDateTime: 2026-01-01\n---\n"
                for i in range(2)
            },
            "2 files have no `title`; they have `heading`",
        ),
        (
            {"a.md": "%%%\ntitle = A\n%%%\n", "b.md": "%%%\ntitle = B\n%%%\n"},
            "2 files: the file has no front matter; it is ignored (first line `%%%`)",
        ),
        (
            {"a.md": STRANGE.format(1, 1), "b.md": STRANGE.format(1, 1), "c.md": ""},
            "2 files have no `publishedDateTime`; they have `when`; 1 file: ",
        ),
        ({"a.mdx": "x", "b.mdx": "x", "c.rst": "x"}, "it holds 2 files `.mdx`, 1 file `.rst`"),
        (
            {"a.md": "secured: c2VjcmV0\n"},
            "1 file: the file has no front matter; it is ignored",
        ),
    ],
)
def test_what_the_files_have_in_common(
    empty: SmallSite, files: dict[str, str], message: str
) -> None:
    """The problem lists the most common reasons with their numbers of files.

    It also lists the fields found in place of the missing ones.
    """
    for name, text in files.items():
        empty.write(f"content/{name}", text)
    code, told, _ = said(empty)
    assert (code, told.startswith(f"no file in content becomes an article: {message}")) == (
        "no-articles",
        True,
    ), told
    assert "c2VjcmV0" not in told


def test_one_article_is_enough(empty: SmallSite) -> None:
    """A withheld article counts as an article, so the others are only left out."""
    empty.write("content/a.md", STRANGE.format(1, 1))
    empty.article("draft", draft=True)
    result = empty.build()
    assert (result.articles, "missing-date" in {problem.code for problem in result.problems}) == (
        0,
        True,
    )


@pytest.mark.parametrize("what", ["gone", "strange"])
def test_every_command_stops_and_what_was_there_stays(site: SmallSite, what: str) -> None:
    """Commands exit with 3 and the reason, whether the folder is gone or its articles are.

    These are build, build --dry-run, check, nightly and publish. The site and the live edition
    stay. With the articles back, the build equals a clean one.
    """
    clock = ("--as-of", "2026-01-31T12:00")
    site.settings(guards={"loss": 100}, nightly={"fetch": False})
    site.build()
    before = site.tree()
    content, aside = site.root / "content", site.root / "aside"
    content.rename(aside)
    if what == "strange":
        site.write("content/a.md", STRANGE.format(1, 1))
    code = "no-content" if what == "gone" else "no-articles"
    for arguments in (
        ("build", *clock),
        ("build", "--dry-run"),
        ("check",),
        ("nightly",),
        ("publish",),
    ):
        done = site.run(*arguments)
        assert (done.returncode, f"[{code}]" in done.stderr + done.stdout) == (3, True), arguments
        assert "Traceback" not in done.stderr
    assert site.tree() == before
    assert not (site.root / "editions/current").exists()
    shutil.rmtree(content, ignore_errors=True)
    aside.rename(content)
    site.build()
    assert site.tree() == before


def test_the_preview_shows_it_and_stays(empty: SmallSite) -> None:
    """A preview starts without articles, shows why on its pages, and shows the first article
    added."""
    empty.write("content/a.md", STRANGE.format(1, 1))
    with running(empty) as preview:
        assert "There are no stories yet." in preview.get("/").page
        assert "no-articles" in {problem.code for problem in preview.preview.errors(None)}
        assert preview.preview.errors(preview.preview.page("/"))[0].message.endswith(
            "1 file has no `publishedDateTime`; it has `when`"
        )
        empty.article("one")
        preview.until("/news/one/", lambda answer: answer.status == 200)
        assert preview.preview.errors(preview.preview.page("/")) == []


@pytest.mark.parametrize(
    ("settings", "key", "hint"),
    [
        ({"theme": {"logo": "/Logo.svg"}}, "theme.logo", "did you mean logo.svg?"),
        (
            {"theme": {"logo": "/img/mark.png?v=2"}},
            "theme.logo",
            "write its path below that folder",
        ),
        (
            {"theme": {"fonts": [{"family": "A", "file": "/fonts/b.woff2"}]}},
            "theme.fonts[0].file",
            "did you mean fonts/a.woff2?",
        ),
        ({"icon": "logo.png"}, "icon", "did you mean logo.svg?"),
    ],
)
def test_files_that_settings_name_must_be_there(
    site: SmallSite, settings: dict[str, object], key: str, hint: str
) -> None:
    """A missing logo, font or icon is a warning at its line, with the name that was probably
    meant."""
    site.settings(**settings)
    site.write("static/logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    site.write("static/fonts/a.woff2", "font")
    (problem,) = site.build().problems
    code = "missing-icon" if key == "icon" else "missing-file"
    assert (problem.severity, problem.code, problem.field, problem.hint) == (
        "warning",
        code,
        f"$.{key}",
        hint,
    )
    assert problem.file == "newsgen.yaml"
    assert f"the setting {key} names " in problem.message


def test_files_that_settings_name_and_are_there(site: SmallSite) -> None:
    """An encoded name, a name with a query, and an icon that newsgen draws itself are found."""
    site.write("static/a logo.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    for logo in ("/a%20logo.svg", "/a%20logo.svg?v=2", "/icons/512.png"):
        site.settings(theme={"logo": logo})
        assert site.build().problems == (), logo
