"""Patterns that are compiled when they are first used."""

import re

import pytest

from newsgen.core.patterns import lazily


def test_a_pattern_is_compiled_when_it_is_used() -> None:
    """An unused pattern costs nothing, not even an error; a used one works like any other."""
    broken = lazily("(")
    with pytest.raises(re.error):
        broken.match("(")
    words = lazily(r"(?P<word>[a-z]+)", re.I)
    assert words.findall("One two") == ["One", "two"]
    assert words.sub("-", "One two") == "- -"
    assert words.pattern == r"(?P<word>[a-z]+)"
    assert words.flags & re.I
    assert lazily(rb"\d").search(b"a1")
