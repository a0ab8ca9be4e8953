"""The settings `search.*`."""

from typing import Annotated

from msgspec import Meta

from newsgen.config.reader import Table, matching

_ADDRESS = r"^(?:https://[^\s/?#;,]+(?:/[^\s#;,]*)?)?$"


class Search(Table, frozen=True):
    """The search page and its index."""

    body: bool = False
    """Whether the [search](search.md) finds words in bodies too. The index then has several times
    the size."""
    recency: Annotated[float, Meta(ge=0, le=1)] = 0.05
    """How much newer articles come first in search results: the share of the score that halves with
    each year of age, from 0 to 1."""
    fallback: Annotated[str, matching(_ADDRESS, "is not an address with https://")] = (
        "https://duckduckgo.com/?sites={host}"
    )
    """The search engine for readers without JavaScript: an address with https, where `{host}` is
    the site's host. The words are sent as `q`. An empty value names none."""
