"""Writing threads: each change is a transaction that updates the post first."""
