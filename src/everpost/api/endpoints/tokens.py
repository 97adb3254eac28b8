"""Tokens over HTTP."""

from dataclasses import replace
from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.http.responses import JsonResponse, listed
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.links import next_link, path_of
from everpost.api.routing.parameters import IfNoneMatch, TokenId, TokensParameters
from everpost.api.routing.security import CurrentMember, CurrentProof
from everpost.api.schemas.tokens import TokenCreate, TokenCreated, read_token
from everpost.domain.paging import MAX_LIMIT, encode_cursor
from everpost.services.accounts import tokens
from everpost.services.accounts.tokens import TokenDraft


async def list_tokens(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    query: Annotated[TokensParameters, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List a user's tokens, oldest first.

    Secrets are never returned. Requires the scope `account`, or `admin` for another user's tokens.
    """
    limit = min(query.limit, MAX_LIMIT)
    page = await tokens.page_tokens(store, actor, query.user_id, limit=limit, after=query.after)
    headers = {}
    if page.rows and page.has_more:
        cursor = encode_cursor(page.rows[-1].position)
        headers["link"] = next_link(request, path_of(request, "/tokens"), cursor)
    return listed([read_token(token) for token in page.rows], headers, if_none_match)


async def create_token(
    request: Request, store: OpenStore, actor: CurrentMember, proof: CurrentProof, body: TokenCreate
) -> Response:
    """Create a token for yourself.

    The response contains the secret, which cannot be read again. A token has at most the scopes of the
    token sent with the request, and expires no later, unless `current_password` is sent as well. Requires
    the scope `account`.
    """
    draft = TokenDraft(
        name=body["name"],
        scopes=frozenset(body["scopes"]) if "scopes" in body else None,
        expires_at=body.get("expires_at"),
    )
    given = replace(proof, current_password=body.get("current_password"))
    secret, token = await tokens.create_token(store, actor, draft, given)
    content: TokenCreated = {**read_token(token), "token": secret}
    headers = {"cache-control": "no-store", "location": path_of(request, f"/tokens/{token.id}")}
    return JsonResponse(content, status_code=201, headers=headers)


async def revoke_current_token(store: OpenStore, actor: CurrentMember) -> Response:
    """Log out: revoke the token sent with the request.

    Requires no scope.
    """
    await tokens.revoke_shown(store, actor)
    return Response(status_code=204)


async def revoke_token(store: OpenStore, actor: CurrentMember, token_id: TokenId) -> Response:
    """Revoke a token.

    It stops working immediately. Requires the scope `account`; to revoke another user's token, `admin` as
    well.
    """
    await tokens.revoke(store, actor, token_id)
    return Response(status_code=204)
