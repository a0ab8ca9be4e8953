"""Gather feeds: new items of other sites' feeds become articles."""
