"""`newsgen check`: what is wrong with a site, and writing back what can be mended."""
