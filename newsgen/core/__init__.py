"""What everything else uses: the model, problems, digests, text."""
