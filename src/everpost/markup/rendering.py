"""Posts and comments as HTML for readers."""

from collections.abc import Collection

from everpost.domain.posts import PostFormat
from everpost.markup.document import Document
from everpost.markup.markdown import comment_html, post_html
from everpost.markup.results import MAX_HTML, RenderedComment, RenderedPost, Unrenderable
from everpost.markup.sanitizer import sanitize_comment, sanitize_post


def render_post(
    content: str,
    format: PostFormat,
    *,
    embed_hosts: Collection[str] = (),
    base_url: str | None = None,
) -> RenderedPost:
    """Render the content of a post. Frames from `embed_hosts` are kept. Relative addresses are kept, or made
    absolute with `base_url`, the address of the post, or its path for another page of the same site. Raises
    Unrenderable.
    """
    html = content if format is PostFormat.HTML else _bounded(post_html(content))
    document = Document(base_url=base_url, embed_hosts=embed_hosts)
    shown = document.read(_bounded(sanitize_post(html)))
    return RenderedPost(
        html=shown,
        excerpt=document.excerpt,
        outline=tuple(document.headings),
        reading_minutes=document.reading_minutes,
        image=document.image,
    )


def render_comment(content: str, *, base_url: str | None = None) -> RenderedComment:
    """Render the Markdown of a comment. Raises Unrenderable."""
    document = Document(base_url=base_url, has_formulas=False)
    shown = document.read(_bounded(sanitize_comment(_bounded(comment_html(content)))))
    return RenderedComment(html=shown, excerpt=document.excerpt)


def _bounded(html: str) -> str:
    if len(html) > MAX_HTML:
        raise Unrenderable(f"more than {MAX_HTML:,} characters of HTML")
    return html
