"""Processes that are killed by SIGKILL at every point, or every few points, of the changes of a store.

python -m tests.stores.mongo.kills.dying URL FOLDER STEP: child processes, numbered from 1 in steps of STEP,
make all changes of `deeds` to posts of their own. Child n is killed right after the server has answered its
n-th write. The file FOLDER/n lists the changes that were acknowledged to it, one per line. The last children
are not killed.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

from pymongo import monitoring

from everpost.domain.comments import Comment, CommentChange, CommentStatus
from everpost.domain.ids import Id
from everpost.stores.mongo.store import MongoStore
from everpost.stores.port import Store
from tests.contract.port.examples import MOMENT, a_comment, a_post, numbered, spread

WRITES = frozenset({"insert", "update", "delete", "findAndModify", "commitTransaction"})
Content = Mapping[Id, str] | None
"""The content of each comment; None: the post does not exist."""
Deed = tuple[Callable[[], Awaitable[object]], Callable[[Content], Content]]
"""A call, and the thread after it."""


def post_of(child: int) -> Id:
    return numbered(child * 1000)


def comment_of(child: int, number: int, *, answered: int | None = None) -> Comment:
    return a_comment(
        post_of(child),
        id=numbered(child * 1000 + number),
        content=f"{number}",
        publication_date=spread(number, over=7),
        parent_id=None if answered is None else numbered(child * 1000 + answered),
    )


def deeds(
    store: Store, child: int
) -> list[tuple[Callable[[], Awaitable[object]], Callable[[Content], Content]]]:
    """The changes that a child makes, each with the thread after it."""
    post_id = post_of(child)
    first = [comment_of(child, number) for number in range(8)]
    last = [comment_of(child, number) for number in range(8, 10)]
    answers = [comment_of(child, number, answered=1) for number in range(10, 12)]

    def add(comment: Comment) -> Deed:
        return (
            lambda: store.comments.add(comment),
            lambda content: {**(content or {}), comment.id: comment.content},
        )

    def edit(comment: Comment) -> Deed:
        change = CommentChange(updated_at=MOMENT, content="Edited")
        return (
            lambda: store.comments.save(post_id, comment.id, change, match=None),
            lambda content: {**(content or {}), comment.id: "Edited"},
        )

    def remove(comment: Comment) -> Deed:
        return (
            lambda: store.comments.remove(post_id, comment.id, match=None),
            lambda content: {name: text for name, text in (content or {}).items() if name != comment.id},
        )

    def hide(comment: Comment) -> Deed:
        change = CommentChange(updated_at=MOMENT, status=CommentStatus.PENDING)
        return (lambda: store.comments.save(post_id, comment.id, change, match=None), remove(comment)[1])

    def bury(comment: Comment) -> Deed:
        return (remove(comment)[0], lambda content: {**(content or {}), comment.id: ""})

    return [
        (lambda: store.posts.add(a_post(id=post_id)), lambda _: {}),
        *map(add, first),
        *map(edit, first[::3]),
        *map(remove, first[::4]),
        *map(add, last),
        *map(add, answers),
        hide(first[2]),
        bury(first[1]),
        (lambda: store.posts.remove(post_id, match=None), lambda _: None),
    ]


def states(child: int, store: Store) -> list[Content]:
    """The thread before the first change, after the first, and so on."""
    stands: list[Content] = [None]
    for _, becomes in deeds(store, child):
        stands.append(becomes(stands[-1]))
    return stands


class Executioner(monitoring.CommandListener):
    """Kills this process once the server has answered a number of writes."""

    def __init__(self, writes: int) -> None:
        self._left = writes

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        if event.command_name in WRITES:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


async def _live(url: str, child: int, journal: Path) -> None:
    monitoring.register(Executioner(child))
    store = await MongoStore.open(url, timeout=30, pool_size=2)
    with journal.open("a", buffering=1) as lines:
        async for number in _do(store, child):
            lines.write(f"{number}\n")
    await store.close()


async def _do(store: Store, child: int) -> AsyncIterator[int]:
    for number, (act, _) in enumerate(deeds(store, child)):
        await act()
        yield number


def fork(url: str, folder: Path, child: int) -> int:
    process = os.fork()
    if process == 0:
        asyncio.run(_live(url, child, folder / str(child)))
        os._exit(0)
    return process


def main(url: str, folder: Path, step: int) -> int:
    """Run the children four at a time, until some of them are no longer killed."""
    for first in range(1, 1000, 4 * step):
        children = range(first, first + 4 * step, step)
        processes = [fork(url, folder, child) for child in children]
        statuses = [os.waitpid(process, 0)[1] for process in processes]
        ended = [os.waitstatus_to_exitcode(status) for status in statuses if not os.WIFSIGNALED(status)]
        if ended:
            return max(ended)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
