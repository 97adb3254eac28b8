"""A whole blog, out of the database and into it."""
