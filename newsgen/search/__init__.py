"""The search index: terms of articles, grouped into small files that a browser reads."""
