"""Contexts of templates, made from values of the domain."""
