"""The blog that every subject serves, and what is asked of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

from argon2 import PasswordHasher

from bench.blogs import START, make_comments, make_post
from everpost.domain.blog import Blog
from everpost.domain.comments import Comment, CommentPolicy
from everpost.domain.ids import new_id
from everpost.domain.posts import Post
from everpost.domain.records import Record
from everpost.domain.tokens import ROLE_SCOPES, Token, digest, new_secret
from everpost.domain.users import Author, Role, User

POSTS = 200
"""Posts with 10 comments; lists show of these."""
COMMENTS = 10
GUEST = "Gus Guest"
EMAIL, PASSWORD = "ann@blog.example", "correct horse battery"


@dataclass(frozen=True)
class MeasuredBlog:
    """A blog as it is before anything is measured: posts by a user, with comments by guests.

    `threads` are, for each size, the places in `posts` of posts with so many comments, one for each
    round, so that every round finds a thread of that size.
    """

    user: User
    secret: str
    posts: Sequence[Post]
    threads: Mapping[int, Sequence[int]]

    def records(self) -> Iterator[Record]:
        """All of it, as Everpost keeps it."""
        yield Blog(
            comment_policy=CommentPolicy.OPEN, updated_at=START, version=1, address_key=bytes(range(32))
        )
        yield self.user
        yield Token(
            id=new_id(),
            user_id=self.user.id,
            name="bench",
            scopes=ROLE_SCOPES[self.user.role],
            digest=digest(self.secret),
            created_at=START,
        )
        for post in self.posts:
            yield post
            yield from comments_of(post)


def comments_of(post: Post) -> Iterator[Comment]:
    """The thread of a post of this blog."""
    return make_comments(post.id, post.comment_count, guest_name=GUEST)


def make_blog(threads: Mapping[int, int]) -> MeasuredBlog:
    """A blog with so many threads of each size besides the 200 posts. Ids ascend and dates descend, so
    that the first ten are the same in the order of either.
    """
    user = User(
        id=new_id(),
        name="Ann Author",
        email=EMAIL,
        role=Role.AUTHOR,
        created_at=START,
        updated_at=START,
        password_hash=PasswordHasher().hash(PASSWORD),
    )
    author = Author(id=user.id, name="")
    sizes = [COMMENTS] * POSTS + list(chain.from_iterable([size] * count for size, count in threads.items()))
    posts = [
        make_post(f"Post {number}", START - timedelta(hours=number), comments=size, author=author)
        for number, size in enumerate(sizes)
    ]
    places = iter(range(POSTS, len(posts)))
    return MeasuredBlog(
        user=user,
        secret=new_secret(),
        posts=posts,
        threads={size: [next(places) for _ in range(count)] for size, count in threads.items()},
    )
