"""Comments as moderators see them, and the reasons why they wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from everpost.api.http.etags import revision_text
from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.links import count_links
from everpost.domain.people.actors import PUBLIC
from everpost.domain.people.users import Author
from everpost.markup.results import RenderedComment
from everpost.services.moderation import ModeratedComment
from everpost.services.posts import sees
from everpost.web.contexts import Moment
from everpost.web.desk.desk import Desk
from everpost.web.languages import message
from everpost.web.rendering import safe_html
from everpost.web.titles import title_of
from everpost.web.views.comments import writer_of

LABELS: Mapping[CommentStatus, str] = {
    CommentStatus.PENDING: message("Pending"),
    CommentStatus.APPROVED: message("Approved"),
    CommentStatus.SPAM: message("Spam"),
    CommentStatus.REMOVED: message("Removed"),
}
ACTIONS: Mapping[CommentStatus, str] = {
    CommentStatus.APPROVED: message("Approve"),
    CommentStatus.SPAM: message("Spam"),
    CommentStatus.REMOVED: message("Remove"),
}
"""The buttons, by the status that they give."""
_UNDECIDED = frozenset({CommentStatus.PENDING, CommentStatus.SPAM})
_MAX_QUOTE = 160
"""Characters of the comment that is answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The beginning of the comment to which a comment replies."""

    name: str
    text: str
    """Empty if it was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A comment in the queue."""

    id: Id
    revision: str
    status: CommentStatus
    name: str
    written: Moment
    url: str | None
    """Its place on the page of the post, if the public sees it."""
    post_title: str
    post_url: str | None
    """The page of the post; None if it is not public."""
    answers: Quote | None
    html: Markup
    facts: Sequence[str]
    """The reason why it waits, as far as it is known, and the last edit."""
    note: str
    """The reason why it is shown again."""
    is_deleted: bool
    """Whether only its place is left."""

    @property
    def actions(self) -> Sequence[tuple[CommentStatus, str]]:
        return () if self.is_deleted else actions_on(self.status)


def actions_on(status: CommentStatus) -> Sequence[tuple[CommentStatus, str]]:
    """The buttons of a comment with this status."""
    return [(wanted, label) for wanted, label in ACTIONS.items() if wanted is not status]


async def items_of(
    desk: Desk,
    comments: Sequence[ModeratedComment],
    editors: Mapping[Id, Author],
    notes: Mapping[Id, str],
) -> Sequence[Item]:
    """The comments for the template. `editors`: the users who edited them. `notes`: the reasons why some are
    shown again.
    """
    parents = [each.parent.content for each in comments if each.parent is not None]
    contents = [each.comment.content for each in comments]
    rendered = await desk.shown.renderer.comments([*contents, *parents])
    of_parents = iter(rendered[len(contents) :])
    items = []
    for each, html in zip(comments, rendered, strict=False):
        quote = None if each.parent is None else _quote(desk, each.parent, next(of_parents))
        items.append(_item(desk, each, html, quote, facts=_facts(desk, each, editors), notes=notes))
    return items


def _item(
    desk: Desk,
    moderated: ModeratedComment,
    html: RenderedComment,
    answers: Quote | None,
    *,
    facts: Sequence[str],
    notes: Mapping[Id, str],
) -> Item:
    comment, post, urls = moderated.comment, moderated.post, desk.shown.urls
    is_public = sees(PUBLIC, post)
    is_shown = is_public and comment.status is CommentStatus.APPROVED
    return Item(
        id=comment.id,
        revision=revision_text(comment.revision),
        status=comment.status,
        name=writer_of(comment, desk.language),
        written=desk.minute(comment.publication_date),
        url=urls.comment(post, comment.id) if is_shown else None,
        post_title=title_of(post, desk.language),
        post_url=urls.post(post) if is_public else None,
        answers=answers,
        html=safe_html(html),
        facts=facts,
        note=notes.get(comment.id, ""),
        is_deleted=not comment.content and comment.status is CommentStatus.REMOVED,
    )


def _quote(desk: Desk, parent: Comment, rendered: RenderedComment) -> Quote:
    text = rendered.excerpt
    is_long = len(text) > _MAX_QUOTE
    return Quote(
        name=writer_of(parent, desk.language), text=f"{text[:_MAX_QUOTE].rstrip()}…" if is_long else text
    )


def _facts(desk: Desk, moderated: ModeratedComment, editors: Mapping[Id, Author]) -> Sequence[str]:
    comment = moderated.comment
    found = [_reason(desk, moderated), _edit(desk, comment, editors)]
    if comment.status in _UNDECIDED and (links := count_links(comment.content)):
        found.append(desk.language.plural(links, "%(num)d link.", "%(num)d links."))
    return [each for each in found if each]


def _reason(desk: Desk, moderated: ModeratedComment) -> str:
    """The reason why it waits, or is spam. The database holds none: it is inferred from the comment policy,
    and from whether the comment has changed since it was added.
    """
    comment = moderated.comment
    policy = moderated.post.comment_policy or desk.shown.blog.comment_policy
    is_new, is_decided = comment.version == 1, comment.version > 1 and not _is_edited(comment)
    match comment.status:
        case CommentStatus.PENDING:
            if is_decided:
                return desk.text("A moderator returned it to the queue.")
            if comment.author is None and policy is CommentPolicy.MODERATED:
                return desk.text("Comments by guests await approval on this post.")
            return desk.text("It has been waiting since it was sent.") if is_new else ""
        case CommentStatus.SPAM:
            if is_new:
                return desk.text(
                    "It came with a field filled in that only programs see, or was imported as spam."
                )
            return desk.text("A moderator marked it as spam.") if is_decided else ""
    return ""


def _edit(desk: Desk, comment: Comment, editors: Mapping[Id, Author]) -> str:
    if comment.edited_at is not None:
        editor = None if comment.editor_id is None else editors.get(comment.editor_id)
        day = desk.day(comment.edited_at).text
        if editor is None:
            return desk.text("Edited by a moderator on %(day)s.", day=day)
        return desk.text("Edited by %(name)s on %(day)s.", name=editor.name, day=day)
    if _is_edited(comment):
        return desk.text("Edited by its writer on %(day)s.", day=desk.day(comment.updated_at).text)
    return ""


def _is_edited(comment: Comment) -> bool:
    """Whether a guest's comment has new words. Those of users may have been given another date."""
    return comment.guest_name is not None and comment.updated_at > comment.publication_date
