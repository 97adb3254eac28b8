"""The kinds of records of a blog, in the order of a stream of all its records.

Copies, archives, digests and the bulk writers of all stores use this list. A new kind also needs a table, in
`stores.sql.bulk.record_tables`, and a collection, in `stores.mongo.bulk.record_collections`.
"""

from everpost.domain.blog import (
    MAX_BLOG_TITLE,
    MAX_DESCRIPTION,
    MAX_POSTS_PER_PAGE,
    Blog,
    checked_base_url,
    checked_language,
    checked_time_zone,
)
from everpost.domain.comments import MAX_COMMENT, MAX_GUEST_NAME, Comment, CommentPolicy, CommentStatus
from everpost.domain.media.files import MAX_ALT, MAX_FILE_SIZE, MAX_FOCUS, MediaFile
from everpost.domain.media.types import MediaType
from everpost.domain.paging import MAX_NUMBER
from everpost.domain.people.passkeys import MAX_CREDENTIAL_ID, MAX_PASSKEY_NAME, MAX_PUBLIC_KEY, Passkey
from everpost.domain.people.tokens import MAX_TOKEN_NAME, Scope, Token, TokenKind
from everpost.domain.people.users import Role, User, email_key
from everpost.domain.permalinks import checked_permalink
from everpost.domain.posts import (
    MAX_CONTENT,
    MAX_COVER,
    MAX_PREVIEW_NONCE,
    MAX_SUMMARY,
    MAX_TITLE,
    Post,
    PostFormat,
    PostKind,
    PostStatus,
)
from everpost.domain.record_kinds.fields import (
    AUTHOR,
    DIGEST,
    EMAIL,
    ID,
    KEY,
    MOMENT,
    NAVIGATION,
    PASSWORD_HASH,
    PATHS,
    SLUG,
    TAGS,
    USER_NAME,
    VERSION,
    choice,
    choices,
    encoded_bytes,
    named,
    normalized,
    number,
    optional,
    reference,
    text,
)
from everpost.domain.record_kinds.kinds import Kind, Kinds
from everpost.domain.record_kinds.media_fields import FLAG, MEDIA_NAME
from everpost.domain.record_kinds.typed_fields import POST_BASE, POST_TEXT
from everpost.domain.trash.removed_comments import RemovedComment
from everpost.domain.writing.history import PostRevision
from everpost.domain.writing.working_copies import WorkingCopy

SETTINGS = Kind(
    name="settings",
    plural="settings",
    type=Blog,
    fields={
        "comment_policy": choice(CommentPolicy),
        "title": text(0, MAX_BLOG_TITLE),
        "description": text(0, MAX_DESCRIPTION),
        "language": normalized(checked_language),
        "time_zone": normalized(checked_time_zone),
        "base_url": optional(normalized(checked_base_url)),
        "permalink": normalized(checked_permalink),
        "navigation": NAVIGATION,
        "posts_per_page": number(1, MAX_POSTS_PER_PAGE),
        "address_key": KEY,
        "updated_at": MOMENT,
        "version": VERSION,
    },
    order=(),
)
USERS = Kind(
    name="user",
    plural="users",
    type=User,
    fields={
        "id": ID,
        "name": USER_NAME,
        "email": EMAIL,
        "role": choice(Role),
        "password_hash": optional(PASSWORD_HASH),
        "disabled_at": optional(MOMENT),
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "version": VERSION,
    },
    unique={"email": lambda user: [email_key(user.email)]},
)
TOKENS = Kind(
    name="token",
    plural="tokens",
    type=Token,
    fields={
        "id": ID,
        "user_id": reference("user"),
        "name": text(1, MAX_TOKEN_NAME),
        "scopes": choices(Scope),
        "digest": DIGEST,
        "created_at": MOMENT,
        "expires_at": optional(MOMENT),
        "last_used_at": optional(MOMENT),
        "token_kind": named("kind", choice(TokenKind)),
        "login_id": optional(ID),
    },
    unique={"digest": lambda token: [token.digest]},
)
MEDIA = Kind(
    name="media",
    plural="media",
    type=MediaFile,
    fields={
        "digest": DIGEST,
        "name": MEDIA_NAME,
        "type": choice(MediaType),
        "size": number(1, MAX_FILE_SIZE),
        "width": optional(number(1, MAX_NUMBER)),
        "height": optional(number(1, MAX_NUMBER)),
        "is_animated": FLAG,
        "alt": text(0, MAX_ALT),
        "focus_x": optional(number(0, MAX_FOCUS)),
        "focus_y": optional(number(0, MAX_FOCUS)),
        "author_id": optional(AUTHOR),
        "created_at": MOMENT,
        "updated_at": MOMENT,
        "version": VERSION,
    },
    order=("digest",),
)
POSTS = Kind(
    name="post",
    plural="posts",
    type=Post,
    fields={
        "id": ID,
        "slug": SLUG,
        "post_kind": named("kind", choice(PostKind)),
        "title": text(1, MAX_TITLE),
        "summary": optional(text(1, MAX_SUMMARY)),
        "paths": PATHS,
        "content": text(0, MAX_CONTENT),
        "format": choice(PostFormat),
        "tags": TAGS,
        "status": choice(PostStatus),
        "author_id": optional(AUTHOR),
        "comment_policy": optional(choice(CommentPolicy)),
        "comment_count": number(0, MAX_NUMBER),
        "preview_nonce": optional(number(1, MAX_PREVIEW_NONCE)),
        "cover": optional(text(1, MAX_COVER)),
        "trashed_at": optional(MOMENT),
        "former_status": optional(choice((PostStatus.DRAFT, PostStatus.PUBLISHED))),
        "revision_number": number(1, MAX_NUMBER),
        "edited_by_id": optional(ID),
        "edit_began_at": optional(MOMENT),
        "publication_date": MOMENT,
        "updated_at": MOMENT,
        "version": VERSION,
    },
    unique={"slug": lambda post: [post.slug], "paths": lambda post: post.paths},
)
COMMENTS = Kind(
    name="comment",
    plural="comments",
    type=Comment,
    fields={
        "id": ID,
        "post_id": reference("post"),
        "parent_id": optional(ID),
        "depth": number(0, MAX_NUMBER),
        "content": text(0, MAX_COMMENT),
        "status": choice(CommentStatus),
        "author_id": optional(AUTHOR),
        "guest_name": optional(text(1, MAX_GUEST_NAME)),
        "key_digest": optional(DIGEST),
        "editor_id": optional(reference("user")),
        "edited_at": optional(MOMENT),
        "reply_count": number(0, MAX_NUMBER),
        "publication_date": MOMENT,
        "updated_at": MOMENT,
        "version": VERSION,
    },
    order=("publication_date", "id"),
    owner="post_id",
)
REMOVED_COMMENTS = Kind(
    name="removed_comment",
    plural="removed comments",
    type=RemovedComment,
    fields={
        "id": ID,
        "post_id": reference("post"),
        "parent_id": optional(ID),
        "content": text(1, MAX_COMMENT),
        "status": choice(CommentStatus),
        "author_id": optional(ID),
        "guest_name": optional(text(1, MAX_GUEST_NAME)),
        "key_digest": optional(DIGEST),
        "editor_id": optional(ID),
        "edited_at": optional(MOMENT),
        "publication_date": MOMENT,
        "updated_at": MOMENT,
        "version": VERSION,
        "removed_at": MOMENT,
        "removed_by_id": optional(ID),
    },
    owner="post_id",
)
REVISIONS = Kind(
    name="revision",
    plural="revisions",
    type=PostRevision,
    fields={
        "post_id": reference("post"),
        "number": number(1, MAX_NUMBER),
        "title": text(1, MAX_TITLE),
        "content": text(0, MAX_CONTENT),
        "format": choice(PostFormat),
        "summary": optional(text(1, MAX_SUMMARY)),
        "tags": TAGS,
        "cover": optional(text(1, MAX_COVER)),
        "is_published": FLAG,
        "author_id": optional(ID),
        "edited_by_id": optional(ID),
        "saved_at": MOMENT,
    },
    order=("number",),
    owner="post_id",
)
WORKING_COPIES = Kind(
    name="working_copy",
    plural="working copies",
    type=WorkingCopy,
    fields={
        "user_id": reference("user"),
        "post_id": ID,
        "text": POST_TEXT,
        "base": optional(POST_BASE),
        "updated_at": MOMENT,
        "version": VERSION,
    },
    order=("user_id", "post_id"),
)

PASSKEYS = Kind(
    name="passkey",
    plural="passkeys",
    type=Passkey,
    fields={
        "id": ID,
        "user_id": reference("user"),
        "name": text(1, MAX_PASSKEY_NAME),
        "credential_id": encoded_bytes(MAX_CREDENTIAL_ID),
        "public_key": encoded_bytes(MAX_PUBLIC_KEY),
        "created_at": MOMENT,
    },
)

KINDS = Kinds(
    SETTINGS, USERS, TOKENS, MEDIA, POSTS, COMMENTS, REMOVED_COMMENTS, REVISIONS, WORKING_COPIES, PASSKEYS
)
