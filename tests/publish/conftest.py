"""Fixtures that several tests of publishing share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .buckets import KEYS, Store, bucket


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A bucket on loopback, with its credentials in the environment."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with bucket() as made:
        yield made
