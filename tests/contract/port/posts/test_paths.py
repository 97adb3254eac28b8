"""Old paths of posts: no two posts have the same one, and a post that moves keeps its old permalink."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from everpost.domain.blog import BlogChange
from everpost.domain.ids import Id
from everpost.domain.posts import MAX_PATH, MAX_PATHS, Post, PostChange, PostKind, PostStatus
from everpost.domain.records import Batch
from everpost.errors import Conflict, EverpostError, Invalid
from everpost.stores.port import Store
from tests.contract.port.blog.whole_blogs import records_of
from tests.contract.port.examples import (
    LATER,
    MOMENT,
    SIMILAR_TEXTS,
    a_comment,
    a_post,
    a_user,
    numbered,
    publish,
    read_post,
)
from tests.contract.refusals import raises

LONGEST = "/" + "\U0001f600" * (MAX_PATH - 1)
NOBODY = a_user().author
"""A user who does not exist."""


def change_to(*paths: str) -> PostChange:
    return PostChange(updated_at=LATER, paths=paths)


async def save(store: Store, post_id: Id, change: PostChange) -> tuple[str, ...]:
    """The paths of the post after the change."""
    saved = await store.posts.save(post_id, change, match=None, comments=1)
    assert await read_post(store, saved.id) == saved
    return saved.paths


async def find(store: Store, path: str) -> str | None:
    post = await store.posts.find_by_path(path, comments=1)
    return None if post is None else post.id


async def test_a_post_is_found_by_each_of_its_paths(store: Store) -> None:
    paths = ("/b", "/a", LONGEST, "/2019/05/é")
    post = await publish(store, paths=paths, tags=("a",))
    comment = await store.comments.add(a_comment(post.id))
    kept = await read_post(store, post.id)
    assert kept == replace(post, version=2, comment_count=1, comments=(comment,))
    for path in paths:
        assert await store.posts.find_by_path(path, comments=1) == kept
    for other in ("/", "", "b", "/B", "/b/", f"/{post.slug}"):
        assert await find(store, other) is None
    assert await store.posts.find("/b", comments=0) is None


@pytest.mark.parametrize(("one", "other"), SIMILAR_TEXTS)
async def test_similar_paths_are_different(store: Store, one: str, other: str) -> None:
    first = await publish(store, paths=(f"/{one}", f"/{other}"))
    assert await save(store, first.id, change_to(f"/{one}")) == (f"/{one}",)
    second = await publish(store, paths=(f"/{other}",))
    assert (await find(store, f"/{one}"), await find(store, f"/{other}")) == (first.id, second.id)


async def test_paths_are_replaced_and_freed(store: Store) -> None:
    post, other = await publish(store, paths=("/a", "/b")), await publish(store)
    assert await save(store, post.id, change_to("/c", "/b")) == ("/c", "/b")
    assert await save(store, other.id, change_to("/a")) == ("/a",)
    assert await save(store, post.id, change_to()) == ()
    assert await save(store, post.id, PostChange(updated_at=LATER, title="New")) == ()
    assert await save(store, other.id, change_to("/b", "/c")) == ("/b", "/c")
    await store.posts.remove(other.id, match=None)
    assert await find(store, "/b") is None
    assert (await publish(store, paths=("/b", "/c"))).paths == ("/b", "/c")


async def test_a_taken_path_is_a_conflict_and_changes_nothing(store: Store) -> None:
    taken = await publish(store, slug="taken", paths=("/used",))
    post = await publish(store, slug="slug", paths=("/own",))
    for thread in ((), (a_comment(numbered(9)),)):
        with raises(Conflict, "post", "paths"):
            await store.posts.add(a_post(id=numbered(9), paths=("/new", "/used")), thread=thread)
    with raises(Conflict, "post", "paths"):
        await store.posts.save(
            post.id, PostChange(updated_at=LATER, title="New", paths=("/used",)), match=None, comments=0
        )
    assert await read_post(store, post.id) == post
    assert (await find(store, "/new"), await find(store, "/used")) == (None, taken.id)


async def test_a_conflict_of_paths_comes_after_that_of_the_slug_and_before_the_author(store: Store) -> None:
    await publish(store, id=numbered(1), slug="taken", paths=("/used",))
    post = await publish(store, slug="own")
    both = a_post(slug="taken", paths=("/used",), author=NOBODY)
    with raises(Conflict, "post", "id"):
        await store.posts.add(a_post(id=numbered(1), slug="free", paths=("/used",)))
    with raises(Conflict, "post", "slug"):
        await store.posts.add(both)
    with raises(Conflict, "post", "paths"):
        await store.posts.add(both, numbered=True)
    change = PostChange(updated_at=LATER, slug="taken", paths=("/used",), author_id=NOBODY.id)
    with raises(Conflict, "post", "slug"):
        await store.posts.save(post.id, change, match=None, comments=0)
    for free in (replace(change, is_slug_numbered=True), replace(change, slug=None)):
        with raises(Conflict, "post", "paths"):
            await store.posts.save(post.id, free, match=None, comments=0)
    with raises(Invalid, field="author_id"):
        await store.posts.save(post.id, replace(change, slug=None, paths=("/free",)), match=None, comments=0)
    assert await read_post(store, post.id) == post


async def test_concurrent_writers_of_a_path_have_one_winner(store: Store) -> None:
    posts = [await publish(store) for _ in range(4)]
    writes = [store.posts.save(post.id, change_to("/wanted"), match=None, comments=0) for post in posts]
    writes += [store.posts.add(a_post(paths=("/wanted",))) for _ in range(4)]
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    conflicts = [each for each in outcomes if isinstance(each, Conflict)]
    assert [each.field for each in conflicts] == ["paths"] * 7
    (winner,) = (each for each in outcomes if not isinstance(each, BaseException))
    assert await find(store, "/wanted") == winner.id


async def test_a_public_post_that_gets_another_slug_keeps_its_old_path(store: Store) -> None:
    post = await publish(store, slug="one", paths=("/a",))
    assert await save(store, post.id, PostChange(updated_at=LATER, slug="two")) == ("/a", "/one")
    assert await find(store, "/one") == post.id
    assert await save(store, post.id, PostChange(updated_at=LATER, slug="two", title="New")) == ("/a", "/one")
    assert await save(store, post.id, PostChange(updated_at=LATER, slug="one")) == ("/a", "/two")
    assert await find(store, "/one") is None
    changed = PostChange(updated_at=LATER, slug="three", paths=("/b", "/three"))
    assert await save(store, post.id, changed) == ("/b", "/one")
    hidden = PostChange(updated_at=LATER, slug="four", status=PostStatus.DRAFT)
    assert await save(store, post.id, hidden) == ("/b", "/one", "/three")


async def test_a_new_slug_keeps_the_address_of_the_old_one_unless_another_post_has_it(
    store: Store,
) -> None:
    await store.blog.save(BlogChange(updated_at=LATER, permalink="/{year}/{slug}"), match=None)
    await publish(store, paths=("/one",))
    post = await publish(store, slug="one")
    assert await save(store, post.id, PostChange(updated_at=LATER, slug="two")) == ("/2024/one",)
    paths = await save(store, post.id, PostChange(updated_at=LATER, slug="three"))
    assert paths == ("/2024/one", "/two", "/2024/two")
    page = await publish(store, slug="page", kind=PostKind.PAGE)
    assert await save(store, page.id, PostChange(updated_at=LATER, slug="about")) == ("/page",)


async def test_a_post_that_is_hidden_keeps_its_permalink_until_it_is_public_again(store: Store) -> None:
    post = await publish(store, slug="one")
    for hidden in (
        PostChange(updated_at=LATER, status=PostStatus.DRAFT),
        PostChange(updated_at=LATER, title="Hidden"),
        PostChange(updated_at=LATER, publication_date=MOMENT),
    ):
        assert await save(store, post.id, hidden) == ("/one",)
    assert await save(store, post.id, PostChange(updated_at=LATER, status=PostStatus.PUBLISHED)) == ()
    later = PostChange(updated_at=LATER, publication_date=LATER + timedelta(days=1))
    assert await save(store, post.id, later) == ("/one",)
    assert await save(store, post.id, PostChange(updated_at=LATER, slug="two")) == ("/one",)


@pytest.mark.parametrize(
    "post",
    [
        a_post(slug="one", status=PostStatus.DRAFT),
        a_post(slug="one", publication_date=LATER + timedelta(milliseconds=1)),
    ],
    ids=["draft", "scheduled"],
)
async def test_a_post_that_was_not_public_keeps_no_old_path(store: Store, post: Post) -> None:
    added = await store.posts.add(post)
    published = PostChange(updated_at=LATER, slug="two", status=PostStatus.PUBLISHED, publication_date=MOMENT)
    assert await save(store, added.id, published) == ()


async def test_the_oldest_paths_are_dropped_beyond_the_maximum(store: Store) -> None:
    paths = tuple(f"/{number}" for number in range(MAX_PATHS))
    post = await publish(store, slug="one", paths=paths)
    assert await save(store, post.id, PostChange(updated_at=LATER, slug="two")) == (*paths[1:], "/one")
    assert await find(store, "/0") is None
    assert (await publish(store, paths=("/0",))).paths == ("/0",)


async def test_the_permalink_of_the_post_is_not_one_of_its_paths(store: Store) -> None:
    post = await store.posts.add(a_post(slug="own", paths=("/a", "/own")))
    assert post.paths == (await read_post(store, post.id)).paths == ("/a",)
    assert await save(store, post.id, change_to("/own", "/b")) == ("/b",)
    numbered_post = await store.posts.add(a_post(slug="own", paths=("/own", "/own-2")), numbered=True)
    assert (numbered_post.slug, numbered_post.paths) == ("own-2", ("/own",))
    assert await read_post(store, numbered_post.id) == numbered_post


async def test_an_old_path_that_another_post_has_is_left_to_it(store: Store) -> None:
    other = await publish(store, paths=("/one",))
    post = await publish(store, slug="one")
    assert await save(store, post.id, PostChange(updated_at=LATER, slug="two")) == ()
    assert await find(store, "/one") == other.id
    change = PostChange(updated_at=LATER, slug="three", paths=("/one",))
    with raises(Conflict, "post", "paths"):
        await store.posts.save(post.id, change, match=None, comments=0)


async def test_concurrent_changes_of_a_slug_keep_every_old_path(store: Store) -> None:
    post = await publish(store, slug="slug-0")
    changes = [PostChange(updated_at=LATER, slug=f"slug-{number}") for number in range(1, 9)]
    saves = (store.posts.save(post.id, change, match=None, comments=0) for change in changes)
    await asyncio.gather(*saves)
    saved = await read_post(store, post.id)
    assert Counter([*saved.paths, f"/{saved.slug}"]) == Counter(f"/slug-{number}" for number in range(9))
    for path in saved.paths:
        assert await find(store, path) == post.id


async def test_concurrent_changes_of_one_post_that_conflict_are_refused_alone(store: Store) -> None:
    await publish(store, paths=("/used",))
    post = await publish(store)
    changes = [change_to("/a"), change_to("/used"), change_to("/b"), change_to("/used"), change_to("/c")]
    saves = [store.posts.save(post.id, change, match=None, comments=0) for change in changes]
    outcomes = await asyncio.gather(*saves, return_exceptions=True)
    refused = [each.field if isinstance(each, Conflict) else None for each in outcomes]
    assert refused == [None, "paths", None, "paths", None]
    assert not any(isinstance(each, EverpostError) and not isinstance(each, Conflict) for each in outcomes)
    (path,) = (await read_post(store, post.id)).paths
    assert path in {"/a", "/b", "/c"}
    assert [await find(store, each) for each in ("/a", "/b", "/c")].count(post.id) == 1


async def test_records_swap_their_paths_in_one_batch_and_in_two(store: Store) -> None:
    one = await publish(store, id=numbered(1), slug="one", paths=("/a", "/b"))
    two = await publish(store, id=numbered(2), slug="two", paths=("/c",))
    swapped = [replace(one, paths=("/c", "/d")), replace(two, paths=("/b", "/a"))]
    await store.records.write(Batch(kept=swapped))
    assert (await records_of(store))[1:] == swapped
    for post in (one, two):
        await store.records.write(Batch(kept=[post]))
        assert [await find(store, path) for path in post.paths] == [post.id] * len(post.paths)
    assert (await records_of(store))[1:] == [one, two]
    assert await find(store, "/d") is None
    await store.records.write(Batch(erased=[one]))
    assert await find(store, "/a") is None
    assert (await publish(store, paths=("/a", "/b"))).paths == ("/a", "/b")


async def test_the_old_path_has_the_pattern_and_the_time_zone_of_the_blog(store: Store) -> None:
    settings = BlogChange(updated_at=LATER, permalink="/{year}/{month}/{slug}", time_zone="Pacific/Auckland")
    await store.blog.save(settings, match=None)
    date = datetime(2019, 12, 31, 23, tzinfo=UTC)
    post = await publish(store, slug="one", publication_date=date, paths=("/one", "/2020/01/one"))
    assert post.paths == ("/one",)
    assert await save(store, post.id, PostChange(updated_at=LATER, slug="two")) == ("/one", "/2020/01/one")
    earlier = PostChange(updated_at=LATER, publication_date=date - timedelta(days=31))
    assert await save(store, post.id, earlier) == ("/one", "/2020/01/one", "/2020/01/two")
    later = PostChange(updated_at=LATER, publication_date=date)
    assert await save(store, post.id, later) == ("/one", "/2020/01/one", "/2019/12/two")
    page = PostChange(updated_at=LATER, kind=PostKind.PAGE)
    assert await save(store, post.id, page) == ("/one", "/2020/01/one", "/2019/12/two", "/2020/01/two")
