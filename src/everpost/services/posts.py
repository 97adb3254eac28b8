"""Reading, publishing and revising posts."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from everpost.domain.clock import HORIZON, LATEST, now
from everpost.domain.comments import CommentPolicy
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Page, Position
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import Scope
from everpost.domain.people.users import Author, User
from everpost.domain.post_paths import PermalinkRule, checked_paths
from everpost.domain.posts import (
    COMMENTS_INSIDE,
    Audience,
    Post,
    PostChange,
    PostFilter,
    PostFormat,
    PostKey,
    PostKind,
    PostQuery,
    PostSort,
    PostStatus,
    TagCount,
    TagQuery,
    checked_slug,
    checked_tags,
)
from everpost.domain.revisions import ExpectedRevisions
from everpost.domain.text import slug_from
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import Conflict, Forbidden, InTrash, Invalid, NotFound, Stale
from everpost.stores.port import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDraft:
    """A post to add. None: the writer left the field out."""

    title: str
    content: str
    id: Id | None = None
    publication_date: datetime | None = None
    slug: str | None = None
    tags: tuple[str, ...] | None = None
    format: PostFormat | None = None
    status: PostStatus | None = None
    kind: PostKind | None = None
    summary: str | None = None
    paths: tuple[str, ...] | None = None
    cover: str | None = None
    author_id: Id | None = None
    comment_policy: CommentPolicy | None = None
    saved_copy: SavedCopy | None = None


async def read_post(store: Store, actor: Actor, id: Id, *, comments: int) -> Post:
    """Return the post, if the actor may see it. Raises NotFound."""
    post = await store.posts.get(id, comments=comments)
    if not sees(actor, post):
        raise NotFound("post", id)
    return post


async def find_post(store: Store, actor: Actor, slug: str, *, comments: int) -> Post | None:
    """Return the post with this slug, if it exists and the actor may see it."""
    post = await store.posts.find(slug, comments=comments)
    return post if post is not None and sees(actor, post) else None


async def find_post_by_path(store: Store, actor: Actor, path: str, *, comments: int) -> Post | None:
    """Return the post with this old path, if it exists and the actor may see it."""
    post = await store.posts.find_by_path(path, comments=comments)
    return post if post is not None and sees(actor, post) else None


async def find_post_by_paths(store: Store, actor: Actor, paths: Sequence[str]) -> Post | None:
    """Return the post, without comments, that the first of these old paths leads to and that the actor may
    see. If there is none, this costs one query.
    """
    found = await store.posts.find_validators(PostKey.PATH, list(dict.fromkeys(paths))) if paths else {}
    for path in paths:
        if path in found:
            with suppress(NotFound):
                return await read_post(store, actor, found[path][0], comments=0)
    return None


def sees(actor: Actor, post: Post) -> bool:
    """Whether the actor may see the post. Also moves the clock's horizon to the post's `updated_at`."""
    HORIZON.observe(post.updated_at)
    return actor.sees(post, HORIZON.moment())


async def observe_latest_write(store: Store) -> None:
    """Move the clock's horizon to the latest write of a post, in case the clock has been set back since."""
    for kind in PostKind:
        query = PostQuery(
            filter=PostFilter(audience=Audience(moment=LATEST, sees_all=True), kind=kind),
            sort=PostSort.MOST_RECENTLY_UPDATED,
            limit=1,
            after=Position(now() + HORIZON.MAX_AHEAD, Id("0" * 24)),
            comments=0,
        )
        for post in (await store.posts.page(query)).rows:
            HORIZON.observe(post.updated_at)


async def list_page(store: Store, actor: Actor, query: PostQuery) -> Page[Post]:
    """A page of posts that the actor may see."""
    is_hidden = await hides_author(store, actor, query.filter)
    return Page((), has_more=False) if is_hidden else await store.posts.page(query)


async def count_posts(store: Store, actor: Actor, filter: PostFilter) -> int:
    """The number of these posts that the actor may see."""
    return 0 if await hides_author(store, actor, filter) else await store.posts.count(filter)


async def list_tags(store: Store, *, limit: int, after: str | None = None) -> Page[TagCount]:
    """A page of the tags of public posts, in order."""
    return await store.posts.tags(TagQuery(moment=HORIZON.moment(), limit=limit, after=after))


async def hides_author(store: Store, actor: Actor, filter: PostFilter) -> bool:
    """Whether the list would reveal the posts of a disabled user."""
    if filter.author_id is None or actor.edits_all or filter.author_id == actor.id:
        return False
    try:
        return (await store.users.get(filter.author_id)).disabled_at is not None
    except NotFound:
        return True


async def create_post(store: Store, actor: Actor, draft: PostDraft) -> tuple[Post, bool]:
    """Add a post. Returns the stored post, and whether it is new.

    Idempotent if the draft has an id: if an equal post is stored under this id, it is returned. Raises
    Unauthenticated, Forbidden, Conflict, Invalid.
    """
    user = actor.require(Scope.POSTS_WRITE)
    author = await _author(store, actor, user, draft.author_id)
    moment, is_draft = now(), draft.status is PostStatus.DRAFT
    post = Post(
        id=draft.id or new_id(),
        title=draft.title,
        content=draft.content,
        publication_date=draft.publication_date or moment,
        updated_at=moment,
        slug=slug_from(draft.title) if draft.slug is None else checked_slug(draft.slug),
        tags=checked_tags(draft.tags or ()),
        format=draft.format or PostFormat.MARKDOWN,
        status=draft.status or PostStatus.PUBLISHED,
        kind=draft.kind or PostKind.POST,
        summary=draft.summary,
        paths=checked_paths(draft.paths or ()),
        cover=draft.cover,
        author=author,
        comment_policy=draft.comment_policy,
        edited_by_id=user.id,
        edit_began_at=moment if is_draft else None,
    )
    try:
        added = await store.posts.add(post, numbered=draft.slug is None, saved_copy=draft.saved_copy)
    except Conflict as conflict:
        stored = await _stored(store, post.id) if draft.id is not None and conflict.field == "id" else None
        if stored is None or not await _repeats(store, draft, post, stored):
            raise
        return stored, False
    HORIZON.observe(moment)
    return added, True


async def _author(store: Store, actor: Actor, user: User, author_id: Id | None) -> Author:
    """The author of a new post."""
    if author_id is None or author_id == user.id:
        return user.author
    if not actor.edits_all:
        raise Forbidden("Only editors and admins may set another author.")
    try:
        return (await store.users.get(author_id)).author
    except NotFound:
        raise Invalid("author_id", "should be the id of a user") from None


async def _stored(store: Store, id: Id) -> Post | None:
    try:
        return await store.posts.get(id, comments=COMMENTS_INSIDE)
    except NotFound:  # removed since the conflict
        return None


async def _repeats(store: Store, draft: PostDraft, post: Post, stored: Post) -> bool:
    """Whether the draft, as the new post, is that of the stored post."""
    if draft.paths is not None:
        rule = PermalinkRule.of(await store.blog.get())
        post = replace(post, paths=rule.without_permalink(stored, post.paths))
    stored_author_id = None if stored.author is None else stored.author.id
    return (
        stored.status is not PostStatus.TRASHED
        and (post.title, post.content) == (stored.title, stored.content)
        and (post.author is not None and post.author.id == stored_author_id)
        and (draft.publication_date is None or post.publication_date == stored.publication_date)
        and (draft.slug is None or post.slug == stored.slug)
        and (draft.tags is None or post.tags == stored.tags)
        and (draft.format is None or post.format == stored.format)
        and (draft.status is None or post.status == stored.status)
        and (draft.kind is None or post.kind == stored.kind)
        and (draft.summary is None or post.summary == stored.summary)
        and (draft.paths is None or post.paths == stored.paths)
        and (draft.cover is None or post.cover == stored.cover)
        and (draft.comment_policy is None or post.comment_policy == stored.comment_policy)
    )


async def update_post(
    store: Store, actor: Actor, id: Id, change: PostChange, *, match: ExpectedRevisions
) -> Post:
    """Change the post, if the change has any new value, and return it. An empty slug is replaced by the
    default for the title. Raises Unauthenticated, NotFound, Forbidden, InTrash, Stale, Conflict, Invalid.
    """
    user = await require_writer(store, actor, id)
    if change == PostChange(updated_at=change.updated_at):
        return await _unchanged(store, actor, id, change, match)
    checked = replace(
        change,
        editor_id=user.id,
        slug=checked_slug(change.slug) if change.slug else None,
        tags=None if change.tags is None else checked_tags(change.tags),
        paths=None if change.paths is None else checked_paths(change.paths),
    )
    if change.author_id not in (None, user.id) and not actor.edits_all:
        raise Forbidden("Only editors and admins may set another author.")
    if change.slug == "":
        title = change.title or (await read_post(store, actor, id, comments=0)).title
        checked = replace(checked, slug=slug_from(title), is_slug_numbered=True)
    try:
        return await store.posts.save(
            id, checked, match=match, comments=COMMENTS_INSIDE, owner_id=owner_id(actor)
        )
    except Forbidden:
        raise await refusal(store, actor, id) from None


async def require_writer(store: Store, actor: Actor, id: Id) -> User:
    """The actor as a user who may write posts. If the actor may not, raises Forbidden if the actor sees the
    post, and NotFound otherwise.
    """
    try:
        return actor.require(Scope.POSTS_WRITE)
    except Forbidden:
        await read_post(store, actor, id, comments=0)
        raise


def owner_id(actor: Actor) -> Id | None:
    """The author whose posts the actor may change; None: every author."""
    return None if actor.edits_all else actor.id


async def refusal(store: Store, actor: Actor, id: Id) -> Forbidden:
    """The error for changing a post of another author. Raises NotFound if the actor may not even see it."""
    await read_post(store, actor, id, comments=0)
    return Forbidden("This post belongs to another author.")


async def _unchanged(
    store: Store, actor: Actor, id: Id, change: PostChange, match: ExpectedRevisions
) -> Post:
    post = await read_post(store, actor, id, comments=COMMENTS_INSIDE)
    if not actor.owns(post):
        raise await refusal(store, actor, id)
    if post.status is PostStatus.TRASHED:
        raise InTrash
    if match is not None and post.revision not in match:
        raise Stale("post", id)
    if change.saved_copy is not None:
        saved = change.saved_copy
        with suppress(NotFound, Stale):
            await store.working_copies.remove(saved.user_id, id, match=frozenset({saved.revision}))
    return post
