"""A blog copied from any store to any other is the same, byte for byte."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.records import Record
from everpost.stores.port import Store
from everpost.transfer.archive.writer import export
from everpost.transfer.copy.operations import Phase, copy
from everpost.transfer.copy.origins import origin_of
from tests.conftest import Engines, offer_key
from tests.contract.port.blog.values import ANN, OTTO, by
from tests.contract.port.blog.whole_blogs import SETTINGS, a_whole_blog, fill
from tests.contract.port.examples import MOMENT, a_comment, a_post, numbered
from tests.volume import volumes

WHOLE = a_whole_blog()
ORIGIN = origin_of(SETTINGS)
long_threads = pytest.mark.parametrize("length", volumes(400, 20_000))
"""Threads longer than the preview that MongoDB keeps in the document of a post."""


def quiet(_phase: Phase, _done: int, _total: int) -> None:
    """Ignores progress."""


def with_a_thread(length: int) -> list[Record]:
    """A blog with records of every kind, and a thread of this length."""
    post_id = numbered(0xF00)
    thread: list[Comment] = []
    for number in range(length):
        is_reply = number % 10 == 9
        thread.append(
            a_comment(
                post_id,
                id=numbered(0x10000 + number),
                content="Words " * 20,
                publication_date=MOMENT + timedelta(milliseconds=number),
                status=CommentStatus.SPAM if number % 100 == 50 else CommentStatus.APPROVED,
                parent_id=thread[-1].id if is_reply else None,
                depth=1 if is_reply else 0,
                reply_count=1 if number % 10 == 8 else 0,
                author=by(ANN) if number % 3 else None,
            )
        )
    approved = sum(comment.status is CommentStatus.APPROVED for comment in thread)
    post = replace(a_post(id=post_id, author=by(OTTO)), comment_count=approved, version=1 + length)
    return [*WHOLE, post, *thread]


async def archive_of(store: Store, file: Path) -> bytes:
    await export(store.records, str(file), quiet)
    return await asyncio.to_thread(file.read_bytes)


async def copy_through(engines: Engines, walk: Sequence[str], blog: Sequence[Record], folder: Path) -> None:
    """Copy a blog from store to store; assert that it is unchanged in the end."""
    source = (await engines.empty_blog(walk[0])).store
    await fill(source, blog)
    start = await archive_of(source, folder / "start")
    for before, name in pairwise(walk):
        if name == before:  # there is one database only
            continue
        target = (await engines.empty_blog(name)).store
        outcome = await copy(source.records, target.records, quiet, origin=ORIGIN)
        assert outcome.agrees
        assert outcome.is_complete
        source = target
    assert await archive_of(source, folder / "end") == start


@long_threads
async def test_a_blog_is_copied_between_all_pairs_of_stores(
    engines: Engines, pytestconfig: pytest.Config, store_name: str, tmp_path: Path, length: int
) -> None:
    """Copies to the next store, back, and to the one after it. From all four stores, these are the twelve
    directions.
    """
    names = pytestconfig.stash[offer_key].names
    place = names.index(store_name)
    following = [names[(place + step) % len(names)] for step in (1, 2)]
    walk = [store_name, following[0], store_name, following[1]]
    await copy_through(engines, walk, with_a_thread(length), tmp_path)


@long_threads
async def test_a_blog_copied_through_all_stores_is_unchanged(
    engines: Engines, pytestconfig: pytest.Config, tmp_path: Path, length: int
) -> None:
    names = pytestconfig.stash[offer_key].names
    await copy_through(engines, [*names, names[0]], with_a_thread(length), tmp_path)
