"""newsgen: a folder of front-matter news articles becomes a news site."""

__version__ = "0.1.0"
