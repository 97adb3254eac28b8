"""`everpost bench`: one blog on several databases, measured through the application."""
