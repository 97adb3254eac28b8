"""Examples in the OpenAPI document: one blog, with a post and a comment on it.

A test validates each example against its schema, and schemathesis sends the request bodies.
"""

from collections.abc import Mapping
from typing import Final

from pydantic.config import JsonDict

_POST_ID, _COMMENT_ID = "665f1c2ab7e4d20f3a9c8e01", "665f1c2ab7e4d20f3a9c8e11"
_USER_ID, _TOKEN_ID = "665f1c2ab7e4d20f3a9c8e21", "665f1c2ab7e4d20f3a9c8e31"
_MOMENT = "2026-05-04T03:02:01.000Z"
_REVISION = "1-5cfc620b1f20dcfc"
_SECRET = "evp_…"  # noqa: S105 - not a token
_AUTHOR: JsonDict = {"id": _USER_ID, "name": "Ann Author"}

_NEW_POST: JsonDict = {
    "title": "Hello, world",
    "content": "My *first* post.",
    "tags": ["news"],
    "status": "published",
    "summary": "Why I write here.",
}
_POST_CHANGE: JsonDict = {"title": "Hello again", "tags": ["news", "welcome"]}
_NEW_COMMENT: JsonDict = {"name": "Gus Guest", "content": "Welcome!"}
_COMMENT_CHANGE: JsonDict = {"content": "Welcome to the web!"}
_COMMENT: JsonDict = {
    "id": _COMMENT_ID,
    "post_id": _POST_ID,
    "parent_id": None,
    "depth": 0,
    "status": "approved",
    "author": {"name": "Gus Guest"},
    "content": "Welcome!",
    "publication_date": _MOMENT,
    "updated_at": _MOMENT,
    "reply_count": 0,
    "revision": _REVISION,
}
_CREATED_COMMENT: JsonDict = {**_COMMENT, "status": "pending", "edit_key": "…"}
_NODE: JsonDict = {**_COMMENT, "replies": [], "next_replies": None}
_POST: JsonDict = {
    "id": _POST_ID,
    "title": "Hello, world",
    "content": "My *first* post.",
    "publication_date": _MOMENT,
    "updated_at": _MOMENT,
    "version": 2,
    "slug": "hello-world",
    "tags": ["news"],
    "format": "markdown",
    "status": "published",
    "kind": "post",
    "summary": "Why I write here.",
    "paths": ["/2019/05/hello"],
    "cover": None,
    "author": _AUTHOR,
    "comment_policy": None,
    "comment_count": 1,
    "comments": [_COMMENT],
}
_TAG: JsonDict = {"tag": "news", "count": 1}
_DECISION: JsonDict = {"id": _COMMENT_ID, "status": "approved", "revision": _REVISION}
_DECIDED: JsonDict = {"id": _COMMENT_ID, "comment": _COMMENT, "problem": None}
_NEW_USER: JsonDict = {
    "name": "Nora New",
    "email": "nora@blog.example",
    "role": "author",
    "password": "correct horse battery",
}
_USER_CHANGE: JsonDict = {"name": "Nora Newman", "role": "editor"}
_ACCOUNT_CHANGE: JsonDict = {"name": "Ann Author"}
_USER: JsonDict = {
    "id": _USER_ID,
    "name": "Ann Author",
    "email": "ann@blog.example",
    "role": "author",
    "has_password": True,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
    "disabled_at": None,
}
_NEW_TOKEN: JsonDict = {"name": "My editor", "scopes": ["posts:write"]}
_TOKEN: JsonDict = {
    "id": _TOKEN_ID,
    "name": "My editor",
    "kind": "named",
    "login_id": None,
    "scopes": ["posts:write"],
    "created_at": _MOMENT,
    "expires_at": None,
    "last_used_at": "2026-05-04",
}
_CREATED_TOKEN: JsonDict = {**_TOKEN, "last_used_at": None, "token": _SECRET}
_LOGIN: JsonDict = {"username": "ann@blog.example", "password": "correct horse battery"}
_CREATED_LOGIN: JsonDict = {
    "access_token": _SECRET,
    "token_type": "bearer",
    "expires_at": _MOMENT,
    "id": _TOKEN_ID,
}
_CREDENTIAL: JsonDict = {
    "id": "aBcD…",
    "rawId": "aBcD…",
    "type": "public-key",
    "response": {"clientDataJSON": "eyJ0…", "attestationObject": "o2Nm…"},
}
_PASSKEY: JsonDict = {"name": "My laptop", "credential": _CREDENTIAL}
_ASSERTION: JsonDict = {
    **_CREDENTIAL,
    "response": {"clientDataJSON": "eyJ0…", "authenticatorData": "SZYN…", "signature": "MEUC…"},
}
_RESET_LINK: JsonDict = {
    "token": _SECRET,
    "url": f"https://blog.example/desk/invitation#{_SECRET}",
    "expires_at": _MOMENT,
}
_INVITATION: JsonDict = {"name": "Nora New", "email": "nora@blog.example", "role": "author"}
_SETUP: JsonDict = {
    "title": "Ann's blog",
    "name": "Ada Admin",
    "email": "ada@blog.example",
    "password": "correct horse battery",
}
_PREVIEW_LINK: JsonDict = {
    "url": f"https://blog.example/preview/{_POST_ID}?until=1777950000&signature=y3Gz…",
    "expires_at": _MOMENT,
}
_LINK: JsonDict = {"label": "About", "url": "/about"}
_BLOG: JsonDict = {
    "title": "Ann's blog",
    "description": "Notes on life.",
    "language": "en",
    "time_zone": "Europe/Berlin",
    "base_url": "https://blog.example",
    "permalink": "/{year}/{month}/{slug}",
    "navigation": [_LINK],
    "posts_per_page": 10,
    "comment_policy": "moderated",
}
_DATABASE: JsonDict = {
    "everpost": "1.0.0",
    "server": "PostgreSQL 18.1",
    "revision": "0001",
    "records": {"user": 4, "token": 7, "post": 120, "comment": 3400},
}
_PROBLEM: JsonDict = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": "The request is invalid: see `errors`.",
    "errors": [{"field": "slug", "in": "body", "detail": "should contain a letter or a digit"}],
}

_TYPED: JsonDict = {
    "title": "Hello ag",
    "content": "My *first* post.\r\n",
    "tags": "news, ",
    "slug": "Hello W",
}
_BASE: JsonDict = {
    "etag": '"1-5cfc620b1f20dcfc-519e9efd863e817a"',
    "updated_at": _MOMENT,
    "text": {"title": "Hello, world", "content": "My *first* post.", "tags": "news", "slug": "hello-world"},
}
_WORKING_COPY: JsonDict = {
    "post_id": _POST_ID,
    "text": _TYPED,
    "base": _BASE,
    "updated_at": _MOMENT,
    "post_updated_at": _MOMENT,
}
_LISTED_COPY: JsonDict = {
    "post_id": _POST_ID,
    "title": "Hello ag",
    "base_updated_at": _MOMENT,
    "updated_at": _MOMENT,
    "post_updated_at": _MOMENT,
    "revision": _REVISION,
}

OF_SCHEMAS: Final[Mapping[str, JsonDict]] = {
    "AccountUpdate": _ACCOUNT_CHANGE,
    "BaseRead": _BASE,
    "BaseWrite": _BASE,
    "BlogRead": _BLOG,
    "BlogUpdate": _BLOG,
    "CommentCreate": _NEW_COMMENT,
    "CommentCreated": _CREATED_COMMENT,
    "CommentNode": _NODE,
    "CommentRead": _COMMENT,
    "CommentUpdate": _COMMENT_CHANGE,
    "DatabaseRead": _DATABASE,
    "DecisionCreate": _DECISION,
    "DecisionRead": _DECIDED,
    "InvitationCreate": _INVITATION,
    "InvitationRead": {"user": {**_USER, "has_password": False}, "link": _RESET_LINK},
    "Link": _LINK,
    "LoginForm": _LOGIN,
    "LoginCreated": _CREATED_LOGIN,
    "PasskeyCreate": _PASSKEY,
    "PasskeyLogin": {"credential": _ASSERTION},
    "PasskeyRead": {"id": _TOKEN_ID, "name": "My laptop", "created_at": _MOMENT},
    "PasswordReset": {"token": _SECRET, "password": "correct horse battery"},
    "PostCreate": _NEW_POST,
    "PostRead": _POST,
    "MediaUpdate": {"name": "bear.jpg", "alt": "A bear", "focus": {"x": 50, "y": 20}},
    "PostUpdate": _POST_CHANGE,
    "PreviewLinkCreate": {"expires_in": 86_400},
    "PreviewLinkRead": _PREVIEW_LINK,
    "Problem": _PROBLEM,
    "ResetLinkRead": _RESET_LINK,
    "SetupCreate": _SETUP,
    "SetupPasskey": _PASSKEY,
    "TagRead": _TAG,
    "TokenCreate": _NEW_TOKEN,
    "TokenCreated": _CREATED_TOKEN,
    "TokenRead": _TOKEN,
    "TypedText": _TYPED,
    "UserCreate": _NEW_USER,
    "UserRead": _USER,
    "UserUpdate": _USER_CHANGE,
    "WorkingCopyListed": _LISTED_COPY,
    "WorkingCopyRead": _WORKING_COPY,
    "WorkingCopyWrite": {"text": _TYPED, "base": _BASE},
}
"""Examples by the name of their schema."""
