"""Finds, in one query, why a post could not be written."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Integer, String, bindparam, cast, func, literal_column, select

from everpost.domain.ids import Id
from everpost.domain.text import numbered_slug
from everpost.errors import Conflict, Invalid
from everpost.stores.sql.engine import Connections
from everpost.stores.sql.engine.durability import confirm
from everpost.stores.sql.model.mappers import Values
from everpost.stores.sql.model.tables import PostPathRow, PostRow, UserRow
from everpost.stores.sql.model.types import IdText
from everpost.stores.sql.queries import selects

_NUMBERS = 1_000
"""The number of suffixes to try at once. MySQL and MariaDB limit a recursion to this many steps."""
_SLUG = bindparam("slug", type_=PostRow.slug.type)
_OTHERS = select(PostRow.id).where(PostRow.id != selects.ID)
_CONFLICTS = select(
    select(PostRow.id).where(PostRow.id == selects.ID).exists().label("has_id"),
    _OTHERS.where(PostRow.slug == _SLUG).exists().label("has_slug"),
    select(UserRow.id).where(UserRow.id == bindparam("author", type_=IdText)).exists().label("has_author"),
)
_FIRST = select(bindparam("first", type_=Integer).label("number")).cte("numbers", recursive=True)
_ALL = _FIRST.union_all(select(_FIRST.c.number + 1).where(_FIRST.c.number < bindparam("last", type_=Integer)))
_NUMBERED = _SLUG + literal_column("'-'", String) + cast(_ALL.c.number, String)  # like `numbered_slug`
_FREE = (
    select(func.min(_ALL.c.number))
    .where(~_OTHERS.where(PostRow.slug == _NUMBERED).correlate(_ALL).exists())
    .scalar_subquery()
)
_HAS_PATH = (
    select(PostPathRow.post_id)
    .where(
        PostPathRow.post_id != selects.ID,
        PostPathRow.path.in_(bindparam("paths", expanding=True, type_=PostPathRow.path.type)),
    )
    .exists()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The unique values and references of a post."""

    id: Id
    slug: str | None
    author_id: Id | None
    is_new: bool = False
    paths: Sequence[str] = ()
    numbered: bool = False
    """Whether a number may be appended to the slug."""

    @property
    def first_slug(self) -> str | None:
        """The slug to try first."""
        return self.slug if self.slug is None or not self.numbered else numbered_slug(self.slug, 1)


@cache
def _conflicts(*, with_paths: bool, numbered: bool) -> selects.AnySelect:
    columns = [_HAS_PATH.label("has_path")] if with_paths else []
    return _CONFLICTS.add_columns(*columns, *([_FREE.label("free")] if numbered else []))


async def resolve(connections: Connections, claim: Claim) -> str | None:
    """Return the slug for another attempt to write a post. Raises Conflict, Invalid."""
    statement = _conflicts(with_paths=bool(claim.paths), numbered=claim.numbered)
    wanted: Values = {"this": claim.id, "slug": claim.slug or "", "author": claim.author_id}
    if claim.paths:
        wanted["paths"] = list(claim.paths)
    first = 2
    while True:
        (row,) = await connections.fetch(statement, wanted | {"first": first, "last": first + _NUMBERS - 1})
        if claim.is_new and row.has_id:
            await confirm(connections, PostRow, claim.id)
            raise Conflict("post", "id")
        if row.has_slug and not claim.numbered:
            raise Conflict("post", "slug")
        if claim.paths and row.has_path:
            raise Conflict("post", "paths")
        if claim.author_id is not None and not row.has_author:
            raise Invalid("author_id", "should be the id of a user")
        if claim.slug is None or not (row.has_slug or claim.first_slug != claim.slug):
            return claim.slug  # the conflict no longer exists
        if row.free is not None:
            return numbered_slug(claim.slug, row.free)
        first += _NUMBERS
