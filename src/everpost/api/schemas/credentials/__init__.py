"""Passkeys, links that set a password, and the setup of a blog, as JSON."""
