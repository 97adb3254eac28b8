"""Moving a blog: between stores, into an archive and back, and in from other systems."""
