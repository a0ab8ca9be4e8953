"""Run a program that sends files."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence

from newsgen.core.problems import UserError, build_error

_LIMIT = 3600  # seconds for one program


def run_program(
    command: Sequence[str],
    address: str,
    given: bytes,
    environment: Mapping[str, str],
    folder: str | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program with this input and return its result, also if it failed.

    Raises UserError if it is not installed or does not end.
    """
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


def failed(address: str, done: subprocess.CompletedProcess[bytes]) -> UserError:
    """Return the error for a program that failed, with its own message."""
    said = " ".join(done.stderr.decode("utf-8", "replace").split())[:400]
    hint = "the edition is live here; `newsgen publish` resumes the upload"
    return build_error(
        "target-failed", f"{address}: {said or f'it ended with {done.returncode}'}", hint=hint
    )
