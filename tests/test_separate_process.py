"""Work in a separate process leaves only what it stores."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# In a new process with a single thread, because the tests may have more.
PROGRAM = """\
import sys
from pathlib import Path

from newsgen.core.separate_process import in_separate_process
from newsgen.core.engine import may_fork

seen = []

def work():
    seen.append(1)
    Path(sys.argv[1]).write_text("yes")
    raise ValueError

assert may_fork()
in_separate_process(work)
assert not seen
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux are there forks")
def test_work_apart_changes_files_and_no_values(tmp_path: Path) -> None:
    """Files written by the work exist, even if it fails later, and values in memory do not
    change.
    """
    written = tmp_path / "written"
    subprocess.run([sys.executable, "-c", PROGRAM, written], check=True)
    assert written.read_text() == "yes"
