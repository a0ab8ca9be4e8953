"""Files in the static folder that are not published."""

from __future__ import annotations

import pytest

from newsgen.content.unpublished_files import refusal
from support import SmallSite

LEFT = [
    *(
        ".git",
        ".hg",
        ".svn",
        ".jj",
        "_darcs",
        "CVS",
        ".gitignore",
        ".gitattributes",
        ".gitmodules",
        "deep/lib/.git",
    ),
    *(
        "style.css~",
        ".style.css.swp",
        ".swo",
        "#style.css#",
        ".#style.css",
        "._style.css",
        "Thumbs.db",
        "desktop.ini",
        ".vscode",
        "a.orig",
    ),
    *(
        ".env",
        ".env.local",
        ".env-prod",
        "prod.env",
        ".envrc",
        ".ENV",
        ".npmrc",
        ".htpasswd",
        ".ssh",
        "id_rsa",
        ".bash_history",
        "_netrc",
    ),
    *("_media", "_MEDIA"),
]
COPIED = [
    *(
        ".well-known",
        ".well-known/security.txt",
        ".nojekyll",
        ".htaccess",
        ".domains",
        ".github",
        ".gitlab-ci.yml",
        "CNAME",
        "_headers",
    ),
    *(
        "style.css",
        "environment.html",
        "env",
        "a.env.html",
        "cvs",
        "git",
        "id_rsa.pub",
        "media",
        "news/_media",
        "#a.txt",
        ";b.txt",
        "~",
        "a~b",
    ),
    *("swap.swp.txt", "backup.html", "_netrc.html"),
]


@pytest.mark.parametrize("path", LEFT)
def test_what_is_not_copied(path: str) -> None:
    """Version control, leftovers, secrets, and the folder of image copies are not copied, at any
    depth and in any case.
    """
    found = refusal(path)
    assert found
    assert found[0] == ("route-conflict" if path.casefold() == "_media" else "not-copied")


@pytest.mark.parametrize("path", COPIED)
def test_what_is_copied(path: str) -> None:
    """Other hidden files, which hosts read, and names that are only similar are copied."""
    assert refusal(path) is None


def test_a_checkout_is_not_published(site: SmallSite) -> None:
    """Files of a checkout are not published and are reported once with their place; hidden files
    for hosts are.
    """
    for path in (
        ".git/config",
        ".git/objects/ab/cd",
        "lib/.git",
        ".env",
        "a.css~",
        "_media/x.html",
        ".well-known/a.txt",
        ".nojekyll",
        "a.css",
    ):
        site.write(f"static/{path}", path)
    result = site.build()
    assert sorted((problem.code, problem.file) for problem in result.problems) == [
        *[("not-copied", f"static/{name}") for name in (".env", ".git", "a.css~", "lib/.git")],
        ("route-conflict", "static/_media"),
    ]
    tree = site.tree()
    assert {".well-known/a.txt", ".nojekyll", "a.css"} <= tree.keys()
    assert not [
        path
        for path in tree
        if ".git" in path or ".env" in path or "~" in path or path.startswith("_media")
    ]
    site.write("static/.git/HEAD", "ref")
    assert len(site.build().problems) == 5
