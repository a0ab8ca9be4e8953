"""A branch of a git repository."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from newsgen.publish.targets.program import failed, run_program
from newsgen.publish.targets.target import Sending, Sent, difference
from newsgen.store.output import MANIFEST, manifest_text, read_manifest


class Git:
    """A branch of a git repository, such as the one behind GitHub Pages. Each edition is a commit.

    A temporary bare repository holds what is sent. The user's repositories, hooks, attributes and
    filters are not involved. Of the user's git settings, only those for reaching the remote apply.
    """

    def __init__(self, address: str, root: Path) -> None:
        remote, _, branch = address.removeprefix("git+").rpartition("#")
        self._address, self._branch = address, f"refs/heads/{branch}"
        self._remote = str((root / remote).resolve()) if (root / remote).exists() else remote

    def send(self, sending: Sending, limit: int, dry_run: bool) -> Sent:
        """Send an edition (see Target). Readers see it when the host deploys the commit."""
        with tempfile.TemporaryDirectory(prefix="newsgen-") as folder:
            self._folder, self._environment = folder, _git_environment()
            tip = self._begin()
            before = sending.believed(self._manifest(tip))
            changed, gone = difference(self._address, before, sending.files, limit)
            if not dry_run and (changed or gone):
                self._stage(sending, changed, gone)
                tree = self._git("write-tree", "--missing-ok")
                commit = self._git(
                    "commit-tree", tree, *(["-p", tip] if tip else []), "-m", sending.title
                )
                self._git("push", "--quiet", "--no-verify", "there", f"{commit}:{self._branch}")
        return Sent(self._address, len(changed), len(gone))

    def _begin(self) -> str:
        """Create the repository and return the branch's commit, or "" if there is none.

        Its object format is the remote's, and its index holds the files of the branch.
        """
        trace = Path(
            self._folder, "trace"
        )  # no command prints the object format of an empty repository
        listed = self._git("ls-remote", "--", self._remote, GIT_TRACE_PACKET=str(trace))
        told = _OBJECT_FORMAT.search(trace.read_bytes()) if trace.exists() else None
        self._git(
            "init",
            "--quiet",
            "--bare",
            "--template=",
            f"--object-format={told[1].decode() if told else 'sha1'}",
        )
        self._git("remote", "add", "--", "there", self._remote)
        if f"\t{self._branch}\n" not in f"{listed}\n":
            return ""
        self._git("fetch", "--quiet", "--depth=1", "--filter=blob:none", "there", self._branch)
        tip = self._git("rev-parse", "FETCH_HEAD")
        self._git("read-tree", tip)
        return tip

    def _manifest(self, tip: str) -> dict[str, str]:
        """Return the manifest that the last transfer left on the branch."""
        own = Path(self._folder, "manifest")
        if tip and self._git("ls-files", "--cached", "--", MANIFEST):
            own.mkdir()
            (own / MANIFEST).write_text(
                self._git("cat-file", "blob", f"{tip}:{MANIFEST}") + "\n", "utf-8"
            )
        return read_manifest(own)

    def _stage(self, sending: Sending, changed: Sequence[str], gone: Sequence[str]) -> None:
        """Update the index to the edition.

        Blobs have exactly the files' bytes. git reads files one by one, and large ones in pieces.
        """
        own = {MANIFEST: manifest_text(sending.files), ".nojekyll": ""}
        places = [os.path.join(sending.folder, path) for path in changed]
        for name, text in own.items():
            places.append(os.path.join(self._folder, f"own{name}"))
            Path(places[-1]).write_text(text, "utf-8", newline="")
        blobs = self._git(
            "hash-object",
            "-w",
            "--no-filters",
            "--stdin-paths",
            given=os.fsencode("\n".join(places)),
        ).split()
        removed = [
            f"0 {blobs[-1]}\t{path}\0" for path in gone
        ]  # first, because a folder may replace a file
        added = [
            f"100644 {blob}\t{path}\0" for blob, path in zip(blobs, [*changed, *own], strict=True)
        ]
        self._git("update-index", "-z", "--index-info", given="".join(removed + added).encode())

    def _git(self, *arguments: str, given: bytes = b"", **more: str) -> str:
        environment = {**self._environment, "GIT_DIR": self._folder, **more}
        done = run_program(
            ["git", *_GIT_SETTINGS, *arguments], self._address, given, environment, self._folder
        )
        if done.returncode:
            raise failed(self._address, done)
        return done.stdout.decode("utf-8", "replace").strip()


_OBJECT_FORMAT = re.compile(
    rb"[ <]object-format=(\w+)"
)  # a capability in both protocol versions (gitprotocol-v2(5))
_GIT_SETTINGS = [
    word
    for setting in (
        "user.name=newsgen",
        "user.email=newsgen@localhost",
        "i18n.commitEncoding=UTF-8",
        f"core.hooksPath={os.devnull}",
        "core.fsmonitor=false",
        "push.gpgSign=false",
        "core.bigFileThreshold=8m",  # larger ones pass through memory in pieces
    )
    for word in ("-c", setting)
]
# Removed in addition to the variables that git itself calls local to a repository: the template
# folder with hooks, the format of new repositories, attributes, and the variables of receiving
# hooks.
_GIT_LOCAL = (
    "GIT_TEMPLATE_DIR",
    "GIT_DEFAULT_HASH",
    "GIT_ATTR_SOURCE",
    "GIT_NAMESPACE",
    "GIT_QUARANTINE_PATH",
)


def _git_environment() -> dict[str, str]:
    """Return the environment for git, without variables that point to a surrounding repository.

    git sets those for its hooks (githooks(5)), and a hook may have started newsgen. Raises
    UserError.
    """
    told = run_program(["git", "rev-parse", "--local-env-vars"], "git", b"", os.environ)
    local = {*told.stdout.decode().split(), *_GIT_LOCAL}
    own = {
        name: value
        for name, value in os.environ.items()
        if name not in local and not name.startswith("GIT_CONFIG_KEY_")
    }
    return {
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=30",
        **own,
        "GIT_TERMINAL_PROMPT": "0",
    }
