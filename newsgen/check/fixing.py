"""`check --fix`: write repairs back into content files, each file whole or not at all."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from newsgen.config.settings import Config
from newsgen.content.fix import fix, left_in_toml
from newsgen.content.loader import Options
from newsgen.content.pages import FOLDER, is_section, read_page, read_section
from newsgen.content.scan import SUFFIXES, FileStat, read_file, scan
from newsgen.content.schema import read_article
from newsgen.core import engine, frontmatter
from newsgen.core.atomic import part_of
from newsgen.core.messages import count
from newsgen.core.problems import Problem, placed
from newsgen.core.progress import Progress, quiet
from newsgen.core.secret import redact

_BATCH = 20
_HIDDEN = "(this line may hold a part of secured and is not shown)"


class FixedFile(Struct, frozen=True):
    """A file that was or would be repaired: the number of values, and a diff of the changed
    lines."""

    file: str
    values: int
    diff: str


class Fixing(Struct, frozen=True):
    """All files that were or would be repaired, and the problems that kept others from it."""

    files: tuple[FixedFile, ...]
    problems: tuple[Problem, ...]


def fix_content(config: Config, jobs: int, dry_run: bool, progress: Progress = quiet) -> Fixing:
    """Write repairs back into the content files. A dry run only reports what would change."""
    paths = config.paths
    found, _ = scan(paths.content, SUFFIXES)
    batches = [found[i : i + _BATCH] for i in range(0, len(found), _BATCH)]
    zone = Options(config.settings.timezone, "", ())
    files: list[FixedFile] = []
    problems: list[Problem] = []
    prefix = os.path.relpath(paths.content, paths.root)
    for done, batch in enumerate(
        engine.local(jobs).run(_fixer, (str(paths.content), zone, dry_run), batches)
    ):
        for one in batch:
            if isinstance(one, FixedFile):
                name = f"{prefix}/{one.file}"
                files.append(FixedFile(name, one.values, f"--- {name}\n+++ {name}\n{one.diff}"))
        problems += placed(
            [one for one in batch if isinstance(one, Problem)], paths.content, paths.root
        )
        progress("fixing", min((done + 1) * _BATCH, len(found)), len(found))
    return Fixing(tuple(files), tuple(problems))


def _fixer(
    state: tuple[str, Options, bool],
) -> Callable[[Sequence[FileStat]], list[FixedFile | Problem]]:
    folder, options, dry_run = state
    zone = options.zone

    def work(batch: Sequence[FileStat]) -> list[FixedFile | Problem]:
        out: list[FixedFile | Problem] = []
        for item in batch:
            path = os.path.realpath(os.path.join(folder, item.path))
            try:
                before = os.stat(path)
                data = read_file(path)
                plain = read_page if item.path.startswith(FOLDER) else read_article
                read = read_section if is_section(item.path) else plain
                fixed = fix(data, read, zone)
                if left := left_in_toml(data, read, zone):
                    message = f"{count(left, 'value')} would be repaired; TOML is left as it is"
                    hint = "`newsgen check` shows each; correct them by hand"
                    out.append(
                        Problem("warning", "toml-not-fixed", message, hint=hint, file=item.path)
                    )
                if fixed.values:
                    if not dry_run and not replace_file(path, fixed.data, before):
                        out.append(
                            Problem(
                                "error",
                                "file-changed",
                                "changed meanwhile; it is left unchanged",
                                hint="run it again",
                                file=item.path,
                            )
                        )
                        continue
                    out.append(FixedFile(item.path, fixed.values, "".join(_diff(data, fixed.data))))
            except OSError as error:
                out.append(
                    Problem(
                        "error",
                        "cannot-write",
                        f"cannot be fixed: {error.strerror}",
                        file=item.path,
                    )
                )
        return out

    return work


def replace_file(path: str, data: bytes, before: os.stat_result) -> bool:
    """Replace the file with these bytes, keeping its permissions and owner.

    Return False, with the file unchanged, if it has changed since `before`. Raises OSError.
    """
    if not os.access(path, os.W_OK):
        raise PermissionError(13, "it may not be written", path)
    with part_of(Path(path), data, durable=True, mode=0o600) as part:
        os.chmod(part, stat.S_IMODE(before.st_mode))
        if hasattr(os, "chown") and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(part, before.st_uid, before.st_gid)
        now = os.stat(path)
        unchanged = (now.st_ino, now.st_size, now.st_mtime_ns) == (
            before.st_ino,
            before.st_size,
            before.st_mtime_ns,
        )
        if unchanged:
            part.replace(path)
    return unchanged


def _diff(before: bytes, after: bytes) -> Iterator[str]:
    """Yield the changed lines without context, hiding any that may hold a part of `secured`."""
    old, new = (frontmatter.decode(data).text for data in (before, after))
    shown_old, shown_new = (redact(text).text.split("\n") for text in (old, new))
    old_lines, new_lines = old.split("\n"), new.split("\n")
    for what, a, b, c, d in difflib.SequenceMatcher(
        None, old_lines, new_lines, autojunk=False
    ).get_opcodes():
        if what != "equal":
            yield f"@@ -{a + 1},{b - a} +{c + 1},{d - c} @@\n"
            yield from (
                f"-{line if line == shown else _HIDDEN}\n"
                for line, shown in zip(old_lines[a:b], shown_old[a:b], strict=True)
            )
            yield from (
                f"+{line if line == shown else _HIDDEN}\n"
                for line, shown in zip(new_lines[c:d], shown_new[c:d], strict=True)
            )
