"""Digests are the same wherever they are computed."""

from __future__ import annotations

import subprocess
import sys
from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from newsgen.core import digest

DIGESTS = st.lists(st.binary(min_size=digest.SIZE, max_size=digest.SIZE))


@given(st.binary())
def test_the_standard_librarys(data: bytes) -> None:
    """It is BLAKE2b with 16 bytes, as in hashlib."""
    assert digest.of_bytes(data) == blake2b(data, digest_size=16).digest()


def test_a_python_without_its_own_blake2() -> None:
    """Without Python's own undocumented module, hashlib gives the same digests."""
    script = (
        "import sys, hashlib; sys.modules['_blake2'] = None\n"
        "from newsgen.core import digest; assert digest.blake2b is hashlib.blake2b; "
        "print(digest.of_text('a', 'b').hex())"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    ).stdout
    assert found.strip() == digest.of_text("a", "b").hex()


@given(DIGESTS)
def test_joined_and_apart(digests: list[bytes]) -> None:
    """Joined digests split into the original ones, and each is found by its index."""
    joined = b"".join(digests)
    assert digest.split(joined) == digests
    assert [digest.at(joined, i) for i in range(len(digests))] == digests


@given(
    st.lists(st.text(st.characters(exclude_characters="\0")), max_size=4),
    st.lists(st.text(st.characters(exclude_characters="\0")), max_size=4),
)
def test_where_a_string_ends_matters(some: list[str], others: list[str]) -> None:
    """Lists of strings have the same digest only if all strings are equal, not just their
    concatenation."""
    assert (digest.of_text("", *some) == digest.of_text("", *others)) == (some == others)


@given(st.text())
def test_keys(text: str) -> None:
    """A key is a number of 63 bits. Only the empty text has the key 0."""
    assert 0 <= digest.key(text) < 2**63
    assert (digest.key(text) == 0) == (text == "")
