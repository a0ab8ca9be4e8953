"""What stays on disk between builds: the cache, its records and the output folder."""
