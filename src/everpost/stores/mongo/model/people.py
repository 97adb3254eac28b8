"""Converts users, tokens and the settings of the blog to documents, and back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from bson import ObjectId

from everpost.domain.blog import Blog, BlogChange, NavigationLink
from everpost.domain.comments import CommentPolicy
from everpost.domain.ids import Id
from everpost.domain.people.names import name_key
from everpost.domain.people.tokens import Scope, Token, TokenKind
from everpost.domain.people.users import Role, User, email_key
from everpost.domain.revisions import new_stamp


class TokenEntry(TypedDict):
    """A token, nested in its owner's document."""

    id: ObjectId
    digest: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: NotRequired[datetime]
    last_used_at: NotRequired[datetime]
    kind: str
    login_id: NotRequired[ObjectId]


class UserDocument(TypedDict):
    """A user. Of a removed user, only `removed_at` and possibly `heir` remain; comments may still refer to
    it.
    """

    _id: ObjectId
    name: str
    email: str
    email_key: str
    name_key: str
    role: str
    created_at: datetime
    updated_at: datetime
    version: int
    stamp: int
    disabled_at: NotRequired[datetime]
    password_hash: NotRequired[str]
    first: NotRequired[bool]
    """Present if the user was added as the first one; at most one user has it."""
    tokens: list[TokenEntry]
    removed_at: NotRequired[datetime]
    heir: NotRequired[ObjectId]
    """The user who inherited the posts; never a removed user."""


class LimitDocument(TypedDict):
    """A counter of a rate limit; `_id` is its key."""

    _id: str
    count: int
    until: datetime


class LinkEntry(TypedDict):
    """A link of the navigation, nested in the settings."""

    label: str
    url: str


class BlogDocument(TypedDict):
    """The settings of the blog, the only document of their collection."""

    _id: str
    comment_policy: str
    title: str
    description: str
    language: str
    time_zone: str
    base_url: NotRequired[str]
    permalink: str
    navigation: list[LinkEntry]
    posts_per_page: int
    address_key: bytes
    version: int
    stamp: int
    names_stamp: int
    """See `settings.renew_names`. A change of the settings renews it, too."""
    updated_at: datetime


BLOG = "blog"
"""The `_id` of the settings."""


def user_document(user: User, *, is_first: bool) -> UserDocument:
    """The document of a new user without tokens."""
    document: UserDocument = {
        "_id": ObjectId(user.id),
        "name": user.name,
        "email": user.email,
        "email_key": email_key(user.email),
        "name_key": name_key(user.name),
        "role": user.role.value,
        "created_at": user.created_at,
        "updated_at": user.updated_at,
        "version": user.version,
        "stamp": new_stamp(),
        "tokens": [],
    }
    if user.disabled_at is not None:
        document["disabled_at"] = user.disabled_at
    if user.password_hash is not None:
        document["password_hash"] = user.password_hash
    if is_first:
        document["first"] = True
    return document


def read_user(document: UserDocument) -> User:
    return User(
        id=Id(str(document["_id"])),
        name=document["name"],
        email=document["email"],
        role=Role(document["role"]),
        created_at=document["created_at"],
        updated_at=document["updated_at"],
        version=document["version"],
        disabled_at=document.get("disabled_at"),
        password_hash=document.get("password_hash"),
        stamp=document["stamp"],
    )


def token_entry(token: Token) -> TokenEntry:
    entry: TokenEntry = {
        "id": ObjectId(token.id),
        "digest": token.digest,
        "name": token.name,
        "scopes": sorted(scope.value for scope in token.scopes),
        "created_at": token.created_at,
        "kind": token.kind.value,
    }
    if token.login_id is not None:
        entry["login_id"] = ObjectId(token.login_id)
    if token.expires_at is not None:
        entry["expires_at"] = token.expires_at
    if token.last_used_at is not None:
        entry["last_used_at"] = token.last_used_at
    return entry


def read_token(entry: TokenEntry, user_id: ObjectId) -> Token:
    return Token(
        id=Id(str(entry["id"])),
        user_id=Id(str(user_id)),
        name=entry["name"],
        scopes=frozenset(map(Scope, entry["scopes"])),
        digest=entry["digest"],
        created_at=entry["created_at"],
        expires_at=entry.get("expires_at"),
        last_used_at=entry.get("last_used_at"),
        kind=TokenKind(entry["kind"]),
        login_id=Id(str(entry["login_id"])) if "login_id" in entry else None,
    )


def read_blog(document: BlogDocument) -> Blog:
    return Blog(
        comment_policy=CommentPolicy(document["comment_policy"]),
        title=document["title"],
        description=document["description"],
        language=document["language"],
        time_zone=document["time_zone"],
        base_url=document.get("base_url"),
        permalink=document["permalink"],
        navigation=tuple(NavigationLink(**link) for link in document["navigation"]),
        posts_per_page=document["posts_per_page"],
        updated_at=document["updated_at"],
        version=document["version"],
        address_key=bytes(document["address_key"]),
        stamp=document["stamp"],
        names_stamp=document["names_stamp"],
    )


def blog_document(blog: Blog) -> BlogDocument:
    document: BlogDocument = {
        "_id": BLOG,
        "comment_policy": blog.comment_policy.value,
        "title": blog.title,
        "description": blog.description,
        "language": blog.language,
        "time_zone": blog.time_zone,
        "permalink": blog.permalink,
        "navigation": link_entries(blog.navigation),
        "posts_per_page": blog.posts_per_page,
        "address_key": blog.address_key,
        "version": blog.version,
        "stamp": new_stamp(),
        "names_stamp": new_stamp(),
        "updated_at": blog.updated_at,
    }
    if blog.base_url is not None:
        document["base_url"] = blog.base_url
    return document


def blog_update(change: BlogChange) -> Mapping[str, Mapping[str, object]]:
    """The update that makes this change, and increments the version."""
    stamps = {"stamp": new_stamp(), "names_stamp": new_stamp()}
    values = change.values() | {"updated_at": change.updated_at, **stamps}
    if change.comment_policy is not None:
        values["comment_policy"] = change.comment_policy.value
    if change.navigation is not None:
        values["navigation"] = link_entries(change.navigation)
    removed = {name: "" for name, value in values.items() if value is None}
    kept = {name: value for name, value in values.items() if value is not None}
    return {"$set": kept, "$inc": {"version": 1}, **({"$unset": removed} if removed else {})}


def link_entries(links: Sequence[NavigationLink]) -> list[LinkEntry]:
    return [{"label": link.label, "url": link.url} for link in links]
