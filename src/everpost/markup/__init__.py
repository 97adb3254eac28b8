"""Markdown and HTML in; safe HTML, plain text and an outline out.

Pure: a result depends only on the arguments of `rendering.render_post` and `rendering.render_comment`.
Content is untrusted, and some of it takes very long to render, so a server calls
`everpost.services.rendering` instead, which limits time and memory, and does not import the parsers into its
own process.
"""
