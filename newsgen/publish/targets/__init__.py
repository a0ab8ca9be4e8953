"""Targets that receive the live edition."""
