"""`newsgen check`: find what is wrong with a site, and write repairs back."""
