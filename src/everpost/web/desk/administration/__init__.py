"""Running the blog: its people, its settings and its database."""
