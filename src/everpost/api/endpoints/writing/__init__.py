"""Calls for writers: working copies, revisions and links to previews."""
