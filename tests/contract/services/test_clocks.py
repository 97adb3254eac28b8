"""Setting a clock back hides no published post."""

from datetime import datetime, timedelta, tzinfo
from typing import Self

import pytest

from everpost.domain import clock
from everpost.domain.clock import EARLIEST, HORIZON, LATEST, now
from everpost.domain.ids import Id
from everpost.domain.people.actors import PUBLIC, Actor
from everpost.domain.people.tokens import ROLE_SCOPES
from everpost.domain.people.users import Role
from everpost.domain.posts import PostFilter, PostQuery, TagQuery
from everpost.errors import NotFound
from everpost.services.comments import preconditions_of
from everpost.services.posts import PostDraft, create_post, observe_latest_write, read_post
from everpost.stores.port import Store
from tests.contract.port.examples import a_comment
from tests.contract.port.examples import publish as store_post
from tests.contract.refusals import raises
from tests.contract.services.people import add_user

HOUR = timedelta(hours=1)


async def publish_ahead(store: Store, monkeypatch: pytest.MonkeyPatch, ahead: timedelta) -> Id:
    """Publish a post, then set the clock back."""

    class Ahead(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + ahead

    author = await add_user(store, Role.AUTHOR)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "datetime", Ahead)
        draft = PostDraft(title="Title", content="", tags=("tag",))
        post, _ = await create_post(store, Actor(author, ROLE_SCOPES[author.role]), draft)
    return post.id


def restart() -> None:
    """Simulate a restart: a new process knows nothing of other clocks."""
    HORIZON._seen = EARLIEST


async def listed(store: Store) -> list[Id]:
    audience = PUBLIC.audience(HORIZON.moment())
    page = await store.posts.page(PostQuery(filter=PostFilter(audience=audience), limit=10))
    return [post.id for post in page.rows]


async def test_a_post_stays_public_when_the_clock_is_put_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await publish_ahead(store, monkeypatch, HOUR)
    assert (await read_post(store, PUBLIC, post_id, comments=0)).publication_date > now()
    assert await listed(store) == [post_id]


async def test_a_post_stays_public_after_a_restart_with_the_clock_put_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await publish_ahead(store, monkeypatch, HOUR)
    restart()
    assert await listed(store) == []
    await observe_latest_write(store)
    assert await listed(store) == [post_id]
    tags = await store.posts.tags(TagQuery(moment=HORIZON.moment(), limit=10))
    assert [each.tag for each in tags.rows] == ["tag"]
    preconditions = preconditions_of(PUBLIC, await store.posts.comment_context(post_id))
    await store.comments.add(a_comment(post_id), preconditions=preconditions)
    assert preconditions.audience.moment > now()


async def test_a_post_that_another_machine_published_is_public_once_it_is_asked_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await publish_ahead(store, monkeypatch, HOUR)
    restart()
    assert (await read_post(store, PUBLIC, post_id, comments=0)).id == post_id
    assert await listed(store) == [post_id]


async def test_a_post_that_is_scheduled_stays_hidden(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    await publish_ahead(store, monkeypatch, HOUR)
    scheduled = await store_post(store, publication_date=now() + 2 * HOUR, updated_at=now())
    with raises(NotFound, "post"):
        await read_post(store, PUBLIC, scheduled.id, comments=0)


@pytest.mark.parametrize("moment", [LATEST, now() + timedelta(days=1, hours=1)])
async def test_a_moment_that_no_clock_can_show_changes_nothing(store: Store, moment: datetime) -> None:
    """Imported posts can have any time."""
    await store_post(store, publication_date=now() + HOUR, updated_at=moment)
    await observe_latest_write(store)
    assert await listed(store) == []
    HORIZON.observe(moment)
    assert HORIZON.moment() <= now()
