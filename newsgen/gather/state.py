"""The states of feeds between two runs, in a file of the cache folder. Without it, all feeds are
requested once without conditions.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from newsgen.core.atomic import replace_file
from newsgen.gather.fetch import FeedState

_FILE = "feeds.json"


def read_states(cache: Path) -> dict[str, FeedState]:
    """Return the states by the feed's address, none if they cannot be read."""
    try:
        states = msgspec.json.decode((cache / _FILE).read_bytes(), type=list[FeedState])
    except (OSError, msgspec.MsgspecError):
        return {}
    return {state.url: state for state in states}


def write_states(cache: Path, states: Iterable[FeedState]) -> None:
    """Write all states. Raises OSError."""
    ordered = sorted(states, key=lambda state: state.url)
    replace_file(cache / _FILE, msgspec.json.format(msgspec.json.encode(ordered), indent=1))
