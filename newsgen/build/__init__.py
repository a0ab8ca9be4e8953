"""The pipeline from a folder of articles to a site on disk, and its stages."""
