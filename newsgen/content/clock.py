"""The time of a build. In a separate module, so that a build with nothing to do imports little."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Clock(Struct, frozen=True):
    """The build's clock. `drafts` and `future` make drafts and scheduled articles visible too."""

    as_of: datetime
    drafts: bool = False
    future: bool = False
