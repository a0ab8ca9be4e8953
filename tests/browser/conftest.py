"""A browser, and two windows that all tests of a process share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from browser.webdriver import Browser, driver


@pytest.fixture(scope="session")
def chromium() -> Iterator[str]:
    """The address of its driver."""
    with driver() as address:
        yield address


@pytest.fixture(scope="session")
def window(chromium: str) -> Iterator[Browser]:
    made = Browser(chromium)
    yield made
    made.close()


@pytest.fixture
def browser(window: Browser) -> Browser:
    """Return the shared window, without console messages of earlier tests."""
    window.messages(), window.requests()
    return window


@pytest.fixture(scope="session")
def without_scripts(chromium: str) -> Iterator[Browser]:
    """Return a window with JavaScript off."""
    made = Browser(chromium, scripts=False)
    yield made
    made.close()
