"""Blogger, in both of its formats."""
