"""Threads as templates show them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from everpost.domain.comments import Comment, CommentPolicy, CommentStatus, Node
from everpost.domain.ids import Id
from everpost.domain.paging import encode_cursor
from everpost.domain.posts import Post
from everpost.web.contexts import CommentForm, CommentView
from everpost.web.forms.comments import MEMBERS_ONLY
from everpost.web.languages import Language, message
from everpost.web.rendering import safe_html
from everpost.web.site import Presentation
from everpost.web.urls import anchor, with_query
from everpost.web.views.posts import author_link

SOMEONE = message("Someone")
"""The name of a writer whose account was removed or disabled."""
FORM = "comment-form"
"""The id of the form in the HTML."""
_NOTICES = {
    CommentPolicy.CLOSED: message("Comments are closed."),
    CommentPolicy.MEMBERS: MEMBERS_ONLY,
}
_NOTES = {
    CommentPolicy.OPEN: message("No account needed. Your comment will appear immediately."),
    CommentPolicy.MODERATED: message(
        "No account needed. Your comment will appear when it has been approved."
    ),
}


@dataclass(frozen=True, slots=True)
class Thread:
    """The thread of a post on the pages of a blog."""

    post: Post
    shown: Presentation

    @property
    def policy(self) -> CommentPolicy:
        return self.post.comment_policy or self.shown.blog.comment_policy

    @property
    def notice(self) -> str:
        """Why guests cannot comment; empty if they can."""
        notice = _NOTICES.get(self.policy)
        return "" if notice is None else self.shown.text(notice)

    def form(
        self,
        parent: Comment | None = None,
        *,
        sent: Mapping[str, str] | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> CommentForm | None:
        """The form, for a reply if `parent` is given; None if guests cannot comment and have sent nothing."""
        if self.notice and not errors:
            return None
        url, sent, note = self.shown.urls.post(self.post), sent or {}, _NOTES.get(self.policy)
        return CommentForm(
            action=f"{url}#{FORM}",
            note="" if note is None else self.shown.text(note),
            name=sent.get("name", ""),
            content=sent.get("content", ""),
            parent_id=None if parent is None else parent.id,
            replies_to=None if parent is None else writer_of(parent, self.shown.language),
            cancel_url=f"{url}#{FORM}",
            errors=errors or {},
        )

    async def views(self, nodes: Sequence[Node]) -> tuple[CommentView, ...]:
        """The comments with their replies."""
        visible = [comment for comment in _all_of(nodes) if is_visible(comment)]
        rendered = await self.shown.renderer.comments([comment.content for comment in visible])
        texts = {comment.id: safe_html(each) for comment, each in zip(visible, rendered, strict=True)}
        return tuple(self._view(node, texts) for node in nodes)

    def next_url(self, last: Comment, parent_id: Id | None = None) -> str:
        """The page with the comments after this one, or the replies after this one to its parent."""
        path = self.shown.urls.post(self.post)
        return f"{with_query(path, thread=parent_id, comments=encode_cursor(last.position))}#comments"

    def _view(self, node: Node, texts: Mapping[Id, Markup]) -> CommentView:
        replies = tuple(self._view(reply, texts) for reply in node.replies)
        return self.view(node.comment, texts.get(node.comment.id, Markup()), replies, self._more_url(node))

    def view(
        self,
        comment: Comment,
        html: Markup,
        replies: tuple[CommentView, ...] = (),
        more_url: str | None = None,
        *,
        in_full: bool = False,
    ) -> CommentView:
        """The comment as the public sees it or, `in_full`, as its writer does."""
        urls, visible = self.shown.urls, in_full or is_visible(comment)
        link = author_link(comment.author, urls) if visible else None
        is_answerable = visible and not self.notice
        reply_url = f"{with_query(urls.post(self.post), reply=comment.id)}#{FORM}" if is_answerable else None
        return CommentView(
            anchor=anchor(comment.id),
            url=urls.comment(self.post, comment.id),
            is_tombstone=not visible,
            author=writer_of(comment, self.shown.language) if visible else "",
            author_url=None if link is None else link.url,
            is_by_post_author=link is not None and link == author_link(self.post.author, urls),
            published=self.shown.day(comment.publication_date),
            html=html,
            reply_url=reply_url,
            replies=replies,
            more_url=more_url,
        )

    def _more_url(self, node: Node) -> str | None:
        if not node.has_more:
            return None
        if node.replies:
            return self.next_url(node.replies[-1].comment, node.comment.id)
        path = self.shown.urls.post(self.post)
        return f"{with_query(path, thread=node.comment.id)}#comments"


def tree_of(comments: Sequence[Comment]) -> tuple[Node, ...]:
    """The tree of a whole thread, whose shown comments are in order."""
    replies: dict[Id | None, list[Comment]] = defaultdict(list)
    known = {comment.id for comment in comments}
    for comment in comments:
        replies[comment.parent_id if comment.parent_id in known else None].append(comment)

    def node_of(comment: Comment) -> Node:
        return Node(comment, tuple(map(node_of, replies[comment.id])))

    return tuple(map(node_of, replies[None]))


def is_visible(comment: Comment) -> bool:
    """Whether the public may read it: otherwise it is a tombstone."""
    return comment.status is CommentStatus.APPROVED


def writer_of(comment: Comment, language: Language) -> str:
    """The name of the writer; in this language if it is unknown."""
    if comment.guest_name is not None:
        return comment.guest_name
    if comment.author is None or comment.author.is_disabled:
        return language.text(SOMEONE)
    return comment.author.name


def _all_of(nodes: Sequence[Node]) -> list[Comment]:
    found = []
    for node in nodes:
        found += [node.comment, *_all_of(node.replies)]
    return found
