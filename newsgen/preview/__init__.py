"""The site while it is written: rendered from memory when a page is asked for, told to the browser when it changes."""
