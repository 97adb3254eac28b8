"""A blog as the first schema kept it, and what is to become of it.

python -m tests.stores.mongo.first_schema URL N TARGET: migrate the database, and be killed right after the
N-th write that the server answered.
"""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from bson import ObjectId
from pymongo import monitoring

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.posts import Post
from everpost.domain.text import numbered_slug, slug_from
from everpost.stores import open_schema
from tests.contract.port.examples import MOMENT, a_comment, a_post, numbered, spread
from tests.stores.mongo.blog import Database
from tests.stores.mongo.dying import Executioner

LONG = 5
"""So many threads have settled in part."""
NESTED = 100


@dataclass(frozen=True)
class Size:
    """Of a blog: a tenth of its comments is removed before the migration comes."""

    posts: int
    comments: int
    length: int
    """Of each long thread."""


SMALL = Size(posts=150, comments=1_500, length=200)
LARGE = Size(posts=1_000, comments=11_500, length=1_000)


class FirstBlog:
    """Some posts without slugs, comments that answer others, and some that answer what was removed."""

    def __init__(self, size: Size) -> None:
        dice = random.Random(1)
        self.posts = [self._post(number) for number in range(size.posts)]
        self.threads: dict[Id, list[Comment]] = {post.id: [] for post in self.posts}
        self.removed: set[Id] = set()
        for number in range(size.comments):
            long = number < LONG * size.length
            post = self.posts[number % LONG if long else dice.randrange(LONG, size.posts)]
            self._answer(post, number, dice)

    def _post(self, number: int) -> Post:
        slug = f"given-{number}" if number % 3 else ""
        moment = spread(number, over=101)
        return a_post(
            id=numbered(number), title=f"Títle {number % 7}", slug=slug, publication_date=moment, tags=("a",)
        )

    def _answer(self, post: Post, number: int, dice: random.Random) -> None:
        thread = self.threads[post.id]
        parent = dice.choice(thread) if thread and dice.random() < 0.5 else None
        moment = MOMENT + timedelta(seconds=dice.randrange(100))
        comment = a_comment(
            post.id,
            id=numbered(10**6 + number),
            publication_date=moment,
            updated_at=moment + timedelta(seconds=1),
            parent_id=None if parent is None else parent.id,
        )
        thread.append(comment)
        if dice.random() < 0.1:
            self.removed.add(dice.choice(thread).id)

    def kept(self, post_id: Id) -> Sequence[Comment]:
        return [comment for comment in self.threads[post_id] if comment.id not in self.removed]

    async def load(self, database: Database) -> None:
        documents: list[dict[str, Any]] = []
        copies: list[dict[str, Any]] = []
        for post in self.posts:
            document = _old_post(post, [_old_comment(each) for each in self.kept(post.id)])
            if len(document["comments"]) > NESTED:
                document["runs"] = 2
                document["settled_from"] = MOMENT
                settled = document["comments"][NESTED:]
                document["comments"] = document["comments"][:NESTED]
                copies += [_old_copy(entry, document) for entry in settled]
                # One that counts no more, and is another comment's earlier state.
                gone = _old_copy(document["comments"][0], document)
                document["gone"] = [gone["_id"]]
                copies.append(gone)
            documents.append(document)
        await database["posts"].insert_many(documents)
        await database["comments"].insert_many(copies)

    def expected_slugs(self) -> Mapping[Id, str]:
        slugs = {post.id: post.slug for post in self.posts if post.slug}
        numbers: Counter[str] = Counter()
        for post in sorted(self.posts, key=lambda post: post.position()):
            if not post.slug:
                wanted = slug_from(post.title)
                numbers[wanted] += 1
                slugs[post.id] = numbered_slug(wanted, numbers[wanted])
        return slugs

    def expected_thread(self, post_id: Id) -> Mapping[Id, Comment]:
        thread = {comment.id: comment for comment in self.kept(post_id)}
        for comment in sorted(self.kept(post_id), key=lambda comment: comment.position, reverse=True):
            if comment.parent_id is not None and comment.parent_id in self.removed:
                thread[comment.parent_id] = _tombstone(comment)
        replies = Counter(comment.parent_id for comment in thread.values())
        expected: dict[Id, Comment] = {}
        for name in sorted(thread):  # a comment answers an earlier one
            parent_id = thread[name].parent_id
            depth = 0 if parent_id is None else expected[parent_id].depth + 1
            expected[name] = replace(thread[name], depth=depth, reply_count=replies[name])
        return expected


def _tombstone(oldest: Comment) -> Comment:
    assert oldest.parent_id is not None
    return replace(oldest, id=oldest.parent_id, parent_id=None, content="", status=CommentStatus.REMOVED)


def _old_post(post: Post, comments: Sequence[dict[str, Any]]) -> dict[str, Any]:
    document = {
        "_id": ObjectId(post.id),
        "title": post.title,
        "content": post.content,
        "publication_date": post.publication_date,
        "updated_at": post.updated_at,
        "version": 3,
        "tags": list(post.tags),
        "comment_count": len(comments),
        "comments": list(comments),
        "thread": ObjectId(),
        "runs": 0,
        "open": [],
        "gone": [],
    }
    return document | ({"slug": post.slug} if post.slug else {})


def _old_comment(comment: Comment) -> dict[str, Any]:
    entry = {
        "id": ObjectId(comment.id),
        "mark": ObjectId(),
        "content": comment.content,
        "publication_date": comment.publication_date,
        "updated_at": comment.updated_at,
        "version": 1,
    }
    return entry if comment.parent_id is None else entry | {"parent_id": ObjectId(comment.parent_id)}


def _old_copy(entry: dict[str, Any], post: dict[str, Any]) -> dict[str, Any]:
    words = {name: value for name, value in entry.items() if name != "id"}
    return {"_id": {"thread": post["thread"], "run": 1, "id": entry["id"]}, "post_id": post["_id"], **words}


async def migrate(url: str, target: str) -> None:
    schema = open_schema(url, timeout=30)
    await schema.migrate(target, allow_data_loss=True)
    await schema.close()


if __name__ == "__main__":
    monitoring.register(Executioner(int(sys.argv[2])))
    asyncio.run(migrate(sys.argv[1], sys.argv[3]))
