"""The memory that a move uses is limited, however long the texts are."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from everpost.domain.comments import MAX_COMMENT, Comment
from everpost.domain.ids import new_id
from everpost.domain.posts import MAX_CONTENT
from everpost.domain.records import Batch, Record
from everpost.stores import open_store
from tests.contract.port.examples import MOMENT, a_post

POSTS, COMMENTS = 3, 120
LETTER = "\N{GRINNING FACE}"  # four bytes
TIMEOUT = 60
MOST = 200
"""Megabytes."""
MEASURE = """
import os, sys
command = [sys.executable, "-m", "everpost", *sys.argv[1:]]
process = os.posix_spawn(sys.executable, command, os.environ)
_, status, usage = os.wait4(process, 0)
print("memory:", usage.ru_maxrss // 1024)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""Run in a separate process, because the memory of a command includes that of its parent."""


def longest_texts() -> Iterator[list[Record]]:
    for number in range(POSTS):
        moment = MOMENT + timedelta(days=number)
        post = replace(a_post(id=new_id(), content=LETTER * MAX_CONTENT), comment_count=COMMENTS)
        yield [post]
        for minute in range(COMMENTS):
            said_at = moment + timedelta(minutes=minute)
            yield [
                Comment(
                    id=new_id(),
                    post_id=post.id,
                    content=LETTER * MAX_COMMENT,
                    publication_date=said_at,
                    updated_at=said_at,
                    guest_name="Gus",
                )
            ]


@pytest.mark.long
async def test_the_longest_texts_move_in_and_out_in_200_megabytes(database_url: str, tmp_path: Path) -> None:
    source, copy = f"sqlite:///{tmp_path}/source.db", f"sqlite:///{tmp_path}/copy.db"
    store = await open_store(source, timeout=TIMEOUT, pool_size=1)
    for records in longest_texts():
        await store.records.write(Batch(kept=records))
    await store.close()
    assert await megabytes("copy", source, database_url) < MOST
    assert await megabytes("copy", database_url, copy) < MOST


async def megabytes(*arguments: str) -> int:
    """The peak memory of the command."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", MEASURE, *arguments, stdout=PIPE)
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    return int(said.rpartition("memory:")[2])
