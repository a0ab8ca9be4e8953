"""Targets that receive the live edition: a server via rsync, or a branch of a git repository.

newsgen reads the manifest that the last transfer left on the target. It sends only what differs and
removes only what it sent itself. A server cannot change all files at once. So newsgen first sends
what pages need and pages that nothing links to yet, then the files that link to them, and removes
files last. During a transfer, the target's manifest marks the files that are being changed as
unknown, so an interrupted transfer resumes next time.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, Protocol

from msgspec import Struct

from newsgen.core.messages import count
from newsgen.core.problems import Problem, UserError, build_error
from newsgen.store.output import MANIFEST, above, in_the_way, manifest_text, read_manifest

_UNKNOWN = "0" * 32
_LIMIT = 3600  # seconds for one program


class Sent(Struct, frozen=True):
    """What was or would be sent to a target: the number of files, and the number removed there."""

    target: str
    files: int
    removed: int


class Sending(NamedTuple):
    """An edition to send: its folder and its files (digests by path).

    `first` are the files to send before those that link to them.
    """

    folder: Path
    files: Mapping[str, str]
    first: frozenset[str]
    title: str


class Target(Protocol):
    """A place that receives editions."""

    def send(self, sending: Sending, limit: int, dry_run: bool) -> Sent:
        """Update the target to an edition.

        Raises UserError: exit code 3 if that fails, 5 if more than `limit` files would be removed.
        """


def find_target(address: str, root: Path) -> Target:
    """Return the target for an address of the setting publish.targets.

    Addresses are `git+URL#BRANCH`, `rsync://HOST/MODULE/PATH/` or `HOST:PATH/`.
    """
    return Git(address, root) if address.startswith("git+") else Rsync(address)


def _difference(
    address: str, before: Mapping[str, str], files: Mapping[str, str], limit: int
) -> tuple[list[str], list[str]]:
    """Return the files to send and those to remove.

    `before` is the manifest found on the target, which someone else may have edited.
    """
    changed = sorted(path for path, digest in files.items() if before.get(path) != digest)
    gone = sorted(
        path for path in before.keys() - files.keys() if {"", ".", ".."}.isdisjoint(path.split("/"))
    )
    if len(gone) > limit:
        message = (
            f"{address}: {count(len(gone), 'file')} would be removed, more than {limit:,}; "
            "nothing is sent"
        )
        raise UserError(
            Problem(
                "error", "guard-deletes", message, hint="if that is intended, raise --max-deletes"
            ),
            5,
        )
    return changed, gone


class Rsync:
    """A folder on another machine, reached over ssh or through an rsync daemon."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/") + "/"

    def send(self, sending: Sending, limit: int, dry_run: bool) -> Sent:
        """Send an edition (see Target). Replaces each file atomically."""
        with tempfile.TemporaryDirectory(prefix="newsgen-") as folder:
            own = Path(folder)
            self._rsync([self._address + MANIFEST, str(own)], absent=(23,))
            before = read_manifest(own)
            changed, gone = _difference(self._address, before, sending.files, limit)
            sent = Sent(self._address, len(changed), len(gone))
            if dry_run or not (changed or gone):
                return sent
            there = {**before, **dict.fromkeys(changed, _UNKNOWN)}
            self._note(own, there)
            blocking = set(in_the_way(changed, gone))
            if blocking:  # a file became a folder, or a folder a file
                self._remove(own, sorted(blocking), sending.files)
                self._note(own, {path: there[path] for path in there.keys() - blocking})
            for wanted in (True, False):
                self._some(
                    sending.folder, [path for path in changed if (path in sending.first) is wanted]
                )
            self._remove(own, [path for path in gone if path not in blocking], sending.files)
            self._note(own, sending.files)
        return sent

    def _remove(self, own: Path, gone: Sequence[str], files: Iterable[str]) -> None:
        """Remove files on the target, and any folders that this leaves empty.

        rsync removes a file if it is asked to send it from an empty folder.
        """
        nothing = own / "nothing"
        nothing.mkdir(exist_ok=True)
        self._some(nothing, gone, "--delete-missing-args")
        empty = {folder for path in gone for folder in above(path)} - {
            folder for path in files for folder in above(path)
        }
        for _, level in groupby(
            sorted(empty, key=_depth), key=_depth
        ):  # a folder with other people's files stays
            self._some(nothing, list(level), "--delete-missing-args", "--dirs")

    def _note(self, own: Path, files: Mapping[str, str]) -> None:
        (own / MANIFEST).write_text(manifest_text(files), "utf-8")
        self._some(own, [MANIFEST])

    def _some(self, folder: Path, paths: Sequence[str], *options: str) -> None:
        """Send these paths, or remove them there. A missing file (24) is no failure on removal."""
        if paths:
            which = [
                "--files-from=-",
                "--from0",
                "--checksum",
                "--perms",
                "--chmod=D755,F644",
                "--no-implied-dirs",
                *options,
            ]
            listed = "\0".join(
                f"./{path}" for path in paths
            )  # "./": rsync skips lines that start with # or ;, even with --from0
            self._rsync(
                [*which, f"{folder}/", self._address],
                listed.encode(),
                absent=(24,) if options else (),
            )

    def _rsync(
        self, arguments: Sequence[str], given: bytes = b"", absent: Sequence[int] = ()
    ) -> None:
        environment = {"RSYNC_RSH": "ssh -o BatchMode=yes -o ConnectTimeout=30", **os.environ}
        done = _run(["rsync", "--timeout=120", *arguments], self._address, given, environment)
        if done.returncode and done.returncode not in absent:
            raise _failed(self._address, done)


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
            before = self._manifest(tip)
            changed, gone = _difference(self._address, before, sending.files, limit)
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
        done = _run(
            ["git", *_GIT_SETTINGS, *arguments], self._address, given, environment, self._folder
        )
        if done.returncode:
            raise _failed(self._address, done)
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
# Removed as well as the variables that git itself calls local to a repository: the template folder
# with hooks, the format of new repositories, attributes, and what receiving hooks are given.
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
    told = _run(["git", "rev-parse", "--local-env-vars"], "git", b"", os.environ)
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


def _depth(folder: str) -> int:
    """Return a sort key that puts the deepest folders first."""
    return -folder.count("/")


def _run(
    command: Sequence[str],
    address: str,
    given: bytes,
    environment: Mapping[str, str],
    folder: str | None = None,
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command,
            input=given,
            capture_output=True,
            env=environment,
            cwd=folder,
            timeout=_LIMIT,
            check=False,
        )
    except FileNotFoundError:
        raise build_error(
            "target-failed", f"{address}: the program {command[0]} is not installed"
        ) from None
    except subprocess.TimeoutExpired:
        raise build_error(
            "target-failed", f"{address}: {command[0]} did not end in {_LIMIT // 60} minutes"
        ) from None


def _failed(address: str, done: subprocess.CompletedProcess[bytes]) -> UserError:
    said = " ".join(done.stderr.decode("utf-8", "replace").split())[:400]
    hint = "the edition is live here; `newsgen publish` resumes the upload"
    return build_error(
        "target-failed", f"{address}: {said or f'it ended with {done.returncode}'}", hint=hint
    )
