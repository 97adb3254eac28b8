"""Posts in the trash: where they are, what can be done with them, and how they come back."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest

from everpost.domain.clock import LATEST
from everpost.domain.comment_preconditions import CommentPreconditions
from everpost.domain.comments import CommentChange, CommentPolicy, CommentStatus, QueueQuery
from everpost.domain.ids import Id, new_id
from everpost.domain.posts import (
    Audience,
    Post,
    PostChange,
    PostFilter,
    PostKind,
    PostStatus,
    TagQuery,
)
from everpost.domain.writing.saved_copies import SavedCopy
from everpost.errors import Conflict, Forbidden, InTrash, NotFound, NotInTrash, Stale
from everpost.stores.port import Store
from tests.contract.port.examples import (
    LATER,
    MOMENT,
    a_comment,
    a_post,
    comment_on,
    publish,
    read_post,
    read_posts,
    read_thread,
    register,
)
from tests.contract.port.writing.typed import read, typing
from tests.contract.refusals import attempt, raises

ALL = Audience(moment=LATEST, sees_all=True)
TRASHED = PostFilter(audience=ALL, status=PostStatus.TRASHED)
DAY = timedelta(days=1)


async def trash(store: Store, id: Id) -> Post:
    """Move a post to the trash, and return it."""
    await store.trash.move_post(id, moment=LATER, match=None)
    return await read_post(store, id)


async def restore(store: Store, id: Id) -> Post:
    return await store.trash.restore_post(id, moment=LATER + DAY, match=None, comments=100)


async def test_a_post_in_the_trash_keeps_everything_but_its_status(store: Store) -> None:
    post = await publish(store, tags=("b", "a"), paths=("/old",), summary="Short")
    await comment_on(store, post.id)
    before = await read_post(store, post.id)
    assert await trash(store, post.id) == replace(
        before,
        status=PostStatus.TRASHED,
        former_status=PostStatus.PUBLISHED,
        trashed_at=LATER,
        updated_at=LATER,
        version=before.version + 1,
    )


@pytest.mark.parametrize("status", [PostStatus.DRAFT, PostStatus.PUBLISHED])
async def test_a_restored_post_has_its_former_status(store: Store, status: PostStatus) -> None:
    post = await publish(store, status=status, tags=("b", "a"), paths=("/old",))
    await comment_on(store, post.id)
    before = await read_post(store, post.id)
    await trash(store, post.id)
    restored = await restore(store, post.id)
    assert restored == replace(before, updated_at=LATER + DAY, version=before.version + 2)
    assert restored == await read_post(store, post.id)
    assert before.stamp != restored.stamp
    for tag in ("a", "b"):
        listed = await read_posts(store, PostFilter(audience=ALL, status=status, tag=tag))
        assert [each.id for each in listed] == [post.id]


async def test_a_post_in_the_trash_is_in_no_other_list(store: Store) -> None:
    ann = await register(store)
    post = await publish(store, author=ann.author, tags=("a",))
    draft = await publish(store, author=ann.author, tags=("a",), status=PostStatus.DRAFT)
    page = await publish(store, author=ann.author, kind=PostKind.PAGE)
    before = await store.posts.updates(PostKind.POST)
    for each in (post, draft, page):
        await trash(store, each.id)
    for audience in (ALL, Audience(moment=LATEST), Audience(moment=LATEST, author_id=ann.id)):
        for status in (PostStatus.PUBLISHED, PostStatus.DRAFT):
            for kind in PostKind:
                for tag in (None, "a"):
                    of_all = PostFilter(audience=audience, status=status, kind=kind, tag=tag)
                    for wanted in (of_all, replace(of_all, author_id=ann.id)):
                        assert await read_posts(store, wanted) == []
                        assert await store.posts.count(wanted) == 0
    assert (await store.posts.tags(TagQuery(moment=LATEST, limit=10))).rows == ()
    assert await store.posts.authors(moment=LATEST, least=1) == []
    assert await store.posts.updates(PostKind.POST) != before


async def test_a_writer_lists_the_own_posts_in_the_trash(store: Store) -> None:
    ann, otto = await register(store, name="Ann"), await register(store, name="Otto")
    of_ann = await publish(store, author=ann.author, tags=("a",))
    of_otto = await publish(store, author=otto.author)
    page = await publish(store, author=ann.author, kind=PostKind.PAGE)
    for each in (of_ann, of_otto, page):
        await trash(store, each.id)
    as_ann = replace(TRASHED, audience=Audience(moment=LATEST, author_id=ann.id))
    assert {each.id for each in await read_posts(store, TRASHED)} == {of_ann.id, of_otto.id}
    assert [each.id for each in await read_posts(store, as_ann)] == [of_ann.id]
    assert [each.id for each in await read_posts(store, replace(as_ann, tag="a"))] == [of_ann.id]
    assert [each.id for each in await read_posts(store, replace(as_ann, kind=PostKind.PAGE))] == [page.id]
    assert await read_posts(store, replace(as_ann, author_id=otto.id)) == []
    assert await read_posts(store, replace(TRASHED, audience=Audience(moment=LATEST))) == []
    assert await store.posts.count(TRASHED) == 2


async def test_nothing_changes_a_post_in_the_trash(store: Store) -> None:
    post = await publish(store, tags=("a",))
    comment = await comment_on(store, post.id)
    before = await trash(store, post.id)
    preconditions = CommentPreconditions(policies=frozenset(CommentPolicy), audience=ALL)
    approved = CommentChange(updated_at=LATER, status=CommentStatus.SPAM)
    refused: list[Awaitable[object]] = [
        store.posts.save(post.id, PostChange(updated_at=LATER, title="New"), match=None, comments=0),
        store.posts.save(
            post.id, PostChange(updated_at=LATER, status=PostStatus.DRAFT), match=None, comments=0
        ),
        store.posts.save(post.id, PostChange(updated_at=LATER, slug="new"), match=frozenset(), comments=0),
        store.comments.add(a_comment(post.id), preconditions=preconditions),
        store.comments.save(post.id, comment.id, approved, match=None),
        store.comments.remove(post.id, comment.id, match=None),
        store.preview_links.create(post.id, 7, owner_id=None),
    ]
    for each in refused:
        with raises(InTrash, "post", "status"):
            await each
    assert await read_post(store, post.id) == before


async def test_an_import_brings_comments_of_a_post_in_the_trash(store: Store) -> None:
    post = await publish(store)
    await trash(store, post.id)
    comment = await comment_on(store, post.id)
    assert [each.id for each in (await restore(store, post.id)).comments] == [comment.id]


async def test_only_the_owner_moves_and_restores_a_post(store: Store) -> None:
    ann, otto = await register(store, name="Ann"), await register(store, name="Otto")
    post = await publish(store, author=ann.author)
    with raises(Forbidden):
        await store.trash.move_post(post.id, moment=LATER, match=frozenset(), owner_id=otto.id)
    with raises(Forbidden):
        await store.trash.restore_post(post.id, moment=LATER, match=None, comments=0, owner_id=otto.id)
    await store.trash.move_post(post.id, moment=LATER, match=None, owner_id=ann.id)
    for call in (
        store.trash.restore_post(post.id, moment=LATER, match=frozenset(), comments=0, owner_id=otto.id),
        store.trash.move_post(post.id, moment=LATER, match=None, owner_id=otto.id),
        store.posts.remove(post.id, match=None, owner_id=otto.id),
        store.posts.save(post.id, PostChange(updated_at=LATER), match=None, comments=0, owner_id=otto.id),
    ):
        with raises(Forbidden):
            await call
    await store.trash.restore_post(post.id, moment=LATER, match=None, comments=0, owner_id=ann.id)


async def test_revisions_are_checked(store: Store) -> None:
    post = await publish(store)
    outdated = frozenset({post.revision})
    await store.posts.save(post.id, PostChange(updated_at=LATER), match=None, comments=0)
    with raises(Stale, "post"):
        await store.trash.move_post(post.id, moment=LATER, match=outdated)
    current = (await read_post(store, post.id)).revision
    with raises(NotInTrash, "post", "status"):
        await store.trash.restore_post(post.id, moment=LATER, match=outdated, comments=0)
    await store.trash.move_post(post.id, moment=LATER, match=frozenset({current}))
    with raises(Stale, "post"):
        await store.trash.restore_post(post.id, moment=LATER, match=frozenset({current}), comments=0)
    current = (await read_post(store, post.id)).revision
    await store.trash.restore_post(post.id, moment=LATER, match=frozenset({current}), comments=0)


async def test_a_post_in_the_trash_is_not_moved_there_again(store: Store) -> None:
    post = await publish(store)
    before = await trash(store, post.id)
    for match in (None, frozenset({before.revision}), frozenset({post.revision})):
        with raises(NotFound, "post"):
            await store.trash.move_post(post.id, moment=LATER + DAY, match=match)
    assert await read_post(store, post.id) == before


async def test_a_missing_post_is_neither_moved_nor_restored(store: Store) -> None:
    removed = await publish(store)
    await trash(store, removed.id)
    await store.posts.remove(removed.id, match=None)
    for post_id in (removed.id, new_id()):
        with raises(NotFound, "post"):
            await store.trash.move_post(post_id, moment=LATER, match=None)
        with raises(NotFound, "post"):
            await restore(store, post_id)


async def test_a_post_in_the_trash_keeps_its_id_slug_and_paths(store: Store) -> None:
    post = await publish(store, slug="taken", paths=("/old/taken",))
    await trash(store, post.id)
    with raises(Conflict, "post", "id"):
        await store.posts.add(a_post(id=post.id))
    with raises(Conflict, "post", "slug", match="may be in the trash"):
        await publish(store, slug="taken")
    with raises(Conflict, "post", "paths", match="may be in the trash"):
        await publish(store, paths=("/old/taken",))
    assert (await store.posts.add(a_post(slug="taken"), numbered=True)).slug == "taken-2"
    found = await store.posts.find("taken", comments=0)
    assert found is not None
    assert found.status is PostStatus.TRASHED


async def test_comments_on_a_post_in_the_trash_are_in_no_queue(store: Store) -> None:
    ann = await register(store)
    kept, gone = [await publish(store, author=ann.author) for _ in range(2)]
    on_kept = {each: await comment_on(store, kept.id, status=each) for each in CommentStatus}
    on_gone = {each: await comment_on(store, gone.id, status=each) for each in CommentStatus}
    await trash(store, gone.id)
    for status in CommentStatus:
        for author_id in (None, ann.id):
            query = QueueQuery(status=status, limit=1, post_author_id=author_id)
            page = await store.comments.queue(query)
            assert ([each.id for each in page.rows], page.has_more) == ([on_kept[status].id], False)
    await restore(store, gone.id)
    for status in CommentStatus:
        rows = (await store.comments.queue(QueueQuery(status=status, limit=9))).rows
        assert {each.id for each in rows} == {on_kept[status].id, on_gone[status].id}
    assert {each.id for each in await read_thread(store, gone.id)} == {on_gone[CommentStatus.APPROVED].id}


async def test_a_discarded_working_copy_goes_and_others_stay(store: Store) -> None:
    ann, otto = await register(store, name="Ann"), await register(store, name="Otto")
    post = await publish(store)
    mine, other = [await store.working_copies.add(typing(user, post.id)) for user in (ann, otto)]
    discarded = SavedCopy(ann.id, mine.revision)
    await store.trash.move_post(post.id, moment=LATER, match=None, discarded_copy=discarded)
    with raises(NotFound, "working copy"):
        await store.working_copies.get(ann.id, post.id)
    assert (await read(store, otto, post.id)).revision == other.revision


async def test_posts_are_removed_once_they_have_been_in_the_trash_long_enough(store: Store) -> None:
    posts = [await publish(store, tags=("a",), paths=(f"/{number}",)) for number in range(4)]
    kept = await publish(store)
    await comment_on(store, posts[0].id)
    for day, post in enumerate(posts):
        await store.trash.move_post(post.id, moment=MOMENT + day * DAY, match=None)
    assert await store.trash.remove_posts(MOMENT, limit=10) == 0
    assert await store.trash.remove_posts(MOMENT + 2 * DAY, limit=1) == 1
    assert [each.id for each in await read_posts(store, TRASHED)].count(posts[0].id) == 0
    assert await store.trash.remove_posts(MOMENT + 2 * DAY, limit=10) == 1
    assert await store.trash.remove_posts(MOMENT + 2 * DAY, limit=10) == 0
    assert {each.id for each in await read_posts(store, TRASHED)} == {posts[2].id, posts[3].id}
    await restore(store, posts[2].id)
    assert await store.trash.remove_posts(LATEST, limit=10) == 1
    assert {each.id for each in await read_posts(store)} == {kept.id, posts[2].id}
    again = await store.posts.add(a_post(id=posts[0].id, slug=posts[0].slug, paths=("/0",)))
    assert (await read_post(store, again.id)).comments == ()


async def test_either_a_save_or_the_trash_comes_first(store: Store) -> None:
    post = await publish(store, tags=("a",))
    change = PostChange(updated_at=LATER, title="New", tags=("b",))
    outcomes = await asyncio.gather(
        *(attempt(store.posts.save(post.id, change, match=None, comments=0)) for _ in range(3)),
        attempt(store.trash.move_post(post.id, moment=LATER, match=None)),
        attempt(store.trash.move_post(post.id, moment=LATER, match=None)),
    )
    saved = outcomes[:3]
    assert set(saved) <= {"done", "InTrash post status"}
    assert sorted(outcomes[3:]) == ["NotFound post", "done"]
    found = await read_post(store, post.id)
    assert (found.status, found.version) == (PostStatus.TRASHED, 2 + saved.count("done"))
    assert found.tags == (("b",) if "done" in saved else ("a",))
    listed = await read_posts(store, replace(TRASHED, tag=found.tags[0]))
    assert [each.id for each in listed] == [post.id]


async def test_either_a_restoration_or_the_removal_comes_first(store: Store) -> None:
    post = await publish(store, paths=("/old",))
    await comment_on(store, post.id)
    await trash(store, post.id)
    restored, removed = await asyncio.gather(
        attempt(restore(store, post.id)), store.trash.remove_posts(LATEST, limit=10)
    )
    assert (restored, removed) in [("done", 0), ("NotFound post", 1)]
    found = await store.posts.find_by_path("/old", comments=1)
    assert (found is None) == (removed == 1)
    if found is not None:
        assert (found.status, len(found.comments)) == (PostStatus.PUBLISHED, 1)
