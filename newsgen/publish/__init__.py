"""Publish a built site as editions: keep them, switch the live one, roll back, send, announce."""
