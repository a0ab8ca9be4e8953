"""The setting `taxonomies`: keys of front matter that group stories."""

from __future__ import annotations

from collections.abc import Mapping

from newsgen.config.fields import SECRET
from newsgen.config.reader import SettingsFile, Table

# The lists that each site has. `categories` is an alias of topics.
_TAKEN = ("topics", "tags", "authors", "provider", "categories")


class TaxonomyOptions(Table, frozen=True):
    """How stories are grouped by a key. Without `title`, the index has the key as its heading."""

    title: str = ""

    def heading(self, key: str) -> str:
        """Return the heading of the index."""
        return self.title or key[:1].upper() + key[1:].replace("_", " ").replace("-", " ")


def check_taxonomies(taxonomies: Mapping[str, TaxonomyOptions], source: SettingsFile) -> None:
    """Raise UserError (exit code 2) if stories cannot be grouped by a key."""
    for key in taxonomies:
        where, folded = f"taxonomies.{key}", key.strip().casefold()
        if folded == SECRET:
            raise source.wrong(where, f"names {SECRET}, which newsgen never reads")
        if not folded:
            raise source.wrong("taxonomies", "has a key without a name")
        if folded in _TAKEN:
            raise source.wrong(where, "has lists without this setting", "remove it")
