"""Folders of pages, as Jekyll, Hexo, Hugo, Zola, Pelican and Eleventy have them."""
