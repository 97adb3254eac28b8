"""Reading: lists, threads, authors, tags, free slugs."""
