"""newsgen init: a site that builds at once, in an empty folder only."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from newsgen.inspect.origin import UNKNOWN, requirement, requirement_of
from support import newsgen


def test_a_new_site_builds_at_once(tmp_path: Path) -> None:
    """In an empty folder, also one with `.git`, `init` creates a site whose strict build has no
    problem and shows its first files.
    """
    (tmp_path / "my-wire/.git").mkdir(parents=True)
    done = newsgen(
        "init",
        "my-wire",
        "--title",
        'The "Wire": #1',
        "--url",
        "https://wire.example/azure",
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("now run `newsgen --root my-wire build`\n")
    assert all((tmp_path / line).is_file() for line in done.stdout.splitlines())
    built = newsgen("--root", "my-wire", "build", "--strict", cwd=tmp_path)
    assert built.returncode == 0, built.stderr
    assert "1 article," in built.stderr
    assert "0 problems" in built.stderr
    home = (tmp_path / "my-wire/site/index.html").read_text("utf-8")
    assert "<title>The &#34;Wire&#34;: #1" in home
    assert 'href="/azure/about/"' in home
    assert newsgen("--root", "my-wire", "status", cwd=tmp_path).returncode == 0


def test_the_folder_names_the_site(tmp_path: Path) -> None:
    """Without options the site has the folder's name; without a folder, the root is used."""
    (tmp_path / "harbour_wire").mkdir()
    assert newsgen("init", cwd=tmp_path / "harbour_wire").returncode == 0
    assert (
        yaml.safe_load((tmp_path / "harbour_wire/newsgen.yaml").read_text())["title"]
        == "Harbour Wire"
    )
    document = json.loads(newsgen("--root", "two", "init", "--json", cwd=tmp_path).stdout)
    assert document["folder"] == "two"
    assert {"newsgen.yaml", ".github/workflows/site.yml", ".gitignore"} <= set(document["files"])


def test_an_editor_checks_front_matter(tmp_path: Path) -> None:
    """The settings for VS Code name existing schemas, which the article and the page of the site
    satisfy.
    """
    assert newsgen("init", "a", cwd=tmp_path).returncode == 0
    root = tmp_path / "a"
    schemas = json.loads((root / ".vscode/settings.json").read_text())["yaml.schemas"]
    (article,), (page,) = (root.glob("content/*.md"), root.glob("content/pages/*.md"))
    assert [*schemas.values()] == [
        ["content/**/*.md", "!content/pages/**", "!content/**/_index.md"],
        "content/pages/**",
        ["content/**/_index.md", "!content/pages/**"],
    ]
    for schema, file in zip(list(schemas)[:2], (article, page), strict=True):
        front = yaml.load(file.read_text().split("---")[1], yaml.BaseLoader)
        jsonschema.validate(front, json.loads((root / schema).read_text()))


@pytest.mark.parametrize("there", ["file", ".hidden", "content/a.md"])
def test_a_folder_that_holds_something_is_refused(tmp_path: Path, there: str) -> None:
    """In a folder with any content, nothing changes: exit code 2."""
    file = tmp_path / "mine" / there
    file.parent.mkdir(parents=True)
    file.write_text("mine")
    done = newsgen("init", "mine", cwd=tmp_path)
    assert done.returncode == 2
    assert "not-empty" in done.stderr
    assert [path for path in (tmp_path / "mine").rglob("*") if path.is_file()] == [file]
    assert file.read_text() == "mine"


def test_what_cannot_be_begun(tmp_path: Path) -> None:
    """An invalid address, a file in the folder's place, and a folder that cannot be made give a
    message, and nothing is written.
    """
    (tmp_path / "file").write_text("mine")
    for arguments, code in (
        (["a", "--url", "wire"], 2),
        (["file"], 2),
        (["file/below"], 3),
        (["a", "--title", " "], 2),
    ):
        done = newsgen("init", *arguments, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_workflow_is_pinned_and_needs_no_secret(tmp_path: Path) -> None:
    """Each action is pinned by its commit and newsgen by its origin; permissions are few, and no
    secret is needed.
    """
    done = newsgen("init", "a", cwd=tmp_path)
    text = (tmp_path / "a/.github/workflows/site.yml").read_text()
    workflow = yaml.safe_load(text)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(
        re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", step["uses"])
        for step in steps
        if "uses" in step
    )
    assert "secrets" not in text
    assert workflow["permissions"] == {"contents": "read"}
    written = (tmp_path / "a/requirements.txt").read_text()
    assert written == requirement()
    assert (written == UNKNOWN) == ("address in requirements.txt" in done.stderr)
    assert (tmp_path / "a/.gitignore").read_text() == "/site/\n/.newsgen/\n/.content/\n/editions/\n"


ORIGINS = {
    "newsgen @ git+https://git.example/newsgen@0123abc\n": {
        "url": "https://git.example/newsgen",
        "vcs_info": {"vcs": "git", "requested_revision": "v1", "commit_id": "0123abc"},
    },
    "newsgen @ git+https://git.example/all@0123abc#subdirectory=newsgen\n": {
        "url": "https://git.example/all",
        "vcs_info": {"vcs": "git", "commit_id": "0123abc"},
        "subdirectory": "newsgen",
    },
    "newsgen @ https://files.example/newsgen-1-py3-none-any.whl\n": {
        "url": "https://files.example/newsgen-1-py3-none-any.whl",
        "archive_info": {},
    },
}


@pytest.mark.parametrize("expected", ORIGINS)
def test_where_newsgen_came_from(expected: str) -> None:
    """A requirement names the address, and the commit, from which newsgen was installed."""
    assert requirement_of(ORIGINS[expected]) == expected


@pytest.mark.parametrize(
    "noted",
    [
        {"url": "file:///home/a/newsgen", "dir_info": {"editable": True}},
        {"url": "file:///a/newsgen.whl"},
    ],
)
def test_a_folder_of_this_machine_is_no_origin(noted: dict[str, Any]) -> None:
    """An origin that no other machine has is not named: the file says what to enter."""
    assert requirement_of(noted) == UNKNOWN
