"""The content of posts and comments as HTML."""

from dataclasses import dataclass

from markupsafe import Markup

from everpost.domain.comments import Comment
from everpost.domain.posts import Post


@dataclass(frozen=True, slots=True)
class RenderedPost:
    html: Markup
    excerpt: str
    reading_minutes: int
    image: str | None = None


async def render_post(post: Post) -> RenderedPost:
    """The post for readers."""
    words = post.content.split()
    return RenderedPost(_paragraphs(post.content), " ".join(words)[:280], max(1, len(words) // 230))


async def render_comment(comment: Comment) -> Markup:
    """The comment for readers."""
    return _paragraphs(comment.content)


def _paragraphs(text: str) -> Markup:
    return Markup("").join(Markup("<p>{}</p>").format(each) for each in text.split("\n\n") if each.strip())
