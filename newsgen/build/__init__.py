"""From a folder of articles to a site on disk: the pipeline, and each of its stages."""
