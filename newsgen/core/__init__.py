"""What all other packages use: model, problems, front matter, digests, workers, atomic writes."""
