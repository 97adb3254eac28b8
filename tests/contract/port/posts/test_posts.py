"""Single posts."""

import asyncio

import pytest

from everpost.domain.comments import CommentPolicy
from everpost.domain.ids import new_id
from everpost.domain.posts import Post, PostChange, PostKind, PostStatus
from everpost.errors import Conflict, NotFound
from everpost.stores.port import Store
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    MOMENT,
    a_post,
    comment_on,
    publish,
    read_post,
    read_posts,
)
from tests.contract.refusals import attempt, describe, raises


async def test_a_blog_starts_empty(store: Store) -> None:
    assert await store.posts.count(EVERYBODY) == 0
    assert await read_posts(store) == []
    assert await store.posts.find("slug", comments=0) is None


async def test_a_missing_post_is_not_found(store: Store) -> None:
    unknown = new_id()
    change = PostChange(updated_at=LATER, title="New")
    for call in (
        store.posts.get(unknown, comments=0),
        store.posts.get(unknown, comments=100),
        store.posts.save(unknown, change, match=None, comments=0),
        store.posts.remove(unknown, match=None),
    ):
        with raises(NotFound, "post"):
            await call
    assert await store.posts.count(EVERYBODY) == 0


async def test_a_post_is_found_by_its_slug_with_its_comments(store: Store) -> None:
    await publish(store, slug="other")
    post = await publish(store, slug="this")
    comment = await comment_on(store, post.id)
    found = await store.posts.find("this", comments=1)
    assert found == await read_post(store, post.id)
    assert found is not None
    assert found.comments == (comment,)
    assert await store.posts.find("thi", comments=1) is None
    assert await store.posts.find("", comments=1) is None


async def test_posts_may_have_identical_text(store: Store) -> None:
    for _ in range(3):
        await publish(store)
    assert await store.posts.count(EVERYBODY) == 3


async def test_a_taken_slug_is_a_conflict(store: Store) -> None:
    first = await publish(store, slug="taken")
    assert await attempt(store.posts.add(a_post(slug="taken"))) == "Conflict post slug"
    assert list(await read_posts(store)) == [first]


async def test_a_taken_id_is_a_conflict_before_a_taken_slug(store: Store) -> None:
    first = await publish(store, slug="taken")
    await publish(store, slug="of another")
    for slug in ("free", "taken", "of another"):
        assert await attempt(store.posts.add(a_post(id=first.id, slug=slug))) == "Conflict post id"
    assert await read_post(store, first.id) == first
    assert await store.posts.count(EVERYBODY) == 2


async def test_of_concurrent_posts_with_one_id_one_is_stored(store: Store) -> None:
    post_id = new_id()
    posts = [a_post(id=post_id, title=str(number), slug=str(number)) for number in range(8)]
    outcomes = await asyncio.gather(*(attempt(store.posts.add(post)) for post in posts))
    assert sorted(outcomes) == ["Conflict post id"] * 7 + ["done"]
    assert await read_post(store, post_id) == posts[outcomes.index("done")]
    assert await store.posts.count(EVERYBODY) == 1


async def test_of_concurrent_posts_with_one_slug_one_is_stored(store: Store) -> None:
    posts = [a_post(slug="wanted") for _ in range(8)]
    outcomes = await asyncio.gather(*(attempt(store.posts.add(post)) for post in posts))
    assert sorted(outcomes) == ["Conflict post slug"] * 7 + ["done"]
    assert await store.posts.find("wanted", comments=0) == posts[outcomes.index("done")]
    assert await store.posts.count(EVERYBODY) == 1


@pytest.mark.parametrize(
    "change",
    [
        PostChange(updated_at=LATER),
        PostChange(updated_at=LATER, title="New"),
        PostChange(updated_at=LATER, content="New"),
        PostChange(updated_at=LATER, content=""),
        PostChange(updated_at=LATER, publication_date=LATER),
        PostChange(updated_at=LATER, slug="new"),
        PostChange(updated_at=LATER, slug="slug"),
        PostChange(updated_at=LATER, tags=("new", "b")),
        PostChange(updated_at=LATER, tags=()),
        PostChange(updated_at=LATER, status=PostStatus.DRAFT),
        PostChange(updated_at=LATER, status=PostStatus.PUBLISHED),
        PostChange(updated_at=LATER, kind=PostKind.PAGE),
        PostChange(updated_at=LATER, kind=PostKind.POST),
        PostChange(updated_at=LATER, summary="New"),
        PostChange(updated_at=LATER, summary=""),
        PostChange(updated_at=LATER, comment_policy=CommentPolicy.OPEN),
        PostChange(updated_at=LATER, comment_policy="inherit"),
        PostChange(updated_at=MOMENT, title="Title"),
        PostChange(
            updated_at=LATER,
            title="New",
            content="New",
            publication_date=MOMENT,
            slug="new",
            tags=("n",),
            status=PostStatus.DRAFT,
            kind=PostKind.PAGE,
            summary="New",
            comment_policy=CommentPolicy.MEMBERS,
        ),
    ],
)
async def test_an_update_changes_only_the_given_fields(store: Store, change: PostChange) -> None:
    other = await publish(store)
    post = await publish(
        store, slug="slug", tags=("a", "b"), summary="Summary", comment_policy=CommentPolicy.CLOSED
    )
    comments = tuple([await comment_on(store, post.id) for _ in range(3)])
    saved = await store.posts.save(post.id, change, match=None, comments=2)
    assert (
        saved
        == Post(
            id=post.id,
            title=post.title if change.title is None else change.title,
            content=post.content if change.content is None else change.content,
            publication_date=change.publication_date or post.publication_date,
            updated_at=change.updated_at,
            version=5,  # once for each comment
            slug=change.slug or post.slug,
            tags=post.tags if change.tags is None else change.tags,
            status=change.status or post.status,
            kind=change.kind or post.kind,
            paths=("/slug",) if change.slug == "new" or change.status is PostStatus.DRAFT else (),
            summary=post.summary if change.summary is None else change.summary or None,
            comment_policy=(
                None if change.comment_policy == "inherit" else change.comment_policy or post.comment_policy
            ),
            comment_count=3,
            comments=comments[:2],
        )
    )
    assert await store.posts.get(post.id, comments=2) == saved
    assert await read_post(store, other.id) == other


async def test_a_change_to_a_taken_slug_is_a_conflict_and_changes_nothing(store: Store) -> None:
    await publish(store, slug="taken")
    post = await publish(store, slug="slug")
    with raises(Conflict, "post", "slug"):
        await store.posts.save(
            post.id, PostChange(updated_at=LATER, title="New", slug="taken"), match=None, comments=0
        )
    assert await read_post(store, post.id) == post


async def test_a_slug_that_is_given_up_is_free_again(store: Store) -> None:
    first, second = await publish(store, slug="one"), await publish(store, slug="two")
    await store.posts.save(first.id, PostChange(updated_at=LATER, slug="free"), match=None, comments=0)
    await store.posts.save(second.id, PostChange(updated_at=LATER, slug="one"), match=None, comments=0)
    third = await publish(store, slug="two")
    await store.posts.remove(third.id, match=None)
    fourth = await publish(store, slug="two")
    assert await store.posts.find("two", comments=0) == fourth
    found = await store.posts.find("one", comments=0)
    assert found is not None
    assert found.id == second.id


async def test_of_concurrent_changes_to_one_slug_one_succeeds(store: Store) -> None:
    posts = [await publish(store) for _ in range(6)]

    wanted = PostChange(updated_at=LATER, slug="wanted")
    outcomes = await asyncio.gather(
        *(attempt(store.posts.save(post.id, wanted, match=None, comments=0)) for post in posts)
    )
    assert sorted(outcomes) == ["Conflict post slug"] * 5 + ["done"]
    found = await store.posts.find("wanted", comments=0)
    assert found is not None
    assert found.id == posts[outcomes.index("done")].id
    assert sorted(post.version for post in await read_posts(store)) == [1, 1, 1, 1, 1, 2]


async def test_of_concurrent_new_and_changed_posts_one_gets_a_slug(store: Store) -> None:
    old, new = [await publish(store) for _ in range(4)], [a_post(slug="wanted") for _ in range(4)]
    change = PostChange(updated_at=LATER, slug="wanted")
    outcomes = await asyncio.gather(
        *(store.posts.add(post) for post in new),
        *(store.posts.save(post.id, change, match=None, comments=0) for post in old),
        return_exceptions=True,
    )
    refusals = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [*map(describe, refusals)] == ["Conflict post slug"] * 7
    found = await store.posts.find("wanted", comments=0)
    assert found is not None
    winner = next(number for number, outcome in enumerate(outcomes) if not isinstance(outcome, Exception))
    assert found.id == (*new, *old)[winner].id
    assert await store.posts.count(EVERYBODY) == (5 if winner < 4 else 4)


async def test_a_removed_post_is_gone(store: Store) -> None:
    kept, post = await publish(store), await publish(store, slug="slug")
    await store.posts.remove(post.id, match=None)
    with raises(NotFound, "post"):
        await read_post(store, post.id)
    assert await store.posts.find("slug", comments=0) is None
    assert list(await read_posts(store)) == [kept]
    assert await store.posts.count(EVERYBODY) == 1


async def test_of_concurrent_removals_of_a_post_one_succeeds(store: Store) -> None:
    post = await publish(store)
    outcomes = await asyncio.gather(
        *(store.posts.remove(post.id, match=None) for _ in range(6)), return_exceptions=True
    )
    assert sorted(map(describe, outcomes)) == ["NoneType"] + ["NotFound post"] * 5


async def test_the_count_is_the_number_of_posts(store: Store) -> None:
    posts = [await publish(store) for _ in range(5)]
    await comment_on(store, posts[0].id)
    assert await store.posts.count(EVERYBODY) == 5
    await store.posts.remove(posts[0].id, match=None)
    assert await store.posts.count(EVERYBODY) == 4
