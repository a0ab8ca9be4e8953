"""Live preview: renders a page on request, from memory, and reloads the browser after changes."""
