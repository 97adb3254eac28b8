"""The store on MongoDB: posts with a preview of their threads, comments, users with their tokens.

docs/decisions/0021-threads-in-transactions.md explains the layout.
"""
