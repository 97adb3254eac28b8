"""Which blog it is, wherever it is kept."""

import hashlib

from everpost.domain.blog import Blog


def origin_of(blog: Blog) -> str:
    """64 hexadecimal digits that a blog keeps for life, whatever it moves into. They tell nothing of the
    key that they are made from.
    """
    return hashlib.sha256(b"everpost origin " + blog.address_key).hexdigest()
