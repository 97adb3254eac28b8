"""Maps rows to domain values, and domain values to rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter

from everpost.domain.blog import SETTINGS, Blog
from everpost.domain.comments import Comment, CommentPolicy, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.people.names import name_key
from everpost.domain.people.tokens import Scope, Token, TokenKind
from everpost.domain.people.users import Author, Role, User, email_key
from everpost.domain.posts import Post, PostFormat, PostKind, PostLocation, PostStatus
from everpost.domain.records import Record
from everpost.domain.revisions import new_stamp
from everpost.stores.port import Validator
from everpost.stores.sql.engine import Fields
from everpost.stores.sql.model.declarative import Base
from everpost.stores.sql.model.tables import BlogRow, CommentRow, PostRow, TokenRow, UserRow

AnyRow = Fields
Values = dict[str, object]

_BLOG_FIELDS = (*SETTINGS, "updated_at", "version", "address_key", "stamp", "names_stamp")

# A dictionary takes an eighth of the time of calling the enumeration.
_COMMENT_STATUSES = {each.value: each for each in CommentStatus}
_FORMATS = {each.value: each for each in PostFormat}
_POST_KINDS = {each.value: each for each in PostKind}
_POST_STATUSES = {each.value: each for each in PostStatus}


def author_of(row: AnyRow) -> Author | None:
    """Return the author from the columns `selects.AUTHOR` of a row; None if it has none."""
    if row.author_id is None:
        return None
    return Author(id=row.author_id, name=row.author_name, is_disabled=row.author_disabled_at is not None)


def comment_of(row: AnyRow) -> Comment:
    """Return the comment in a row."""
    return Comment(
        id=row.id,
        post_id=row.post_id,
        parent_id=row.parent_id,
        content=row.content,
        publication_date=row.publication_date,
        updated_at=row.updated_at,
        version=row.version,
        depth=row.depth,
        status=_COMMENT_STATUSES[row.status],
        author=author_of(row),
        guest_name=row.guest_name,
        key_digest=row.key_digest,
        editor_id=row.editor_id,
        edited_at=row.edited_at,
        reply_count=row.reply_count,
        stamp=row.stamp,
    )


def post_of(row: AnyRow, comments: Iterable[Comment] = (), *, names_stamp: int = 0) -> Post:
    """Return the post in a row, with these comments."""
    return Post(
        id=row.id,
        title=row.title,
        content=row.content,
        publication_date=row.publication_date,
        updated_at=row.updated_at,
        version=row.version,
        slug=row.slug,
        tags=row.tags,
        format=_FORMATS[row.format],
        status=_POST_STATUSES[row.status],
        kind=_POST_KINDS[row.kind],
        summary=row.summary,
        paths=row.paths,
        cover=row.cover,
        trashed_at=row.trashed_at,
        former_status=None if row.former_status is None else _POST_STATUSES[row.former_status],
        author=author_of(row),
        comment_policy=None if row.comment_policy is None else CommentPolicy(row.comment_policy),
        comment_count=row.comment_count,
        comments=tuple(sorted(comments, key=lambda comment: comment.position)),
        stamp=row.stamp,
        names_stamp=names_stamp,
    )


def location_of(row: AnyRow) -> PostLocation:
    """Return the location of the post in a row."""
    return PostLocation(
        id=row.id,
        title=row.title,
        slug=row.slug,
        kind=_POST_KINDS[row.kind],
        publication_date=row.publication_date,
        updated_at=row.updated_at,
    )


def validator_of(row: AnyRow) -> Validator:
    """Return the validator from the columns `post_queries.VALIDATOR` of a row."""
    return Validator(row.version, row.stamp, row.names)


def posts_with_threads(rows: Sequence[AnyRow]) -> dict[Id, Post]:
    """Return the posts in the rows of `post_queries.posts` or a statement of the same shape."""
    threads: dict[Id, list[Comment]] = defaultdict(list)
    for row in rows:
        if row.comment_count is None:
            threads[row.post_id].append(comment_of(row))
    return {
        row.id: post_of(row, threads[row.id], names_stamp=row.names)
        for row in rows
        if row.comment_count is not None
    }


def blog_of(row: AnyRow, *, prefix: str = "") -> Blog:
    """Return the settings in a row whose column names have this prefix."""
    policy, *values = (getattr(row, f"{prefix}{name}") for name in _BLOG_FIELDS)
    return Blog(comment_policy=CommentPolicy(policy), **dict(zip(_BLOG_FIELDS[1:], values, strict=True)))


def user_of(row: AnyRow) -> User:
    """Return the user in a row."""
    return User(
        id=row.id,
        name=row.name,
        email=row.email,
        role=Role(row.role),
        created_at=row.created_at,
        updated_at=row.updated_at,
        version=row.version,
        disabled_at=row.disabled_at,
        password_hash=row.password_hash,
        stamp=row.stamp,
    )


def token_of(row: AnyRow, *, prefix: str = "") -> Token:
    """Return the token in a row whose column names have this prefix."""
    columns = {
        name.removeprefix(prefix): value for name, value in row._asdict().items() if name.startswith(prefix)
    }
    scopes = frozenset(map(Scope, columns.pop("scopes")))
    return Token(scopes=scopes, kind=TokenKind(columns.pop("kind")), **columns)


def _values_of(table: type[Base], *but: str) -> Callable[[Record], Values]:
    """Return a function that makes the row of a record from its attributes with the names of the columns,
    except for `but`. If the row has a stamp, it gets a new one.
    """
    columns = [column.key for column in table.__table__.columns]
    names = [name for name in columns if name not in ("stamp", *but)]
    get, has_stamp = attrgetter(*names), "stamp" in columns

    def values_of(record: Record) -> Values:
        values = dict(zip(names, get(record), strict=True))
        if has_stamp:
            values["stamp"] = new_stamp()
        return values

    return values_of


_blog = _values_of(BlogRow, "number", "names_stamp")
_post = _values_of(PostRow, "author_id")
_comment = _values_of(CommentRow, "author_id")
_user = _values_of(UserRow, "email_key", "name_key")
_token = _values_of(TokenRow, "scopes")


def blog_values(blog: Blog) -> Values:
    """Return the row of the settings."""
    return _blog(blog) | {"number": 1, "names_stamp": new_stamp()}


def post_values(post: Post) -> Values:
    """Return the row of a post. Its tags have their own rows."""
    return _post(post) | {"author_id": None if post.author is None else post.author.id}


def tag_values(post: Post) -> list[Values]:
    """Return the rows of a post's tags."""
    listed = {
        "status": post.status,
        "kind": post.kind,
        "publication_date": post.publication_date,
        "updated_at": post.updated_at,
    }
    return [{"post_id": post.id, "tag": tag, **listed} for tag in post.tags]


def path_values(post: Post) -> list[Values]:
    """Return the rows of a post's paths."""
    return [{"path": path, "post_id": post.id} for path in post.paths]


def comment_values(comment: Comment) -> Values:
    """Return the row of a comment."""
    values = _comment(comment)
    values["author_id"] = None if comment.author is None else comment.author.id
    return values


def user_values(user: User) -> Values:
    """Return the row of a user."""
    return _user(user) | {"email_key": email_key(user.email), "name_key": name_key(user.name)}


def token_values(token: Token) -> Values:
    """Return the row of a token."""
    return _token(token) | {"scopes": sorted(token.scopes)}
