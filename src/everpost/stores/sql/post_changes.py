"""Changing posts."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple, TypeAlias

from sqlalchemy import bindparam, delete, insert, select, update

from everpost.domain.ids import Id
from everpost.domain.posts import Post, PostChange
from everpost.domain.revisions import ExpectedRevisions, Revision
from everpost.errors import EverpostError, Forbidden, NotFound, Stale
from everpost.stores.batching import KeyedBatcher
from everpost.stores.sql.engine import VIOLATED, Call, Connections, Transaction
from everpost.stores.sql.model.mappers import AnyRow, posts_with_threads
from everpost.stores.sql.model.tables import PostRow, PostTagRow
from everpost.stores.sql.model.types import IdText
from everpost.stores.sql.queries import post_queries, selects, writable_ctes
from everpost.stores.sql.queries.preconditions import STAMP, changing, having, owned, renewed

_MOST_TOGETHER = 50
_SAVE = update(PostRow).where(PostRow.id == selects.ID).values(version=PostRow.version + 1, stamp=STAMP)
_LOCK = select(PostRow.id).where(PostRow.id == selects.ID).with_for_update(key_share=True)
_TAGS_OF = bindparam("tags_of", type_=IdText)
_LISTED = (PostRow.status, PostRow.publication_date, PostRow.updated_at)
_REMOVE_TAGS = delete(PostTagRow).where(PostTagRow.post_id == _TAGS_OF)
_TAG = insert(PostTagRow).from_select(
    ["post_id", "tag", *(column.key for column in _LISTED)],
    select(PostRow.id, bindparam("each_tag", type_=PostTagRow.tag.type), *_LISTED).where(
        PostRow.id == _TAGS_OF
    ),
)
_OF_POST = select(PostRow.id).where(PostRow.id == PostTagRow.post_id)
_LIST_TAGS_ANEW = (
    update(PostTagRow)
    .where(PostTagRow.post_id == _TAGS_OF)
    .values({column.key: _OF_POST.with_only_columns(column).scalar_subquery() for column in _LISTED})
)

_Outcome: TypeAlias = Post | Exception


class Terms(NamedTuple):
    """The revisions and the owners that a post must have to be written; None: any."""

    match: ExpectedRevisions
    owner_id: Id | None

    def require(self, id: Id, there: AnyRow | None) -> None:
        """Why no row was as required; `there` is that of `POST_IS_THERE`. Nothing is raised if the row has
        become so in between. NotFound, Forbidden, Stale.
        """
        if there is None:
            raise NotFound("post", id)
        if self.owner_id is not None and there.author_id != self.owner_id:
            raise Forbidden("This post belongs to another author.")
        if self.match is not None and Revision(there.version, there.stamp) not in self.match:
            raise Stale("post", id)


class Change(NamedTuple):
    """A change that is to be made to a post."""

    id: Id
    values: PostChange
    terms: Terms
    comments: int
    """How many comments the answer has inside."""

    @property
    def update(self) -> Call:
        """An UPDATE of the post alone."""
        match, owner_id = self.terms
        saving, values = changing(_SAVE, _columns(self.values))
        values |= {"this": self.id, **renewed()}
        return owned(owner_id, *having(match, PostRow, saving, values))

    @property
    def whole(self) -> Call:
        """The whole change in one statement of PostgreSQL."""
        updating, parameters = self.update
        tags, comments = self.values.tags, self.comments
        statement = writable_ctes.saving_post(updating, has_tags=tags is not None, has_comments=comments > 0)
        return statement, {**parameters, "comments": comments, **writable_ctes.each_tag(tags or ())}

    def require(self, there: AnyRow | None) -> None:
        """As `Terms.require`."""
        self.terms.require(self.id, there)


class Saver:
    """Changes posts. Changes that arrive for a post while others are being made to it are made together, in
    the next transaction: separate ones would wait for each other in the database.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._is_postgresql = connections.dialect.name == "postgresql"
        self._turns: KeyedBatcher[Id, Change, _Outcome] = KeyedBatcher(
            self._save_together, most=_MOST_TOGETHER
        )

    async def save(self, change: Change) -> Post:
        """The post after the change. NotFound, Forbidden, Stale; an error of `VIOLATED`."""
        outcome = await self._turns.load(change.id, change)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _save_together(self, changes: Sequence[Change]) -> Sequence[_Outcome]:
        """Make all changes in one transaction; if it has to be undone for one of them, each alone."""
        if len(changes) > 1:
            with suppress(*VIOLATED):
                return await self._connections.transact(partial(self._save_all, changes))
        return [await self._save_alone(change) for change in changes]

    async def _save_alone(self, change: Change) -> _Outcome:
        """In one statement where possible; if it writes nothing, a transaction takes the lock first."""
        try:
            if self._is_postgresql and (rows := await self._connections.change_returning(*change.whole)):
                return posts_with_threads(rows)[change.id].post
            return (await self._connections.transact(partial(self._save_all, [change])))[0]
        except (EverpostError, *VIOLATED) as error:
            return error

    async def _save_all(self, changes: Sequence[Change], transaction: Transaction) -> Sequence[_Outcome]:
        """Make these changes of one post, or tell why it is not as required."""
        if self._is_postgresql:
            await transaction.execute(_LOCK, {"this": changes[0].id})
        save = _save_at_once if self._is_postgresql else _save
        outcomes: list[_Outcome] = []
        for change in changes:
            try:
                outcomes.append(await save(change, transaction))
            except (NotFound, Forbidden, Stale) as error:
                outcomes.append(error)
        return outcomes


async def _save_at_once(change: Change, transaction: Transaction) -> Post:
    while not (rows := (await transaction.execute(*change.whole)).rows):
        there = await transaction.execute(selects.POST_IS_THERE, {"this": change.id})
        change.require(there.first())
    return posts_with_threads(rows)[change.id].post


async def _save(change: Change, transaction: Transaction) -> Post:
    while not (await transaction.execute(*change.update)).matched:
        there = await transaction.execute(selects.POST_IS_THERE, {"this": change.id})
        change.require(there.first())
    calls = [*_tagging(change.id, change.values.tags), post_queries.posts([change.id], change.comments)]
    saved = (await transaction.execute_all(calls))[-1]
    return posts_with_threads(saved.rows)[change.id].post


def _tagging(id: Id, tags: Sequence[str] | None) -> Sequence[Call]:
    """Statements for lists by tag to show a post as it is after a change; under these tags, if given."""
    of_post = {"tags_of": id}
    if tags is None:
        return [(_LIST_TAGS_ANEW, of_post)]
    return [(_REMOVE_TAGS, of_post), *((_TAG, of_post | {"each_tag": tag}) for tag in tags)]


def _columns(change: PostChange) -> dict[str, object]:
    """The columns that get another value."""
    names = ("title", "content", "publication_date", "slug", "tags", "format", "status", "author_id")
    given = {name: getattr(change, name) for name in names}
    changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    if change.comment_policy is not None:
        changes["comment_policy"] = None if change.comment_policy == "inherit" else change.comment_policy
    return {"updated_at": change.updated_at, **changes}
