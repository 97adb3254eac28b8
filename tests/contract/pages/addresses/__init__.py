"""Addresses of posts: old ones, and those of drafts."""
