"""Feeds, the sitemap and robots.txt."""
