"""Registrable domains by the Public Suffix List."""

from __future__ import annotations

import random

import pytest
from publicsuffixlist import PublicSuffixList

from newsgen.content.domains import _rules, registrable_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.scmp.com", "scmp.com"),
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("co.uk", "co.uk"),
        ("a.b.kawasaki.jp", "a.b.kawasaki.jp"),
        ("x.city.kawasaki.jp", "city.kawasaki.jp"),
        ("me.github.io", "me.github.io"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("b.a.xn--55qx5d.cn", "a.xn--55qx5d.cn"),
        ("WWW.Example.ORG.", "example.org"),
    ],
)
def test_examples(host: str, domain: str) -> None:
    """Suffixes of one and more labels, wildcards, exceptions, internationalised names, and hosts
    without one.
    """
    assert registrable_domain(host) == domain


def test_agrees_with_the_library() -> None:
    """Below two thousand rules of the list, the answer equals that of the package that publishes
    it.
    """
    library = PublicSuffixList()
    rules = sorted(rule for rule in _rules() if rule and not rule.startswith("//"))
    for rule in random.Random(3).sample(rules, 2000):
        for prefix in ("", "a.", "b.a."):
            host = (prefix + rule.lstrip("!").replace("*", "any")).encode("idna").decode()
            assert registrable_domain(host) == (library.privatesuffix(host) or host), host
