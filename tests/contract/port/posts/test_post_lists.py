"""The contents and order of lists of posts: by status, tag, author and audience."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from everpost.domain.ids import new_id
from everpost.domain.people.users import User
from everpost.domain.posts import (
    Audience,
    Post,
    PostChange,
    PostFilter,
    PostKind,
    PostQuery,
    PostSort,
    PostStatus,
)
from everpost.stores.port import Store
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    MOMENT,
    locations,
    numbered,
    publish,
    read_posts,
    register,
)

MILLISECOND = timedelta(milliseconds=1)
TODAY = MOMENT + timedelta(days=1)
"""When the lists are looked at."""

every_sort = pytest.mark.parametrize("sort", PostSort)


async def a_blog(store: Store, ada: User, bob: User) -> list[Post]:
    """Posts and pages, with each status, author and set of tags, some of them public, with many ties."""
    kinds = itertools.product(
        PostKind,
        PostStatus,
        (ada.author, bob.author, None),
        ((), ("a",), ("b", "a")),
        (MOMENT, TODAY, TODAY + MILLISECOND),
    )
    return [
        await publish(
            store,
            id=numbered(number * 37 % 162),
            kind=kind,
            status=status,
            author=author,
            tags=tags,
            publication_date=publication_date,
            updated_at=MOMENT + number % 5 * MILLISECOND,
        )
        for number, (kind, status, author, tags, publication_date) in enumerate(kinds)
    ]


def every_filter(ada: User, bob: User) -> Iterator[PostFilter]:
    audiences = (
        Audience(moment=TODAY),
        Audience(moment=TODAY, author_id=ada.id),
        Audience(moment=TODAY, sees_all=True),
    )
    for audience, kind, status, tag, author_id in itertools.product(
        audiences, PostKind, PostStatus, (None, "a", "b", "c"), (None, ada.id, bob.id, new_id())
    ):
        yield PostFilter(audience=audience, kind=kind, status=status, tag=tag, author_id=author_id)


def listed(posts: Sequence[Post], filter: PostFilter, sort: PostSort) -> list[Post]:
    """The expected list."""
    chosen = (post for post in posts if is_listed(post, filter))
    return sorted(chosen, key=lambda post: post.position(sort), reverse=sort.is_descending)


def is_listed(post: Post, filter: PostFilter) -> bool:
    audience, author_id = filter.audience, post.author and post.author.id
    is_out = post.status is PostStatus.PUBLISHED and post.publication_date <= audience.moment
    is_own = author_id is not None and author_id == audience.author_id
    return (
        (is_out or is_own or audience.sees_all)
        and post.status is filter.status
        and post.kind is filter.kind
        and (filter.tag is None or filter.tag in post.tags)
        and filter.author_id in (None, author_id)
    )


async def page(store: Store, query: PostQuery) -> tuple[list[Post], bool]:
    got = await store.posts.page(query)
    assert await store.posts.page_locations(query) == locations(got)
    return list(got.rows), got.has_more


@every_sort
async def test_every_filter_lists_its_posts_in_every_order_to_every_audience(
    store: Store, sort: PostSort
) -> None:
    ada, bob = await register(store), await register(store)
    posts = await a_blog(store, ada, bob)
    for these in every_filter(ada, bob):
        expected = listed(posts, these, sort)
        query = PostQuery(filter=these, sort=sort, limit=4, comments=0)
        assert await page(store, query) == (expected[:4], len(expected) > 4), these
        if len(expected) > 4:
            after = replace(query, after=expected[3].position(sort))
            assert await page(store, after) == (expected[4:8], len(expected) > 8), these
            passed_over = replace(query, skip=len(expected) - 3)
            assert await page(store, passed_over) == (expected[-3:], False), these


@every_sort
async def test_pages_contain_every_post_once(store: Store, sort: PostSort) -> None:
    ada, bob = await register(store), await register(store)
    posts = await a_blog(store, ada, bob)
    for audience in (Audience(moment=TODAY, author_id=ada.id), Audience(moment=TODAY, sees_all=True)):
        these = PostFilter(audience=audience, tag="a")
        for limit in (1, 2, 5):
            walked = await read_posts(store, these, sort=sort, limit=limit)
            assert walked == listed(posts, these, sort)


async def test_the_count_is_of_the_posts_in_the_list(store: Store) -> None:
    ada, bob = await register(store), await register(store)
    posts = await a_blog(store, ada, bob)
    for these in every_filter(ada, bob):
        assert await store.posts.count(these) == len(listed(posts, these, PostSort.NEWEST)), these


@pytest.mark.parametrize("status", PostStatus)
async def test_a_scheduled_post_is_published_to_the_millisecond(store: Store, status: PostStatus) -> None:
    ada, bob = await register(store), await register(store)
    post = await publish(store, publication_date=MOMENT, author=ada.author, status=status, tags=("a",))
    is_published = status is PostStatus.PUBLISHED
    for audience, is_seen in (
        (Audience(moment=MOMENT - MILLISECOND), False),
        (Audience(moment=MOMENT - MILLISECOND, author_id=bob.id), False),
        (Audience(moment=MOMENT - MILLISECOND, author_id=ada.id), True),
        (Audience(moment=MOMENT - MILLISECOND, sees_all=True), True),
        (Audience(moment=MOMENT), is_published),
        (Audience(moment=MOMENT, author_id=bob.id), is_published),
        (Audience(moment=MOMENT + MILLISECOND), is_published),
    ):
        for tag, author_id in itertools.product((None, "a"), (None, ada.id)):
            these = PostFilter(audience=audience, status=status, tag=tag, author_id=author_id)
            assert await read_posts(store, these) == ([post] if is_seen else []), these
            assert await store.posts.count(these) == is_seen, these


async def test_a_post_without_an_author_belongs_to_nobody(store: Store) -> None:
    await publish(store, status=PostStatus.DRAFT)
    for audience in (Audience(moment=TODAY), Audience(moment=TODAY, author_id=new_id())):
        assert await read_posts(store, PostFilter(audience=audience, status=PostStatus.DRAFT)) == []


@every_sort
async def test_a_change_moves_a_post_from_list_to_list(store: Store, sort: PostSort) -> None:
    ada, bob = await register(store), await register(store)
    posts = await a_blog(store, ada, bob)
    changes = (
        PostChange(updated_at=LATER, tags=("c", "a")),
        PostChange(updated_at=LATER, tags=()),
        PostChange(updated_at=LATER + MILLISECOND * 9, status=PostStatus.DRAFT),
        PostChange(updated_at=LATER, status=PostStatus.PUBLISHED),
        PostChange(updated_at=MOMENT - MILLISECOND, publication_date=MOMENT - MILLISECOND),
        PostChange(updated_at=LATER, publication_date=TODAY + MILLISECOND * 2),
        PostChange(updated_at=LATER, author_id=bob.id),
        PostChange(
            updated_at=LATER,
            tags=("b",),
            status=PostStatus.PUBLISHED,
            publication_date=LATER,
            author_id=ada.id,
        ),
    )
    for number, post in enumerate(posts):
        if number % 2 and post.status is not PostStatus.TRASHED:
            change = changes[number // 2 % len(changes)]
            posts[number] = await store.posts.save(post.id, change, match=None, comments=0)
    for these in every_filter(ada, bob):
        if not these.audience.sees_all:
            expected = listed(posts, these, sort)
            assert await read_posts(store, these, sort=sort) == expected, these
            assert await store.posts.count(these) == len(expected), these


@every_sort
async def test_a_removed_post_is_in_no_list(store: Store, sort: PostSort) -> None:
    ada = await register(store)
    kept = await publish(store, author=ada.author, tags=("a",))
    removed = await publish(store, author=ada.author, tags=("a",))
    await store.posts.remove(removed.id, match=None)
    for tag, author_id in itertools.product((None, "a"), (None, ada.id)):
        these = replace(EVERYBODY, tag=tag, author_id=author_id)
        assert await read_posts(store, these, sort=sort) == [kept]
        assert await store.posts.count(these) == 1
