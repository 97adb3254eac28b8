"""The page of the editor."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Response

from everpost.api.http.etags import revision_text
from everpost.domain.comments import CommentPolicy
from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostFormat, PostKind, PostStatus
from everpost.stores.port import Store
from everpost.web.desk.content_security import DESK_HEADERS
from everpost.web.desk.desk import Desk
from everpost.web.desk.languages import message
from everpost.web.desk.writing.base_forms import packed
from everpost.web.desk.writing.choices import find_authors, find_tags
from everpost.web.desk.writing.own_posts import PUBLISHED, state_of
from everpost.web.desk.writing.post_form import Typed
from everpost.web.forms.errors import FormError

_POLICY = "content-security-policy"
_HEADERS = {_POLICY: f"{DESK_HEADERS[_POLICY]}; frame-src 'self'"}
"""The live preview is a frame."""
_KINDS = ((PostKind.POST, message("Post")), (PostKind.PAGE, message("Page")))
_FORMATS = ((PostFormat.MARKDOWN, "Markdown"), (PostFormat.HTML, "HTML"))
_POLICIES = (
    ("", message("As on the whole blog")),
    (CommentPolicy.OPEN, message("Everyone, immediately")),
    (CommentPolicy.MODERATED, message("Everyone, after approval")),
    (CommentPolicy.MEMBERS, message("Only people with an account")),
    (CommentPolicy.CLOSED, message("Nobody")),
)


@dataclass(frozen=True, slots=True)
class EditorPage:
    """The editor with these texts in its fields."""

    desk: Desk
    store: Store
    id: Id
    typed: Typed
    base: Typed
    """The texts of the stored post, or of a new form."""
    post: Post | None = None
    """None: the post is new."""

    async def response(self, refused: FormError | None = None) -> Response:
        """The page."""
        desk, post = self.desk, self.post
        return desk.page(
            "writing/editor.html",
            desk.text("Write"),
            refused=refused,
            headers=_HEADERS,
            typed=self.typed,
            id=self.id,
            post=post,
            base=packed(self.base),
            revision="" if post is None else revision_text(post.revision),
            state="" if post is None else desk.text(state_of(post)),
            is_draft=post is None or post.status is PostStatus.DRAFT,
            url=self._url(),
            authors=await find_authors(self.store, desk, post),
            tags=await find_tags(self.store),
            kinds=self._translated(_KINDS),
            formats=_FORMATS,
            policies=self._translated(_POLICIES),
            zone=desk.shown.blog.time_zone,
        )

    def _url(self) -> str | None:
        """The page of the post, if readers can see it."""
        post = self.post
        is_out = post is not None and state_of(post) == PUBLISHED
        return self.desk.shown.urls.post(post) if post is not None and is_out else None

    def _translated(self, options: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        return [(value, self.desk.text(label)) for value, label in options]
