"""Several decisions at once when the database is slow, on every store."""

from collections.abc import Sequence

import httpx
import pytest

from everpost.domain.comments import Comment
from everpost.domain.people.actors import Actor
from everpost.errors import EverpostError
from everpost.services import moderation
from everpost.services.moderation import Decision
from everpost.stores.deadlines import ending
from everpost.stores.port import Store
from tests.contract.http.calls import etag, publish
from tests.contract.http.guests import comment_as_guest, decision
from tests.contract.http.people import PEOPLE

decide = moderation.moderate_comments


async def decide_until_the_deadline(
    store: Store, actor: Actor, decisions: Sequence[Decision]
) -> Sequence[Comment | EverpostError]:
    """The first decision is made just before the deadline of the request."""
    made = await decide(store, actor, decisions[:1])
    ending(0).__enter__()
    return [*made, *await decide(store, actor, decisions[1:])]


async def test_decisions_before_the_deadline_are_reported(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = await publish(client)
    first, second = [await comment_as_guest(client, post["id"]) for _ in range(2)]
    path = f"/posts/{post['id']}/comments/{first['id']}"
    seen = {"if-match": await etag(client, path)}
    edited = (await client.patch(path, json={"content": "Edited."}, headers=seen)).json()
    monkeypatch.setattr(moderation, "moderate_comments", decide_until_the_deadline)
    body = [decision(edited, "approved"), decision(second, "approved")]
    answer = await client.post("/comments/decisions", json=body)
    assert answer.status_code == 200
    made, failed = answer.json()
    assert (made["comment"]["status"], made["problem"]) == ("approved", None)
    assert made["comment"]["edited_by"]["name"] == PEOPLE["admin"].user.name
    assert (failed["comment"], failed["problem"]["status"]) == (None, 503)
