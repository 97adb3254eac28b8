"""The past states of posts."""
