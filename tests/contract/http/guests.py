"""Comments by guests, and moderation decisions about them."""

import httpx

from tests.contract.http.calls import CommentJson, ask, etag


async def comment_as_guest(client: httpx.AsyncClient, post_id: str, **fields: object) -> CommentJson:
    body = {"content": "A guest's words.", "name": "Gus", **fields}
    answer = await ask(client, "nobody", "POST", f"/posts/{post_id}/comments", json=body)
    assert answer.status_code == 201, answer.text
    comment: CommentJson = answer.json()
    return comment


async def moderate(client: httpx.AsyncClient, comment: CommentJson, status: str) -> CommentJson:
    path = f"/posts/{comment['post_id']}/comments/{comment['id']}"
    seen = {"if-match": await etag(client, path)}
    answer = await client.patch(path, json={"status": status}, headers=seen)
    assert answer.status_code == 200, answer.text
    decided: CommentJson = answer.json()
    return decided


def decision(comment: CommentJson, status: str) -> dict[str, str]:
    """A decision about the comment as it was read."""
    return {"id": comment["id"], "status": status, "revision": comment["revision"]}
