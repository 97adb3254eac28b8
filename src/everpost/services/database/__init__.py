"""The database of the blog as a whole: its state, and exports."""
