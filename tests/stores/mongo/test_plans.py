"""The number of keys and documents that MongoDB examines does not grow with the thread or the list."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from bson import ObjectId
from pymongo import AsyncMongoClient

from everpost.domain.comments import Branch, CommentChange, CommentQuery, CommentStatus, QueueQuery
from everpost.domain.ids import Id, new_id
from everpost.domain.paging import Position
from everpost.domain.people.tokens import Scope, Token, digest
from everpost.domain.people.users import UserQuery
from everpost.domain.posts import COMMENTS_INSIDE, PostChange, PostFilter, PostKey, PostQuery
from everpost.domain.rate_limits import Limit
from everpost.errors import Conflict
from everpost.stores.mongo.model.documents import comment_document, post_document
from everpost.stores.mongo.model.people import token_entry, user_document
from everpost.stores.mongo.store import MongoStore
from tests.contract.port.examples import (
    EVERYBODY,
    LATER,
    MOMENT,
    a_comment,
    a_post,
    a_user,
    numbered,
    publish,
)
from tests.stores.mongo.blog import Database

pytestmark = pytest.mark.own_database

MANY = 3_000


@pytest.fixture
async def profiled(url: str) -> AsyncIterator[Database]:
    """The database, with profiling of all operations."""
    client: AsyncMongoClient[dict[str, object]]
    async with AsyncMongoClient(url) as client:
        yield client.get_default_database()
        await client.get_default_database().command("profile", 0)


async def most_examined(database: Database) -> int:
    """The maximum number of keys or documents that a command examined since the last call."""
    await database.command("profile", 0)
    looked = {"$max": [{"$ifNull": ["$keysExamined", 0]}, {"$ifNull": ["$docsExamined", 0]}]}
    commands = await database["system.profile"].aggregate(
        [
            {"$match": {"ns": {"$ne": f"{database.name}.system.profile"}}},
            {"$group": {"_id": None, "most": {"$max": looked}, "commands": {"$sum": 1}}},
        ]
    )
    (row,) = await commands.to_list()
    assert isinstance(row["most"], int)
    await database["system.profile"].drop()
    return row["most"]


async def test_a_long_thread_of_one_moment_is_read_and_written_a_little_at_a_time(
    store: MongoStore, profiled: Database
) -> None:
    post = await publish(store)
    parent = numbered(MANY + 1)
    comments = [
        a_comment(post.id, id=numbered(number), parent_id=parent if number % 2 else None)
        for number in range(MANY)
    ]
    documents = [comment_document(each) for each in comments]
    await profiled["comments"].insert_many([dict(each) for each in documents])
    shows = {"comment_count": MANY, "comments": documents[:COMMENTS_INSIDE]}
    await profiled["posts"].update_one({"_id": ObjectId(post.id)}, {"$set": shows})
    await profiled.command("profile", 2)
    deep = CommentQuery(post_id=post.id, limit=10, after=Position(MOMENT, numbered(MANY // 2)))
    page = await store.comments.page(deep)
    assert [comment.id for comment in page.rows] == [numbered(MANY // 2 + each) for each in range(1, 11)]
    last = await store.comments.page(replace(deep, after=Position(MOMENT, numbered(MANY - 3))))
    assert len(last.rows) == 2
    await store.comments.page(replace(deep, newest_first=True))
    await store.posts.get(post.id, comments=10)
    await store.posts.page(PostQuery(filter=EVERYBODY, limit=10))
    middle = page.rows[0].id
    await store.comments.get(post.id, middle)
    await store.comments.find(middle)
    await store.comments.branches(post.id, [middle, parent], limit=3)
    await store.comments.page(replace(deep, branch=Branch(None)))
    await store.comments.page(replace(deep, branch=Branch(parent)))
    for status in CommentStatus:
        await store.comments.queue(QueueQuery(status=status, limit=10))
        await store.comments.queue(QueueQuery(status=status, limit=10, after=Position(MOMENT, middle)))
    change = CommentChange(updated_at=MOMENT, content="Edited")
    await store.comments.save(post.id, middle, change, match=None)
    await store.comments.add(a_comment(post.id, parent_id=middle))
    assert await most_examined(profiled) <= 25
    await profiled.command("profile", 2)
    await store.comments.remove(post.id, page.rows[1].id, match=None)
    assert await most_examined(profiled) <= COMMENTS_INSIDE


async def test_a_page_of_many_posts_of_one_moment_looks_at_itself_only(
    store: MongoStore, profiled: Database
) -> None:
    posts = [a_post(id=numbered(number), paths=(f"/{number}",)) for number in range(MANY)]
    await profiled["posts"].insert_many([dict(post_document(post)) for post in posts])
    await profiled.command("profile", 2)
    page = await store.posts.page(
        PostQuery(filter=EVERYBODY, limit=10, after=Position(MOMENT, numbered(MANY // 2)))
    )
    assert [post.id for post in page.rows] == [numbered(MANY // 2 - each) for each in range(1, 11)]
    by_slug = await store.posts.find(posts[7].slug, comments=10)
    by_path = await store.posts.find_by_path("/7", comments=10)
    assert by_slug is not None
    assert by_path is not None
    assert by_slug.id == by_path.id == numbered(7)
    for key, value in ((PostKey.SLUG, posts[7].slug), (PostKey.PATH, "/7")):
        assert set(await store.posts.find_validators(key, [value, "other"])) == {value}
    with pytest.raises(Conflict):
        await store.posts.add(a_post(slug=posts[7].slug, paths=("/7",)))
    change = PostChange(updated_at=LATER, slug="another-slug", paths=("/another",))
    await store.posts.save(numbered(7), change, match=None, comments=0)
    await store.posts.get(numbered(7), comments=0)
    assert await most_examined(profiled) <= 20


async def test_people_and_tokens_are_found_at_once(store: MongoStore, profiled: Database) -> None:
    users = [a_user(id=numbered(number)) for number in range(MANY // 10)]
    await profiled["users"].insert_many(
        [
            {
                **user_document(user, is_first=False),
                "tokens": [token_entry(a_token(user.id, "a")), token_entry(a_token(user.id, "b"))],
            }
            for user in users
        ]
    )
    token = a_token(users[7].id, "c")
    await profiled.command("profile", 2)
    await store.tokens.add(token)
    assert await store.tokens.find(token.digest) == (token, users[7])
    await store.tokens.mark_used(token.id, MOMENT)
    assert await store.tokens.last_uses([users[7].id]) == {users[7].id: MOMENT}
    await store.tokens.remove(token.id, user_id=None)
    assert await store.users.find(users[7].email.upper()) == users[7]
    after = users[50].position
    assert (await store.users.page(UserQuery(limit=5, after=after))).rows == tuple(users[51:56])
    with pytest.raises(Conflict):
        await store.users.add(a_user(), is_first=True)
    await store.users.remove(users[3].id, heir_id=users[4].id, match=None)
    await store.posts.count(PostFilter(audience=EVERYBODY.audience, author_id=users[4].id))
    await store.limits.hit([Limit("key")], MOMENT)
    assert await most_examined(profiled) <= 20


def a_token(user_id: Id, name: str) -> Token:
    return Token(
        id=new_id(),
        user_id=user_id,
        name=name,
        scopes=frozenset({Scope.ACCOUNT}),
        digest=digest(f"{user_id} {name}"),
        created_at=MOMENT,
    )
