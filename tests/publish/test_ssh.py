"""Sending editions over ssh: a real sshd with temporary keys."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support import SmallSite, read_tree

from .publishing import live, published, run


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of the host `wire`, which `ssh` can reach, but does not trust yet."""
    shell, folder = tmp_path / "ssh", tmp_path / "there"
    for made in (shell, folder):
        made.mkdir()
    for name in ("host", "user"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", shell / name], check=True
        )
    (shell / "sshd_config").write_text(
        f"HostKey {shell}/host\nAuthorizedKeysFile {shell}/user.pub\nStrictModes no\n"
        "PidFile none\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
    )
    (shell / "config").write_text(
        # A server for each connection, without a port.
        f"Host wire\nProxyCommand {shutil.which('sshd')} -i -f {shell}/sshd_config\n"
        f"User {getpass.getuser()}\nIdentityFile {shell}/user\nIdentitiesOnly "
        f"yes\nUserKnownHostsFile {shell}/known_hosts\n"
    )
    command = shell / "bin/ssh"  # ssh itself uses only the home folder of the account
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {shell}/config "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(
            mode=0o755, exist_ok=True
        )  # sshd needs it, and only its service creates it
    return folder


@pytest.mark.needs("sshd", "rsync")
def test_rsync_over_ssh(site: SmallSite, there: Path) -> None:
    """A host that is not trusted, or refuses the login, is reported without a prompt; otherwise it
    receives changed files and loses removed ones.
    """
    (there / "foreign.txt").write_text("theirs")
    shell, target = there.parent / "ssh", ("--target", f"wire:{there}")
    site.run("build", "-q")
    (refused,) = run(site, "publish", *target, code=3)["problems"]
    assert "Host key verification failed" in refused["message"]
    (shell / "known_hosts").write_text(f"wire {(shell / 'host.pub').read_text()}")
    (shell / "user.pub").rename(shell / "away")
    (refused,) = run(site, "publish", *target, code=3)["problems"]
    assert "Permission denied" in refused["message"]
    (shell / "away").rename(shell / "user.pub")
    sent = published(site, *target)["sent"]
    assert sent[0]["files"] == len(live(site))
    assert read_tree(there) == live(site) | {"foreign.txt": b"theirs"}
    site.article("three")
    (site.root / "content/one.md").unlink()
    site.write("static/a b/Ö $(x).txt", "odd")
    done = published(site, "--force", *target)
    assert 0 < done["sent"][0]["files"] < len(live(site))
    assert read_tree(there) == live(site) | {"foreign.txt": b"theirs"}
    assert not (there / "news/one").exists()
