"""A record as a line of JSON: the one form that it has, on every store and in every archive.

Equal records have equal lines, byte for byte, so what two blogs have in common can be compared by them.
docs/archive.md describes them.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from everpost.domain.blog import Blog
from everpost.domain.comments import Comment
from everpost.domain.posts import Post
from everpost.domain.records import Record
from everpost.domain.tokens import Token
from everpost.domain.users import Author, User

Kind = Literal["settings", "user", "token", "post", "comment"]
KINDS: tuple[Kind, ...] = ("settings", "user", "token", "post", "comment")

Key = tuple[str, ...]
"""Keys sort as the records of a `Snapshot` do."""

_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class Row(NamedTuple):
    """A record with its line, which ends with a newline, in UTF-8."""

    kind: Kind
    key: Key
    record: Record
    line: bytes

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.kind if len(self.key) == 1 else f"{self.kind} {self.key[-1]}"


def row_of(record: Record) -> Row:
    """The record with its place and its line."""
    if isinstance(record, Comment):
        published = written(record.publication_date)
        key: Key = ("3", record.post_id, published, record.id)
        return Row("comment", key, record, encoded(_comment(record, published)))
    if isinstance(record, Post):
        return Row("post", ("3", record.id), record, encoded(_post(record)))
    if isinstance(record, Token):
        return Row("token", ("2", record.id), record, encoded(_token(record)))
    if isinstance(record, User):
        return Row("user", ("1", record.id), record, encoded(_user(record)))
    return Row("settings", ("0",), record, encoded(_settings(record)))


def encoded(values: Mapping[str, object]) -> bytes:
    """A line with these values, in their order."""
    return (_encode(values) + "\n").encode()


def written(moment: datetime) -> str:
    """A moment in UTC as every line has it: RFC 3339, with three decimals and a Z."""
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def _settings(blog: Blog) -> Mapping[str, object]:
    return {
        "kind": "settings",
        "comment_policy": blog.comment_policy,
        "address_key": blog.address_key.hex(),
        "updated_at": written(blog.updated_at),
        "version": blog.version,
    }


def _user(user: User) -> Mapping[str, object]:
    return {
        "kind": "user",
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "password_hash": user.password_hash,
        "disabled_at": _written_or_null(user.disabled_at),
        "created_at": written(user.created_at),
        "updated_at": written(user.updated_at),
        "version": user.version,
    }


def _token(token: Token) -> Mapping[str, object]:
    return {
        "kind": "token",
        "id": token.id,
        "user_id": token.user_id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "digest": token.digest,
        "created_at": written(token.created_at),
        "expires_at": _written_or_null(token.expires_at),
        "last_used_at": _written_or_null(token.last_used_at),
        "token_kind": token.kind,
        "login_id": token.login_id,
    }


def _post(post: Post) -> Mapping[str, object]:
    return {
        "kind": "post",
        "id": post.id,
        "slug": post.slug,
        "title": post.title,
        "content": post.content,
        "format": post.format,
        "tags": post.tags,
        "status": post.status,
        "author_id": _id_of(post.author),
        "comment_policy": post.comment_policy,
        "comment_count": post.comment_count,
        "publication_date": written(post.publication_date),
        "updated_at": written(post.updated_at),
        "version": post.version,
    }


def _comment(comment: Comment, published: str) -> Mapping[str, object]:
    return {
        "kind": "comment",
        "id": comment.id,
        "post_id": comment.post_id,
        "parent_id": comment.parent_id,
        "depth": comment.depth,
        "content": comment.content,
        "status": comment.status,
        "author_id": _id_of(comment.author),
        "guest_name": comment.guest_name,
        "key_digest": comment.key_digest,
        "editor_id": comment.editor_id,
        "edited_at": _written_or_null(comment.edited_at),
        "reply_count": comment.reply_count,
        "publication_date": published,
        "updated_at": written(comment.updated_at),
        "version": comment.version,
    }


def _id_of(author: Author | None) -> str | None:
    return None if author is None else author.id


def _written_or_null(moment: datetime | None) -> str | None:
    return None if moment is None else written(moment)
