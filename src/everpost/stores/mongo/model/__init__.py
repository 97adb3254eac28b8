"""The documents, and the collections that hold them."""
