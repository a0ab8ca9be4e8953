"""newsgen's shortcuts in Jinja: cached macros, and names after a dot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from newsgen.build.inputs import Inputs, Stopwatch, check_inputs
from newsgen.build.prepare import prepare
from newsgen.config.settings import Config, load_config
from newsgen.content.clock import Clock
from newsgen.core.card import Card
from newsgen.core.engine import INLINE
from newsgen.core.model import Label, Summary
from newsgen.core.progress import quiet
from newsgen.pages.base import Link
from newsgen.render.environment import make_environment
from newsgen.render.renderer import Renderer
from newsgen.render.templates import Templates
from newsgen.store.cache import Cache
from newsgen.store.open_cache import use_cache
from support import AS_OF, ROOT, SmallSite

IMPORTED = """{% macro shown(card, more="", level=2) -%}
<h{{ level }}>{{ card|seen }}{{ card.title }}{{ more }}</h{{ level }}>
{%- endmacro %}
{% macro around(card) %}{{ card.title }}{{ caller() }}{% endmacro %}
{% macro constant() %}{{ site|seen }}{% endmacro %}
"""


class Site:
    """An environment over templates of a folder. `seen` counts the arguments of its filter of that
    name.
    """

    def __init__(self, folder: Path, **templates: str) -> None:
        self.seen = 0
        for name, text in {"imported": IMPORTED, **templates}.items():
            (folder / f"{name}.html").write_text(text, "utf-8")
        self.environment = make_environment(Templates(folder, [folder], folder, {}))
        self.environment.filters["seen"] = self._see
        self.environment.globals["site"] = "the site"

    def _see(self, _: Any) -> str:
        self.seen += 1
        return ""

    def render(self, name: str, **values: Any) -> str:
        return self.environment.get_template(f"{name}.html").render(**values)


def a_card(title: str, digest: bytes = b"1", index: int = 0) -> Card:
    source = Label("Source", "", "", b"")
    return Card(
        "/a/",
        datetime(2021, 1, 1, tzinfo=UTC),
        "article",
        source,
        (),
        Summary(title, "", None),
        digest,
        index=index,
    )


def test_a_card_is_made_once(tmp_path: Path) -> None:
    """Two pages that show one card in the same way render it once; another way or other content
    renders it again.
    """
    page = '{% from "imported.html" import shown %}{{ shown(card, more) }}'
    site = Site(tmp_path, page=page, other=page)
    assert (
        site.render("page", card=a_card("A"), more="x")
        == site.render("other", card=a_card("A"), more="x")
        == "<h2>Ax</h2>"
    )
    assert site.seen == 1
    assert site.render("page", card=a_card("A"), more="y") == "<h2>Ay</h2>"
    assert site.render("page", card=a_card("B", b"2"), more="x") == "<h2>Bx</h2>"
    assert site.seen == 3


def test_a_macro_without_arguments_is_made_once(tmp_path: Path) -> None:
    """A macro without arguments runs once."""
    site = Site(tmp_path, page='{% import "imported.html" as imported %}{{ imported.constant() }}')
    assert (site.render("page"), site.render("page"), site.seen) == ("", "", 1)


def test_a_card_from_elsewhere_is_made_each_time(tmp_path: Path) -> None:
    """A card of an article's own list has no digest, so its output is never reused."""
    site = Site(
        tmp_path, page='{% from "imported.html" import shown %}{{ shown(one) }}{{ shown(other) }}'
    )
    assert (
        site.render("page", one=a_card("A", b"", -1), other=a_card("B", b"", -1))
        == "<h2>A</h2><h2>B</h2>"
    )


def test_a_macro_with_the_context_sees_the_page(tmp_path: Path) -> None:
    """A macro imported with the page's context runs for each page."""
    site = Site(
        tmp_path,
        own="{% macro shown(card) %}{{ card.title }} on {{ page }}{% endmacro %}",
        page='{% from "own.html" import shown with context %}{{ shown(card) }}',
    )
    assert [site.render("page", card=a_card("A"), page=page) for page in ("one", "two")] == [
        "A on one",
        "A on two",
    ]


def test_a_caller_is_called_each_time(tmp_path: Path) -> None:
    """The content between `call` and `endcall` is rendered for each page."""
    page = '{% from "imported.html" import around %}{% call around(card) %}{{ word }}{% endcall %}'
    site = Site(tmp_path, page=page)
    assert [site.render("page", card=a_card("A"), word=word) for word in ("one", "two")] == [
        "Aone",
        "Atwo",
    ]


def test_where_nothing_is_escaped_a_macro_gives_plain_text(tmp_path: Path) -> None:
    """In a part of a page without escaping, a macro's output is plain text, as in Jinja."""
    asked = "{{ shown(card)|escape }}"
    page = (
        '{% from "imported.html" import shown %}'
        + asked
        + "{% autoescape false %}"
        + asked
        + "{% endautoescape %}"
    )
    site = Site(tmp_path, page=page)
    assert site.render("page", card=a_card("A")) == "<h2>A</h2>&lt;h2&gt;A&lt;/h2&gt;"


def test_functions_that_want_the_context_get_it(tmp_path: Path) -> None:
    """Functions that want the context or the environment get them."""
    site = Site(tmp_path, page="{{ told() }} {{ kind() }} {{ plain(1, two=2) }}")
    site.environment.globals["told"] = jinja2.pass_context(lambda context: context["word"])
    site.environment.globals["kind"] = jinja2.pass_environment(
        lambda environment: type(environment).__bases__[0].__name__
    )
    site.environment.globals["plain"] = lambda one, two: one + two
    assert site.render("page", word="here") == "here Environment 3"


class Place:
    """A value with an attribute named `class`, which Python code cannot write."""

    name = "here"
    vars()["class"] = "kind"


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("{{ place.name }}", "here"),
        ("{{ place.class }}", "kind"),
        ("{{ known.name }}", "item"),  # an item of a mapping
        ("{{ place.there is defined }} {{ place.name is defined }}", "False True"),
        ("{{ place.there|default('none') }}", "none"),
        ("{% for one in [place, known] %}{{ one.name }}{% endfor %}", "hereitem"),
        ("{% block title %}a{% endblock %}{{ self.title() }}", "aa"),
        (
            "{% import 'imported.html' as imported %}{{ imported.constant() }}{{ known.name }}",
            "item",
        ),
    ],
)
def test_jinjas_rule_for_names_after_a_point(tmp_path: Path, page: str, shown: str) -> None:
    """`value.name` is the attribute, else the item, else undefined, on the first and on later
    pages.
    """
    site = Site(tmp_path, page=page)
    for _ in range(3):
        assert site.render("page", place=Place(), known={"name": "item"}) == shown


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    """A name that is neither an attribute nor an item is an error with this name, each time."""
    site = Site(tmp_path, page="{{ place.there }}")
    for _ in range(2):
        with pytest.raises(jinja2.UndefinedError, match="there"):
            site.render("page", place=Place())


def test_an_error_within_an_attribute_is_told(tmp_path: Path) -> None:
    """An AttributeError raised by a value ends the rendering, and does not count as a missing
    name.
    """

    class Broken:
        @property
        def name(self) -> str:
            return self.other  # type: ignore[attr-defined,no-any-return]

    site = Site(tmp_path, page="{{ place.name }}")
    with pytest.raises(jinja2.UndefinedError, match="name"):
        site.render("page", place=Broken())
    assert site.render("page", place=Place()) == "here"


def test_the_theme_asks_for_what_is_there(tmp_path: Path) -> None:
    """No page of the demo, or of a site with every kind of page, needs Jinja's own attribute
    lookup.
    """
    site = SmallSite(tmp_path)
    site.every_kind()
    for root in (ROOT, site.root):
        config = load_config(root, output=tmp_path / "output", cache=tmp_path / "cache")
        inputs = check_inputs(config, Clock(AS_OF)).inputs()

        def needed(
            cache: Cache, _: Any, config: Config = config, inputs: Inputs = inputs
        ) -> list[str]:
            prepared = prepare(config, Clock(AS_OF), inputs, cache, INLINE, Stopwatch(), quiet)
            renderer = Renderer(
                prepared.templates, config.settings, prepared.views, cache.articles, cache.folder
            )
            pages = [page for page in prepared.views.all_pages if page.template]
            for page in pages:
                renderer.render(page)
            assert len({page.template for page in pages}) > 20
            return [
                name for name, template in renderer._environment.known.items() if template._careful
            ]

        assert use_cache(config.paths.cache, needed) == []


def test_texts_and_links_are_remembered_too(tmp_path: Path) -> None:
    """The output of a macro for texts, numbers and links is reused; for other arguments, and the
    same words as markup, it runs each time.
    """
    site = Site(
        tmp_path,
        of="{% macro of(value) %}{{ value|seen }}{{ value is string }}{% endmacro %}",
        page='{% from "of.html" import of %}{{ of(value) }}',
    )
    for value, times in [
        ("a", 1),
        (1, 1),
        ((Link("a", "/"), Link("b", "/")), 1),
        ((), 1),
        (Markup("a"), 2),
        (True, 2),
        ((1,), 2),
        ([], 2),
    ]:
        site.seen = 0
        assert (
            site.render("page", value=value)
            == site.render("page", value=value)
            == str(isinstance(value, str))
        )
        assert site.seen == times, value


CARDS = [
    a_card("A"),
    a_card("B<", b"2"),
    a_card("C", b"2", 1),
    a_card("D", b"", -1),
    a_card("E", b"", -1),
]
MORE = st.one_of(st.sampled_from(["", "<", Markup("<"), 1, True, 1.0, None]), st.text(max_size=2))


@given(st.lists(st.tuples(st.sampled_from(CARDS), MORE, st.sampled_from([2, 3])), max_size=12))
def test_what_is_remembered_is_what_would_be_made(calls: list[tuple[Card, Any, int]]) -> None:
    """After any calls, a macro gives the output of its first call."""
    with TemporaryDirectory() as folder:
        page = '{% from "imported.html" import shown %}{{ shown(card, more, level) }}'
        remembering = Site(Path(folder), page=page)
        for card, more, level in calls:
            first = Site(Path(folder), page=page)
            told = [
                site.render("page", card=card, more=more, level=level)
                for site in (remembering, first)
            ]
            assert told[0] == told[1]
