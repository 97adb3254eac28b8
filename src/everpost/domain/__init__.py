"""The values and pure rules of a blog. Standard library only, except for `bson` in `ids` and `anyascii` in
`text`.
"""
