"""Errors in templates: their place, and the names that exist."""

from __future__ import annotations

import pytest

from newsgen.core.problems import Problem, UserError
from support import SmallSite


def failure(site: SmallSite, text: str) -> Problem:
    """Return the report of this template in the place of 404.html."""
    site.write("templates/404.html", text)
    with pytest.raises(UserError) as caught:
        site.build()
    assert caught.value.exit_code == 3
    return caught.value.problem


def test_a_field_that_is_not_there(site: SmallSite) -> None:
    """The message lists the value's fields, nearest first, and has the place of the name."""
    found = failure(site, "<p>\n{% for c in [page] %}\n  {{ c.titel }}\n{% endfor %}\n")
    assert (found.file, found.line, found.column, found.source) == (
        "templates/404.html",
        3,
        8,
        "  {{ c.titel }}",
    )
    assert found.message == "NotFoundView has no titel"
    names = "NotFoundView has url, title, cards, topics"
    assert found.hint == f"did you mean title? {names}; while rendering /404.html"


def test_a_name_that_is_not_there(site: SmallSite) -> None:
    """The message lists the template's names, its own included."""
    found = failure(site, "{% set words = 1 %}{{ wrods }}")
    assert found.message == "there is no wrods here"
    assert found.hint.startswith("did you mean words? a template has ")
    assert {"page", "site"} <= set(found.hint.partition(" has ")[2].partition(";")[0].split(", "))


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("{{ page.titel.upper() }}", "NotFoundView has no titel", "did you mean title?"),
        ("{{ page.rul|absolute }}", "NotFoundView has no rul", "did you mean url?"),
        (
            "{% macro m(x) %}{{ x.titel }}{% endmacro %}{{ m(page) }}",
            "NotFoundView has no titel",
            "did you mean title?",
        ),
        ("{{ {'name': 1}.nmae }}", "dict has no nmae", "did you mean name?"),
        ("{{ page.title.foo }}", "str has no foo", "while rendering"),
        ("{{ page.title|dat }}", "No filter named 'dat'.", "did you mean date?"),
        ("{{ site.has('tpics') }}", "tpics is not a kind of page", "while rendering"),
        ("{{ 1 // 0 }}", "integer division or modulo by zero", "while rendering"),
        ("{% if page %}", "Unexpected end of template.", "while rendering"),
    ],
)
def test_other_failures(site: SmallSite, text: str, message: str, hint: str) -> None:
    """Each error has a message, with a suggestion if possible."""
    found = failure(site, text)
    assert found.code == "template-error"
    assert found.message.startswith(message)
    assert found.hint.startswith(hint)
    assert (found.file, found.line) == ("templates/404.html", 1)


def test_the_failing_line_of_a_part(site: SmallSite) -> None:
    """An error in an included template has that template's file and line."""
    site.write("templates/part.html", "\n\n{{ page.nothing }}")
    found = failure(site, "{% include 'part.html' %}")
    assert (found.file, found.line) == ("templates/part.html", 3)
