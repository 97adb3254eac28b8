"""Blogs that other systems wrote."""
