"""The schema of a MongoDB database: its collections and their migrations."""
