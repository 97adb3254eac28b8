"""The store on MongoDB: posts as documents, their comments nested in them.

How a thread outgrows its document is told in docs/decisions/0004-threads-in-mongodb.md.
"""
