"""What all incremental builds of these tests have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsgen.pages import periods


@pytest.fixture(autouse=True, scope="package")
def short_periods() -> Iterator[None]:
    """Plan a few articles as several periods, as a large site has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(periods, "SIZE", 3)
        yield
