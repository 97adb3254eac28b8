"""Tokens over HTTP."""

from dataclasses import replace
from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.dependencies import OpenStore
from everpost.api.links import next_link, path_of
from everpost.api.parameters import IfNoneMatch, TokenId, TokensQuery
from everpost.api.responses import JsonResponse, listed
from everpost.api.schemas.tokens import TokenCreate, TokenMade, read_token
from everpost.api.security import CurrentMember, GivenProof
from everpost.domain.paging import MAX_LIMIT, encode_cursor
from everpost.services import tokens
from everpost.services.tokens import TokenDraft


async def list_tokens(
    request: Request,
    store: OpenStore,
    actor: CurrentMember,
    query: Annotated[TokensQuery, Query()],
    if_none_match: IfNoneMatch = None,
) -> Response:
    """List a user's tokens, oldest first, a page at a time."""
    limit = min(query.limit, MAX_LIMIT)
    page = await tokens.page_tokens(store, actor, query.user_id, limit=limit, after=query.after)
    headers = {}
    if page.rows and page.has_more:
        cursor = encode_cursor(page.rows[-1].position)
        headers["link"] = next_link(request, path_of(request, "/tokens"), cursor)
    return listed([read_token(token) for token in page.rows], headers, if_none_match)


async def create_token(
    request: Request, store: OpenStore, actor: CurrentMember, proof: GivenProof, body: TokenCreate
) -> Response:
    """Make a token of your own. No other answer has it in it."""
    draft = TokenDraft(
        name=body["name"],
        scopes=frozenset(body["scopes"]) if "scopes" in body else None,
        expires_at=body.get("expires_at"),
    )
    given = replace(proof, current_password=body.get("current_password"))
    secret, token = await tokens.create_token(store, actor, draft, given)
    content: TokenMade = {**read_token(token), "token": secret}
    headers = {"cache-control": "no-store", "location": path_of(request, f"/tokens/{token.id}")}
    return JsonResponse(content, status_code=201, headers=headers)


async def delete_current_token(store: OpenStore, actor: CurrentMember) -> Response:
    """Log out: revoke the token sent with the request. No scope is required."""
    await tokens.revoke_shown(store, actor)
    return Response(status_code=204)


async def delete_token(store: OpenStore, actor: CurrentMember, token_id: TokenId) -> Response:
    """Revoke a token, your own, or anybody's where you are an admin: from now on it is of no use."""
    await tokens.revoke(store, actor, token_id)
    return Response(status_code=204)
