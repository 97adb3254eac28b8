"""The blog that is measured: the same, record for record, wherever it is loaded.

Any part of it can be told from a number alone, so nobody keeps a list of a million ids.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from random import Random

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.posts import Post
from everpost.domain.records import Record
from everpost.domain.tokens import ROLE_SCOPES, Token, digest
from everpost.domain.users import Author, Role, User

_START = datetime(2000, 1, 1, tzinfo=UTC)
_BETWEEN_POSTS = timedelta(minutes=10)
"""So a million posts are all out by now."""
_TAGS = tuple(f"tag {number}" for number in range(20))
_WORDS = """
the of and to in is was that for with as on by at from it this which not we they have had more other about
after some where when time people house garden river winter letter table window morning evening street music
paper story journey water bread stone forest mountain
"""
_PROSE = 200_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large the blog is."""

    posts: int
    comments: int
    """Under each post."""

    @property
    def records(self) -> int:
        """How many records `make_records` gives."""
        return 2 + self.posts * (1 + self.comments)


def make_records(size: Size, secret: str) -> Iterator[Record]:
    """The blog: an author, the token with this secret, and posts of 500 to 2,000 characters with two tags
    and with comments of 100 to 300 characters, each fourth of which is a reply.
    """
    author_id = _id(_START, "author")
    yield User(
        id=author_id,
        name="Ann Author",
        email="ann@blog.example",
        role=Role.AUTHOR,
        created_at=_START,
        updated_at=_START,
    )
    yield Token(
        id=author_id,
        user_id=author_id,
        name="everpost bench",
        scopes=ROLE_SCOPES[Role.AUTHOR],
        digest=digest(secret),
        created_at=_START,
    )
    author = Author(id=author_id, name="")
    for number in range(size.posts):
        yield _post(number, author, size)
        yield from _thread(number, size)


def post_id(number: int) -> Id:
    """The id of a post."""
    return _id(_date(number), f"post {number}")


def slug(number: int) -> str:
    """The slug of a post."""
    return f"what-happened-in-the-winter-of-{number}"


def text(random: Random, shortest: int, longest: int) -> str:
    """Words; as many characters as `random` says, both ends included."""
    length = random.randint(shortest, longest)
    start = random.randrange(_PROSE - longest)
    return f"{_prose()[start : start + length - 1]}."


def _post(number: int, author: Author, size: Size) -> Post:
    random = Random(f"post {number}")  # noqa: S311 - it is to be the same each time
    return Post(
        id=post_id(number),
        title=f"What happened in the winter of {number}",
        content=text(random, 500, 2_000),
        publication_date=_date(number),
        updated_at=_date(number),
        slug=slug(number),
        tags=tuple(random.sample(_TAGS, 2)),
        author=author,
        version=1 + size.comments,
        comment_count=size.comments,
    )


def _thread(post: int, size: Size) -> Iterator[Comment]:
    random = Random(f"thread {post}")  # noqa: S311 - it is to be the same each time
    answered: Id | None = None
    for number in range(size.comments):
        moment = _date(post) + timedelta(seconds=1 + number)
        is_reply = number % 4 == 3
        comment = Comment(
            id=_id(moment, f"comment {number} of {post}"),
            post_id=post_id(post),
            content=text(random, 100, 300),
            publication_date=moment,
            updated_at=moment,
            guest_name="Gus Guest",
            parent_id=answered if is_reply else None,
            depth=int(is_reply),
            reply_count=int(number % 4 == 2 and number + 1 < size.comments),
        )
        yield comment
        answered = comment.id


def _date(post: int) -> datetime:
    return _START + post * _BETWEEN_POSTS


def _id(moment: datetime, name: str) -> Id:
    """An id that begins with its moment, as those do that the application makes."""
    return Id(f"{int(moment.timestamp()):08x}{blake2b(name.encode(), digest_size=8).hexdigest()}")


@cache
def _prose() -> str:
    random = Random("prose")  # noqa: S311 - it is to be the same each time
    return " ".join(random.choices(_WORDS.split(), k=_PROSE // 2))[:_PROSE]
