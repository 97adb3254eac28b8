"""Markdown and HTML in; safe HTML, plain text and an outline out.

Pure: the result depends only on the arguments. Content is untrusted, and some of it takes very long: on a
server, call `everpost.services.rendering`, which limits the time and the memory.
"""

from everpost.markup.fallback import plain_comment, plain_post
from everpost.markup.rendering import render_comment, render_post
from everpost.markup.results import Heading, RenderedComment, RenderedPost

__all__ = [
    "RENDERER_VERSION",
    "Heading",
    "RenderedComment",
    "RenderedPost",
    "plain_comment",
    "plain_post",
    "render_comment",
    "render_post",
]

RENDERER_VERSION = 1
"""Increase it when the same content is rendered differently: it is part of every cache key and ETag."""
