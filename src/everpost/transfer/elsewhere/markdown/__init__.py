"""Folders of pages, as Jekyll, Hugo, Zola, Pelican and Eleventy have them."""
