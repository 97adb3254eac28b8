"""Who wrote what, as it is read: stored are the ids of users only."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from bson import ObjectId

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.posts import Post
from everpost.domain.users import Author
from everpost.stores.mongo.collections import Collections, Filter
from everpost.stores.mongo.people import UserDocument
from everpost.stores.turns import Turns

LIVING: Filter = {"removed_at": {"$exists": False}}
"""The condition that a document is of a user who was not removed."""

_MOST_TOGETHER = 100
_NAMES: Filter = {"name": 1, "disabled_at": 1, "removed_at": 1, "heir": 1}


class Authors:
    """Looks up all names of one answer at once. A post that still names a removed user is the heir's."""

    def __init__(self, collections: Collections) -> None:
        self._users = collections.users
        self._turns = Turns(self._find_all, most=_MOST_TOGETHER)

    async def name_posts(self, posts: Sequence[Post]) -> Sequence[Post]:
        """The posts and the comments in them, with their authors as these are called now."""
        ids = {post.author.id for post in posts if post.author is not None}
        ids |= {each.author.id for post in posts for each in post.comments if each.author is not None}
        found = await self._find(map(ObjectId, ids))
        return [
            replace(
                post,
                author=_successor(post.author, found),
                comments=tuple(_named(comment, found) for comment in post.comments),
            )
            for post in posts
        ]

    async def name_comments(self, comments: Sequence[Comment]) -> Sequence[Comment]:
        """The comments, with their authors as these are called now."""
        ids = {comment.author.id for comment in comments if comment.author is not None}
        found = await self._find(map(ObjectId, ids))
        return [_named(comment, found) for comment in comments]

    async def name_comment(self, comment: Comment) -> Comment:
        (named,) = await self.name_comments([comment])
        return named

    async def is_user(self, id: ObjectId) -> bool:
        """Whether there is such a user, who was not removed."""
        return id in await self.users_among([id])

    async def users_among(self, ids: Iterable[ObjectId]) -> AbstractSet[ObjectId]:
        """Those of these that are users, who were not removed."""
        wanted = frozenset(ids)
        found = await self._find(wanted)
        return {each for each in wanted & found.keys() if "removed_at" not in found[each]}

    async def successor(self, id: ObjectId) -> ObjectId | None:
        """Whose the posts are that name this user; None: nobody's."""
        return _last_heir(id, await self._find([id]))

    async def predecessors(self, id: ObjectId) -> Sequence[ObjectId]:
        """All who were removed not long ago and whose posts are this user's now, and at last the user.
        Nobody, where there is no such user. Who reads posts by these asks again afterwards: where the
        answer is another one, posts may have been handed over meanwhile.
        """
        wanted: Filter = {"$or": [{"_id": id, **LIVING}, {"heir": {"$exists": True}}]}
        found = {each["_id"]: each for each in await self._users.find(wanted, _NAMES).to_list()}
        if id not in found or "removed_at" in found[id]:
            return []
        return [*(each for each in found if each != id and id in _line_of(each, found)), id]

    async def _find(self, ids: Iterable[ObjectId]) -> Mapping[ObjectId, UserDocument]:
        """The documents of these, of those who inherited from them, and maybe of others."""
        wanted = frozenset(ids)
        return await self._turns.ask(wanted) if wanted else {}

    async def _find_all(
        self, questions: Sequence[frozenset[ObjectId]]
    ) -> Sequence[Mapping[ObjectId, UserDocument]]:
        found: dict[ObjectId, UserDocument] = {}
        asked: set[ObjectId] = set()
        wanted: set[ObjectId] = set().union(*questions)
        while wanted:
            documents = await self._users.find({"_id": {"$in": list(wanted)}}, _NAMES).to_list()
            found |= {document["_id"]: document for document in documents}
            asked |= wanted
            wanted = {document["heir"] for document in documents if "heir" in document} - asked
        return [found] * len(questions)


def _line_of(id: ObjectId, found: Mapping[ObjectId, UserDocument]) -> Sequence[ObjectId]:
    """The user, the heir, the heir's heir, ...; it ends where two who were removed at the same moment
    are each other's heirs.
    """
    line = [id]
    while line[-1] in found and "heir" in found[line[-1]] and found[line[-1]]["heir"] not in line:
        line.append(found[line[-1]]["heir"])
    return line


def _last_heir(id: ObjectId, found: Mapping[ObjectId, UserDocument]) -> ObjectId | None:
    last = _line_of(id, found)[-1]
    return last if last in found and "removed_at" not in found[last] else None


def _successor(author: Author | None, found: Mapping[ObjectId, UserDocument]) -> Author | None:
    if author is None:
        return None
    last = _last_heir(ObjectId(author.id), found)
    return None if last is None else _author(found[last])


def _named(comment: Comment, found: Mapping[ObjectId, UserDocument]) -> Comment:
    """What a removed user said in comments is nobody's."""
    if comment.author is None:
        return comment
    document = found.get(ObjectId(comment.author.id))
    is_gone = document is None or "removed_at" in document
    return replace(comment, author=None if document is None or is_gone else _author(document))


def _author(document: UserDocument) -> Author:
    return Author(id=Id(str(document["_id"])), name=document["name"], is_disabled="disabled_at" in document)
