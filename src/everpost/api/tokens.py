"""Tokens over HTTP."""

from typing import Annotated

from fastapi import Query, Request, Response

from everpost.api.dependencies import OpenStore
from everpost.api.links import path_of
from everpost.api.parameters import IfNoneMatch, TokenId
from everpost.api.responses import JsonResponse, listed
from everpost.api.schemas.text import SentId
from everpost.api.schemas.tokens import TokenCreate, TokenMade, read_token
from everpost.api.security import CurrentMember
from everpost.services import tokens
from everpost.services.tokens import TokenDraft

OwnerId = Annotated[SentId | None, Query(description="Whose, for admins; otherwise it is about your own.")]


async def list_tokens(
    store: OpenStore, actor: CurrentMember, user_id: OwnerId = None, if_none_match: IfNoneMatch = None
) -> Response:
    """All tokens of one user, the oldest first."""
    found = await tokens.list_tokens(store, actor, user_id)
    return listed([read_token(token) for token in found], {}, if_none_match)


async def create_token(
    request: Request, store: OpenStore, actor: CurrentMember, body: TokenCreate
) -> Response:
    """Make a token of your own. No other answer has it in it."""
    draft = TokenDraft(
        name=body["name"],
        scopes=frozenset(body["scopes"]) if "scopes" in body else None,
        expires_at=body.get("expires_at"),
    )
    secret, token = await tokens.create_token(store, actor, draft)
    content: TokenMade = {**read_token(token), "token": secret}
    headers = {"cache-control": "no-store", "location": path_of(request, f"/tokens/{token.id}")}
    return JsonResponse(content, status_code=201, headers=headers)


async def delete_token(store: OpenStore, actor: CurrentMember, token_id: TokenId) -> Response:
    """Revoke a token, your own, or anybody's where you are an admin: from now on it is of no use."""
    await tokens.revoke(store, actor, token_id)
    return Response(status_code=204)
