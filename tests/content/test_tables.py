"""Tables whose rows are padded to all columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgen.config.budgets import OverBudget
from newsgen.content.body.convert import render_body
from newsgen.content.body.markdown_cost import table_cells

TABLES = st.lists(st.sampled_from(["|a|b|", "|-|-|", "> |-|-|", "|a", "", "text", "---", "> a"]))


@given(TABLES)
def test_no_table_has_more_cells_than_expected(lines: list[str]) -> None:
    """The estimate before a conversion is at least the number of cells after it."""
    text = "\n".join(lines)
    html = render_body(text, "commonmark", ()).html
    assert html.count("<td") + html.count("<th") - html.count("<thead") <= table_cells(text)


@pytest.mark.parametrize("engine", ["commonmark", "markdown"])
def test_a_table_over_budget_is_not_converted(engine: str) -> None:
    """A few bytes that would become millions of cells are over budget; text with bars is not."""
    with pytest.raises(OverBudget):
        render_body("|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "|a\n" * 500, engine, ())
    assert render_body("a | b - c\n" * 200, engine, ()).html
