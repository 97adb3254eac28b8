"""The generated blog that is measured: identical, record for record, on every database.

Each post follows from its number alone, so no list of a million ids has to be stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from random import Random

from everpost.domain.comments import Comment
from everpost.domain.ids import Id
from everpost.domain.people.tokens import ROLE_SCOPES, Token, digest
from everpost.domain.people.users import Author, Role, User
from everpost.domain.posts import Post
from everpost.domain.records import Record

START = datetime(2000, 1, 1, tzinfo=UTC)
EMAIL = "ann@blog.example"
GUEST = "Gus Guest"
_BETWEEN_POSTS = timedelta(minutes=10)
"""Short enough that a million posts are all published by now."""
_TAGS = tuple(f"tag {number}" for number in range(20))
_WORDS = """
the of and to in is was that for with as on by at from it this which not we they have had more other about
after some where when time people house garden river winter letter table window morning evening street music
paper story journey water bread stone forest mountain
"""
_PROSE = 200_000
"""Characters of text from which contents are cut."""


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a blog, or of a part of it."""

    posts: int
    comments: int
    """Of each post."""
    post_length: tuple[int, int] = (500, 2_000)
    """The minimum and maximum number of characters in a post."""
    comment_length: tuple[int, int] = (100, 300)

    @property
    def records(self) -> int:
        """The number of records that `make_records` yields."""
        return 2 + self.posts * (1 + self.comments)


def make_records(size: Size, secret: str) -> Iterator[Record]:
    """The records of the blog: an author, a token with this secret, and posts with two tags and comments."""
    yield from make_owner(secret)
    for number in range(size.posts):
        yield make_post(number, size)
        yield from make_comments(number, size)


def make_owner(secret: str, *, password_hash: str | None = None) -> tuple[User, Token]:
    """The author of all posts, and a token with this secret."""
    user = User(
        id=_AUTHOR.id,
        name="Ann Author",
        email=EMAIL,
        role=Role.AUTHOR,
        created_at=START,
        updated_at=START,
        password_hash=password_hash,
    )
    token = Token(
        id=user.id,
        user_id=user.id,
        name="everpost bench",
        scopes=ROLE_SCOPES[user.role],
        digest=digest(secret),
        created_at=START,
    )
    return user, token


def make_post(number: int, size: Size) -> Post:
    """The post with this number. Its comment count is the one in `size`."""
    random = Random(f"post {number}")  # noqa: S311 - the same each time
    return Post(
        id=post_id(number),
        title=f"A story from the winter of {number}",
        content=text(random, *size.post_length),
        publication_date=date(number),
        updated_at=date(number),
        slug=slug(number),
        tags=tuple(random.sample(_TAGS, 2)),
        author=_AUTHOR,
        version=1 + size.comments,
        comment_count=size.comments,
    )


def make_comments(post: int, size: Size) -> Iterator[Comment]:
    """The comments of a post, oldest first, one second apart; every fourth is a reply."""
    random = Random(f"thread {post}")  # noqa: S311 - the same each time
    previous_id: Id | None = None
    for number in range(size.comments):
        moment = date(post) + timedelta(seconds=1 + number)
        is_reply = number % 4 == 3
        comment = Comment(
            id=_id(moment, f"comment {number} of {post}"),
            post_id=post_id(post),
            content=text(random, *size.comment_length),
            publication_date=moment,
            updated_at=moment,
            guest_name=GUEST,
            parent_id=previous_id if is_reply else None,
            depth=int(is_reply),
            reply_count=int(number % 4 == 2 and number + 1 < size.comments),
        )
        yield comment
        previous_id = comment.id


def post_id(number: int) -> Id:
    """The id of the post with this number."""
    return _id(date(number), f"post {number}")


def slug(number: int) -> str:
    """The slug of the post with this number."""
    return f"what-happened-in-the-winter-of-{number}"


def text(random: Random, shortest: int, longest: int) -> str:
    """Text of a random length between `shortest` and `longest` characters, both included."""
    length = random.randint(shortest, longest)
    start = random.randrange(_PROSE - longest)
    return f"{_prose()[start : start + length - 1]}."


def date(number: int) -> datetime:
    """The publication date of the post with this number."""
    return START + number * _BETWEEN_POSTS


def _id(moment: datetime, name: str) -> Id:
    """An id that begins with its time, like the ids that the application generates."""
    return Id(f"{int(moment.timestamp()):08x}{blake2b(name.encode(), digest_size=8).hexdigest()}")


@cache
def _prose() -> str:
    random = Random("prose")  # noqa: S311 - the same each time
    return " ".join(random.choices(_WORDS.split(), k=_PROSE // 2))[:_PROSE]


_AUTHOR = Author(id=_id(START, "author"), name="")
