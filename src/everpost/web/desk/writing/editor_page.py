"""The page of the editor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import Response

from everpost.api.http.etags import revision_text
from everpost.api.schemas.text import format_timestamp
from everpost.domain.comments import CommentPolicy
from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostFormat, PostKind, PostStatus
from everpost.domain.writing.working_copies import WorkingCopy
from everpost.stores.deadlines import ending
from everpost.stores.port import Store
from everpost.web import dates
from everpost.web.contexts import Moment
from everpost.web.desk.content_security import DESK_HEADERS
from everpost.web.desk.desk import Desk
from everpost.web.desk.writing.checks import check
from everpost.web.desk.writing.choices import find_authors, find_tags
from everpost.web.desk.writing.conflicts import Conflict
from everpost.web.desk.writing.fields.base_forms import packed
from everpost.web.desk.writing.fields.post_form import Typed
from everpost.web.desk.writing.own_posts import PUBLISHED, state_of
from everpost.web.forms.errors import FormError
from everpost.web.languages import message

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
    copy: str = ""
    """The revision of the working copy with these texts."""
    kept_at: datetime | None = None
    """When these texts were typed, if they are from the working copy."""
    revision: str | None = None
    """The revision of the base; None: that of the post."""
    updated_at: datetime | None = None
    """Likewise."""

    def with_copy(self, copy: WorkingCopy) -> "EditorPage":
        """The page with the texts of a working copy, begun from its base."""
        revision = revision_text(copy.revision)
        base = copy.base
        return replace(
            self,
            typed={**self.typed, **copy.text.given()},
            base=self.base if base is None else {**self.base, **base.text.given()},
            copy=revision,
            kept_at=copy.updated_at,
            revision=None if base is None else base.etag.strip('"').rpartition("-")[0],
            updated_at=None if base is None else base.updated_at,
        )

    async def response(self, refused: FormError | None = None, conflict: Conflict | None = None) -> Response:
        """The page. With a conflict, it shows what differs."""
        desk, post = self.desk, self.post
        updated_at = self.updated_at or (None if post is None else post.updated_at)
        revision = self.revision or ("" if post is None else revision_text(post.revision))
        with ending(
            None
        ):  # after a comparison or a check of large texts, a deadline for all calls has passed
            advice = [] if refused else await self._advice()
            authors = await find_authors(self.store, desk, post)
            tags = await find_tags(self.store)
        return desk.page(
            "writing/editor.html",
            desk.text("Write"),
            refused=refused,
            headers=_HEADERS,
            typed=self.typed,
            id=self.id,
            post=post,
            base=packed(self.base),
            revision=revision,
            updated_at="" if updated_at is None else format_timestamp(updated_at),
            copy=self.copy,
            kept=None if self.kept_at is None else self._time(self.kept_at),
            conflict=conflict,
            advice=advice,
            state="" if post is None else desk.text(state_of(post)),
            is_draft=post is None or post.status is PostStatus.DRAFT,
            url=self._url(),
            authors=authors,
            tags=tags,
            kinds=self._translated(_KINDS),
            formats=_FORMATS,
            policies=self._translated(_POLICIES),
            zone=desk.shown.blog.time_zone,
        )

    async def _advice(self) -> Sequence[str]:
        """Advice about the texts in the form."""
        if self.post is None:
            return ()
        markup = self.typed["format"]
        shown = replace(
            self.post,
            title=self.typed["title"],
            content=self.typed["content"],
            format=PostFormat(markup) if markup in [*PostFormat] else self.post.format,
        )
        return await check(shown, self.store, self.desk)

    def _time(self, moment: datetime) -> Moment:
        zone = self.desk.shown.urls.zone
        return dates.minute(moment, self.desk.language.tag, zone)

    def _url(self) -> str | None:
        """The page of the post, if readers can see it."""
        post = self.post
        is_out = post is not None and state_of(post) == PUBLISHED
        return self.desk.shown.urls.post(post) if post is not None and is_out else None

    def _translated(self, options: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        return [(value, self.desk.text(label)) for value, label in options]
