"""A browser, and a window that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.webdriver import Browser, driver


@pytest.fixture(scope="module")
def chromium() -> Iterator[str]:
    """The address of its driver."""
    with driver() as address:
        yield address


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    window = Browser(chromium)
    yield window
    window.close()
