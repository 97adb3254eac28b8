"""The revisions of a post at the desk."""
