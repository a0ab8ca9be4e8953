"""Git targets: the branch gets exactly the edition, with any git configuration."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from support import SmallSite, command

from .publishing import live

pytestmark = pytest.mark.needs("git")


def git(folder: Path, *arguments: str, **environment: str) -> bytes:
    names = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b",
    }
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", "-C", folder, *arguments],
        check=True,
        capture_output=True,
        env={**own, **names, **environment},
    )
    return done.stdout


def remote(folder: Path, *options: str) -> tuple[str, ...]:
    """Create an empty bare repository, and return the options of a command that sends to it."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--bare", *options)
    return "--target", f"git+{folder}#pages"


def sent(folder: Path) -> dict[str, bytes]:
    """Return the files of the branch, without newsgen's own."""
    names = git(folder, "ls-tree", "-r", "-z", "--name-only", "pages").decode().split("\0")
    return {
        name: git(folder, "cat-file", "blob", f"pages:{name}")
        for name in names
        if name not in ("", ".nojekyll", ".newsgen-manifest")
    }


def publish(site: SmallSite, *arguments: str, **environment: str) -> None:
    for words in (("build", "-q"), ("publish", "-q", *arguments)):
        done = site.run(*words, env=environment)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("linked", [False, True])
def test_a_hook_publishes_and_the_users_index_stays(
    site: SmallSite, tmp_path: Path, linked: bool
) -> None:
    """A hook of the site's own repository publishes, also in a linked worktree, and the index of
    that repository stays.
    """
    target = remote(tmp_path / "remote.git")
    site.write(".gitignore", "site/\neditions/\n.newsgen/\n")
    git(site.root, "init", "--quiet")
    words = " ".join(f"'{word}'" for word in command("build", "-q"))
    also = " ".join(f"'{word}'" for word in command("publish", "-q", *target))
    hook = site.write(
        ".git/hooks/post-commit",
        f"#!/bin/sh\n{words} && {also} || echo failed > {tmp_path}/failed\n",
    )
    git(site.root, "add", "-A")
    git(site.root, "commit", "-qm", "one", "--no-verify")
    folder = site.root
    hook.chmod(0o755)
    if linked:
        folder = tmp_path / "linked"
        git(site.root, "worktree", "add", "-q", str(folder), "-b", "linked")
    (folder / "content/one.md").write_bytes(site.article("one", "Other words.").read_bytes())
    git(folder, "commit", "-qam", "two")
    assert not (tmp_path / "failed").exists()
    assert b"Other words." in sent(tmp_path / "remote.git")["news/one/index.html"]
    assert git(folder, "status", "--porcelain") == b""
    assert "content/one.md" in git(folder, "ls-files").decode().split()
    assert not [name for name in git(folder, "ls-files").decode().split() if name.endswith(".html")]


def test_exact_bytes_and_no_hooks(site: SmallSite, tmp_path: Path) -> None:
    """No attributes, filters or line endings change a byte, and no hook runs, whether set by the
    user, a template of repositories, the site's files or the branch.
    """
    bare, home = tmp_path / "remote.git", tmp_path / "home"
    target = remote(bare)
    for folder in (home / "hooks", home / "template/hooks", home / "template/info"):
        folder.mkdir(parents=True)
    for hook in (
        home / "hooks/pre-push",
        home / "template/hooks/pre-push",
        home / "template/hooks/reference-transaction",
    ):
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)
    rules = "* text=auto eol=lf ident working-tree-encoding=UTF-16\n*.jpg filter=pointer\n"
    (home / "attributes").write_text(rules)
    (home / "template/info/attributes").write_text(rules)
    settings = f"attributesFile = {home}/attributes\nhooksPath = {home}/hooks\nautocrlf = input"
    (home / ".gitconfig").write_text(
        f'[core]\n{settings}\n[filter "pointer"]\nclean = echo pointer\nrequired = true\n'
    )
    site.write("static/lines.txt", "a\r\nb\r\n$Id$\n")
    site.write("static/photo.jpg", b"no picture")
    site.write("static/.gitattributes", rules)
    site.write('static/"quoted".txt', "q")
    environment = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_TEMPLATE_DIR": str(home / "template"),
    }
    for text in ("a\r\n", "b\r\n"):  # the second time, the branch has attributes
        site.write("static/more.txt", text)
        publish(site, *target, **environment)
        assert sent(bare) == live(site)


@pytest.mark.parametrize("format", ["sha1", "sha256"])
@pytest.mark.parametrize("own", ["sha1", "sha256"])
def test_the_remotes_object_format(site: SmallSite, tmp_path: Path, format: str, own: str) -> None:
    """Repositories of either object format work, empty or not, with any default format of the
    user.
    """
    target = remote(tmp_path / "remote.git", f"--object-format={format}")
    for text in ("a", "b"):
        site.write("static/some.txt", text)
        publish(site, *target, GIT_DEFAULT_HASH=own)
        assert sent(tmp_path / "remote.git") == live(site)
    assert len(git(tmp_path / "remote.git", "rev-list", "pages").split()) == 2


def test_other_branches_stay(site: SmallSite, tmp_path: Path) -> None:
    """A new branch in a repository with others begins with only the edition; the repository's own
    hooks run, because hosts deploy by them.
    """
    bare, source = tmp_path / "remote.git", tmp_path / "source"
    target = remote(bare)
    source.mkdir()
    git(source, "init", "-q", "-b", "main")
    git(source, "commit", "-q", "--allow-empty", "-m", "sources")
    git(source, "push", "-q", str(bare), "main")
    deployed = bare / "hooks/post-receive"
    deployed.parent.mkdir(exist_ok=True)
    deployed.write_text(f"#!/bin/sh\ntouch '{tmp_path}/deployed'\n")
    deployed.chmod(0o755)
    publish(site, *target)
    assert sent(bare) == live(site)
    assert (tmp_path / "deployed").exists()
    assert git(bare, "rev-list", "--count", "pages").strip() == b"1"
    assert git(bare, "log", "--format=%s", "main").strip() == b"sources"
