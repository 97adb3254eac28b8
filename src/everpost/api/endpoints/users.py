"""Users over HTTP."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, HTTPException, Query, Request, Response

from everpost.api.http.etags import expected_revisions
from everpost.api.http.problems import refusal
from everpost.api.http.responses import listed, tagged
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.links import next_link, path_of
from everpost.api.routing.parameters import IfMatch, IfNoneMatch, PageParameters, UserId
from everpost.api.routing.security import CurrentMember, CurrentProof
from everpost.api.schemas.authors import read_author
from everpost.api.schemas.users import AccountUpdate, UserCreate, UserUpdate, read_user
from everpost.domain.ids import PATTERN, Id, parse_id
from everpost.domain.paging import MAX_LIMIT, Page, encode_cursor
from everpost.domain.people.users import User
from everpost.errors import Invalid
from everpost.services.accounts import users
from everpost.services.accounts.users import UserDraft, UserEdit

NEW_AUTHOR_PARAMETER = {
    "name": "posts",
    "in": "query",
    "required": True,
    "description": "How to handle the user's posts: `keep` leaves them without an author; the id of another"
    " user makes that user their author.",
    "schema": {"type": "string", "pattern": f"^keep$|{PATTERN}"},
}
_KEEP = "keep"


async def _new_author_id(request: Request) -> Id | None:
    """The id of the new author of the posts, or None."""
    if request.path_params["user_id"] == "me":  # the account has a path of its own, without DELETE
        raise HTTPException(405)
    sent = request.query_params.getlist("posts")
    heir_id = parse_id(sent[0]) if len(sent) == 1 else None
    if heir_id is None and sent != [_KEEP]:
        raise refusal(
            "query",
            "posts",
            "should be keep, or the id of the user who becomes the author of the posts",
        )
    return heir_id


NewAuthorId = Annotated[Id | None, Depends(_new_author_id)]


async def list_users(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    query: Annotated[PageParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List all users, oldest first.

    Requires the scope `admin`.
    """
    page = await users.page_users(store, actor, limit=min(query.limit, MAX_LIMIT), after=query.after)
    headers = _links(request, "/users", page)
    return listed([read_user(user) for user in page.rows], headers, if_none_match)


async def list_authors(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    query: Annotated[PageParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List the users from whom to choose the `author_id` of a post, oldest first.

    Disabled users are left out, so a page may be short or empty although more follow. Requires the scope
    `posts:write`, and the role of an editor or admin.
    """
    page = await users.page_authors(store, actor, limit=min(query.limit, MAX_LIMIT), after=query.after)
    headers = _links(request, "/authors", page)
    authors = [read_author(user.author) for user in page.rows if user.disabled_at is None]
    return listed(authors, headers, if_none_match)


def _links(request: Request, path: str, page: Page[User]) -> dict[str, str]:
    """The header that leads to the next page, if there is one."""
    if not (page.rows and page.has_more):
        return {}
    cursor = encode_cursor(page.rows[-1].position)
    return {"link": next_link(request, path_of(request, path), cursor)}


async def create_user(request: Request, store: OpenStore, actor: CurrentMember, body: UserCreate) -> Response:
    """Create a user.

    Without a password, the user cannot log in, but `everpost token create` can create the user's tokens.
    Requires a token with all scopes of an admin.
    """
    draft = UserDraft(
        name=body["name"], email=body["email"], role=body["role"], password=body.get("password")
    )
    user = await users.add_user(store, actor, draft)
    location = path_of(request, f"/users/{user.id}")
    return tagged(read_user(user), user.revision, status=201, headers={"location": location})


async def get_user(
    store: OpenStore, actor: CurrentMember, user_id: UserId, if_none_match: IfNoneMatch = None
) -> Response:
    """Get a user.

    Requires the scope `admin`.
    """
    user = await users.read_user(store, actor, user_id)
    return tagged(read_user(user), user.revision, if_none_match=if_none_match)


async def update_user(
    store: OpenStore,
    actor: CurrentMember,
    proof: CurrentProof,
    user_id: UserId,
    body: UserUpdate,
    if_match: IfMatch = None,
) -> Response:
    """Update a user.

    Only the fields in the body change. A new password or role ends all of the user's logins. Requires the
    scope `admin`; changing the password, email address or role, or re-enabling the user, requires all scopes.
    """
    wish = UserEdit(
        name=body.get("name"),
        email=body.get("email"),
        role=body.get("role"),
        is_disabled=body.get("disabled"),
        password=body.get("password"),
        revoke_tokens=body.get("revoke_tokens", False),
        revoke_logins=body.get("revoke_logins", False),
        proof=replace(proof, current_password=body.get("current_password")),
    )
    user = await users.change_user(store, actor, user_id, wish, match=expected_revisions(if_match))
    return tagged(read_user(user), user.revision)


async def delete_user(
    store: OpenStore, actor: CurrentMember, user_id: UserId, heir_id: NewAuthorId, if_match: IfMatch = None
) -> Response:
    """Remove a user.

    The user's tokens are removed as well. The posts stay, without an author or with the author that
    `posts` names; the comments stay, without an author. Requires the scope `admin`.
    """
    try:
        await users.remove_user(store, actor, user_id, heir_id=heir_id, match=expected_revisions(if_match))
    except Invalid as error:
        raise refusal("query", "posts", error.reason) from None
    return Response(status_code=204)


async def get_account(actor: CurrentMember, if_none_match: IfNoneMatch = None) -> Response:
    """Get your own account.

    Any valid token is sufficient.
    """
    user = users.read_account(actor)
    return tagged(read_user(user), user.revision, if_none_match=if_none_match)


async def update_account(
    store: OpenStore,
    actor: CurrentMember,
    proof: CurrentProof,
    body: AccountUpdate,
    if_match: IfMatch = None,
) -> Response:
    """Update your own account.

    Only the fields in the body change. A new password ends your other logins. Requires the scope
    `account` and, to change the password or email address, your `current_password`.
    """
    wish = UserEdit(
        name=body.get("name"),
        email=body.get("email"),
        password=body.get("password"),
        revoke_tokens=body.get("revoke_tokens", False),
        revoke_logins=body.get("revoke_logins", False),
        proof=replace(proof, current_password=body.get("current_password")),
    )
    user = await users.change_account(store, actor, wish, match=expected_revisions(if_match))
    return tagged(read_user(user), user.revision)
