"""Jobs run on one worker at a time, and again after a failure."""

import asyncio
from datetime import datetime, timedelta

import pytest

from everpost.domain.clock import now
from everpost.domain.trash.removed_comments import Removal, RemovedCommentQuery
from everpost.errors import Busy
from everpost.services.maintenance import jobs, task
from everpost.services.maintenance.jobs import EVERY, LEASE, RETRIED_AFTER, Job, Lease
from everpost.services.maintenance.task import MaintenanceTask
from everpost.services.trash.expiry import emptying
from everpost.stores.port import Store
from tests.contract.port.examples import comment_on, publish

MONTH = timedelta(days=30)
DAY = timedelta(days=1)


class Work:
    """A job with a number of batches, which may fail first."""

    def __init__(self, batches: int, *, fails: Exception | None = None) -> None:
        self.batches, self.fails = batches, fails
        self.job = Job("test", self._batch)

    async def _batch(self, _store: Store, _moment: datetime) -> int:
        if self.fails is not None:
            error, self.fails = self.fails, None
            raise error
        self.batches -= 1
        return self.batches


async def pause_of(store: Store) -> timedelta:
    """The time until the lease is free."""
    found = await store.limits.get(LEASE.key, now())
    assert found is not None
    return found.until - now()


async def test_one_of_several_workers_runs_the_jobs(store: Store) -> None:
    work = [Work(3) for _ in range(5)]
    ran = await asyncio.gather(*(Lease(store, [each.job]).run_jobs() for each in work))
    assert sorted(ran) == [False] * 4 + [True]
    assert sorted(each.batches for each in work) == [0, 3, 3, 3, 3]
    assert EVERY - timedelta(minutes=1) < await pause_of(store) <= EVERY


async def test_jobs_run_again_after_a_while(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    work = Work(1)
    lease = Lease(store, [work.job])
    assert await lease.run_jobs()
    assert not await lease.run_jobs()
    later = now() + EVERY
    monkeypatch.setattr(jobs, "now", lambda: later)
    work.batches = 1
    assert await lease.run_jobs()
    assert work.batches == 0


@pytest.mark.parametrize("error", [Busy(), OSError("The disk is full")])
async def test_a_failure_leaves_the_other_jobs_alone_and_is_retried(store: Store, error: Exception) -> None:
    failing, other = Work(1, fails=error), Work(2)
    assert await Lease(store, [failing.job, other.job]).run_jobs()
    assert (failing.batches, other.batches) == (1, 0)
    assert await pause_of(store) <= RETRIED_AFTER


async def test_the_trash_is_emptied_after_its_days(store: Store) -> None:
    expired, kept = await publish(store), await publish(store)
    for post, age in ((expired, MONTH + DAY), (kept, MONTH - DAY)):
        await store.trash.move_post(post.id, moment=now() - age, match=None)
    post = await publish(store)
    comments = [await comment_on(store, post.id) for _ in range(2)]
    for comment, age in zip(comments, (MONTH + DAY, MONTH - DAY), strict=True):
        removal = Removal(now() - age, None)
        await store.comments.remove(post.id, comment.id, match=None, removal=removal)
    assert await Lease(store, emptying(MONTH)).run_jobs()
    assert set(await store.posts.read([expired.id, kept.id], comments=0)) == {kept.id}
    left = await store.trash.page_comments(RemovedCommentQuery(limit=10))
    assert [each.id for each in left.rows] == [comments[1].id]


async def test_stopping_waits_for_no_job(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task, "INTERVAL", 0.001)
    monkeypatch.setattr(task, "PATIENCE", 0.001)
    began = asyncio.Event()

    async def endless(_store: Store, _moment: datetime) -> int:
        began.set()
        await asyncio.Event().wait()
        return 1

    maintenance = await MaintenanceTask.start(store, [Job("endless", endless)])
    async with asyncio.timeout(30):
        await began.wait()
        await maintenance.stop()
