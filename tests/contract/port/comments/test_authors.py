"""The authors of posts and comments, with their names at the time of reading."""

from collections.abc import AsyncIterator
from dataclasses import replace

from everpost.domain.comments import Comment, CommentChange, CommentQuery, CommentStatus
from everpost.domain.ids import Id, new_id
from everpost.domain.people.users import Author, UserChange
from everpost.domain.posts import Post, PostChange
from everpost.errors import Conflict, Invalid
from everpost.stores.port import Store
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    a_comment,
    a_post,
    comment_on,
    publish,
    read_post,
    read_posts,
    read_thread,
    register,
)
from tests.contract.port.mirrored import read_queue
from tests.contract.refusals import raises


async def every_reading(store: Store, post: Post, root: Id, reply: Id) -> AsyncIterator[Post | Comment]:
    """A post and two comments on it, of which one is a reply to the other, read in every way."""
    yield await store.posts.get(post.id, comments=0)
    found = await store.posts.find(post.slug, comments=9)
    assert found is not None
    for seen in (found, *await read_posts(store), *await read_posts(store, replace(EVERYBODY, tag="a"))):
        yield seen
    for inside in ((await read_post(store, post.id)).comments, found.comments):
        assert len(inside) == 2
        for comment in inside:
            yield comment
    for comment in (*await read_thread(store, post.id), *await read_queue(store, CommentStatus.APPROVED)):
        yield comment
    for comment_id in (root, reply):
        yield await store.comments.get(post.id, comment_id)
        comment_found = await store.comments.find(comment_id)
        assert comment_found is not None
        yield comment_found
    (answer,) = (await store.comments.branches(post.id, [root], limit=9))[root].rows
    yield answer


async def test_a_new_name_appears_everywhere_immediately(store: Store) -> None:
    ada = await register(store, name="Ada")
    post = await publish(store, author=ada.author, tags=("a",))
    root = await comment_on(store, post.id, author=ada.author)
    reply = await comment_on(store, post.id, author=ada.author, parent_id=root.id)
    for change, author in (
        (UserChange(updated_at=LATER), Author(id=ada.id, name="Ada")),
        (UserChange(updated_at=LATER, name="Ädä \U0001f600"), Author(id=ada.id, name="Ädä \U0001f600")),
        (
            UserChange(updated_at=LATER, is_disabled=True),
            Author(id=ada.id, name="Ädä \U0001f600", is_disabled=True),
        ),
        (UserChange(updated_at=LATER, is_disabled=False, name="B"), Author(id=ada.id, name="B")),
    ):
        await store.users.save(ada.id, change, match=None)
        async for seen in every_reading(store, post, root.id, reply.id):
            assert seen.author == author
    assert (await read_post(store, post.id)).version == 3


async def test_posts_and_comments_of_a_removed_user_have_no_author(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, author=ada.author, tags=("a",))
    root = await comment_on(store, post.id, author=ada.author)
    reply = await comment_on(store, post.id, author=ada.author, parent_id=root.id)
    by_bob = await comment_on(store, (await publish(store)).id, author=bob.author)
    await store.users.remove(ada.id, heir_id=None, match=None)
    async for seen in every_reading(store, post, root.id, reply.id):
        assert seen.author == (bob.author if seen.id == by_bob.id else None)


async def test_an_author_name_in_a_write_is_ignored(store: Store) -> None:
    ada = await register(store, name="Ada")
    misnamed = Author(id=ada.id, name="Another", is_disabled=True)
    post = await publish(store, author=misnamed)
    await comment_on(store, post.id, author=misnamed)
    kept = await read_post(store, post.id)
    assert (kept.author, kept.comments[0].author) == (ada.author, ada.author)


async def test_a_guest_has_a_name_and_a_key_but_is_no_author(store: Store) -> None:
    post = await publish(store)
    comment = await comment_on(store, post.id, guest_name="Günther \U0001f600", key_digest="0" * 64)
    assert (comment.author, comment.guest_name, comment.key_digest) == (None, "Günther \U0001f600", "0" * 64)
    assert await store.comments.get(post.id, comment.id) == comment
    assert await store.comments.find(comment.id) == comment
    page = await store.comments.page(CommentQuery(post_id=post.id, limit=9))
    assert page.rows == (await read_post(store, post.id)).comments == (comment,)
    saved = await store.comments.save(
        post.id, comment.id, CommentChange(updated_at=LATER, content="New"), match=None
    )
    assert saved == replace(comment, content="New", updated_at=LATER, version=2)


async def test_a_post_can_change_its_author(store: Store) -> None:
    ada, bob = await register(store, name="Ada"), await register(store, name="Bob")
    post = await publish(store)
    for user in (ada, bob, bob):
        change = PostChange(updated_at=LATER, author_id=user.id)
        saved = await store.posts.save(post.id, change, match=None, comments=0)
        assert saved.author == user.author
        assert await read_post(store, post.id) == saved
    kept = await store.posts.save(post.id, PostChange(updated_at=LATER), match=None, comments=0)
    assert kept.author == bob.author


async def test_the_author_of_a_post_is_a_user(store: Store) -> None:
    removed = await register(store)
    await store.users.remove(removed.id, heir_id=None, match=None)
    post = await publish(store)
    for author in (Author(id=new_id(), name="Nobody"), removed.author, Author(id=post.id, name="A post")):
        refused = a_post(author=author)
        with raises(Invalid, field="author_id"):
            await store.posts.add(refused)
        with raises(Invalid, field="author_id"):
            await store.posts.save(
                post.id,
                PostChange(updated_at=LATER, title="New", author_id=author.id),
                match=None,
                comments=0,
            )
    assert await read_posts(store) == [post]


async def test_a_taken_id_or_slug_is_reported_before_an_unknown_author(store: Store) -> None:
    taken = await publish(store, slug="taken")
    nobody = Author(id=new_id(), name="Nobody")
    for refused, field in (
        (a_post(id=taken.id, author=nobody), "id"),
        (a_post(slug="taken", author=nobody), "slug"),
    ):
        with raises(Conflict, "post", field):
            await store.posts.add(refused)


async def test_a_comment_by_an_unknown_user_has_no_author(store: Store) -> None:
    post = await publish(store)
    comment = a_comment(post.id, author=Author(id=new_id(), name="Nobody"))
    await store.comments.add(comment)
    assert (await read_post(store, post.id)).comments == (replace(comment, author=None),)
