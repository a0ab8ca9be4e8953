"""Render views to bytes: the templates, what they can call, and how a page is rendered."""
