"""The model, problems, front matter, digests, workers and atomic writes that all other packages
use.
"""
