"""The identity of a blog, which is the same in every store and archive."""

import hashlib

from everpost.domain.blog import Blog


def origin_of(blog: Blog) -> str:
    """64 hexadecimal digits that identify a blog, wherever it is moved. They do not reveal the key from which
    they are derived.
    """
    return hashlib.sha256(b"everpost origin " + blog.address_key).hexdigest()
