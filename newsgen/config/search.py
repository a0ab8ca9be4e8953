"""The settings `search.*`."""

from typing import Annotated

from msgspec import Meta

from newsgen.config.reader import Table, matching

_ADDRESS = r"^(?:https://[^\s/?#;,]+(?:/[^\s#;,]*)?)?$"


class Search(Table, frozen=True):
    """The search page and its index.

    `fallback` is the address of another search engine, for readers without JavaScript. `recency`
    is the share of a result's score that halves with each year of its age.
    """

    body: bool = False
    recency: Annotated[float, Meta(ge=0, le=1)] = 0.05
    fallback: Annotated[str, matching(_ADDRESS, "is not an address with https://")] = (
        "https://duckduckgo.com/?sites={host}"
    )
