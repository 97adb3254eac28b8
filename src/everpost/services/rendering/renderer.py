"""Posts and comments as HTML. Each content is rendered once, and cached."""

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Sequence
from contextvars import Context
from hashlib import blake2b
from typing import TypeAlias, cast

import structlog

from everpost.domain.posts import Post, PostFormat
from everpost.markup.attributes import is_path
from everpost.markup.fallback import plain_comment, plain_post
from everpost.markup.results import RENDERER_VERSION, RenderedComment, RenderedPost
from everpost.services.rendering.messages import Job, Rendered
from everpost.services.rendering.processes import NotRendered, RenderingProcesses, seconds_for

_Key: TypeAlias = tuple[bytes, PostFormat | None, str | None, int]
_OVERHEAD = 1_000
"""Bytes that a result needs in addition to its texts."""


class Renderer:
    """Renders in child processes, and caches the results. Content that takes too long, or becomes too large,
    is shown as it was written, in paragraphs.
    """

    def __init__(self, *, capacity: int, embed_hosts: Sequence[str] = ()) -> None:
        """`capacity`: bytes for the results, the least recently used of which are dropped."""
        self._kept = _Results(capacity)
        self._hosts = tuple(embed_hosts)
        self._processes = RenderingProcesses()
        self._running: dict[_Key, asyncio.Task[Rendered]] = {}

    async def post(self, post: Post, *, base_url: str | None = None) -> RenderedPost:
        """Render a post. With `base_url`, the address of the post, the result is for use outside its page:
        all addresses in it are absolute, and frames become links. With its path, the result is for another
        page of the blog: only relative addresses are completed.
        """
        [rendered] = await self._find_all([self._job(post, base_url)])
        return cast("RenderedPost", rendered)

    async def comment(self, content: str, *, base_url: str | None = None) -> RenderedComment:
        """Render the content of a comment. With `base_url`, all addresses in it become absolute."""
        [rendered] = await self._find_all([Job(content, None, base_url)])
        return cast("RenderedComment", rendered)

    async def posts(self, posts: Sequence[Post]) -> list[RenderedPost]:
        """Render these posts."""
        return cast("list[RenderedPost]", await self._find_all([self._job(post) for post in posts]))

    async def comments(self, contents: Sequence[str]) -> list[RenderedComment]:
        """Render the contents of comments."""
        return cast("list[RenderedComment]", await self._find_all([Job(content) for content in contents]))

    def close(self) -> None:
        """End the processes; the next use starts them again."""
        self._processes.close()

    def _job(self, post: Post, base_url: str | None = None) -> Job:
        return Job(
            post.content, post.format, base_url, self._hosts if base_url is None or is_path(base_url) else ()
        )

    async def _find_all(self, jobs: Sequence[Job]) -> list[Rendered]:
        """The results, in order. If all are cached, which is usual, no tasks are created."""
        keys = [_key_of(job) for job in jobs]
        kept = [rendered for key in keys if (rendered := self._kept.get(key)) is not None]
        if len(kept) == len(jobs):
            return kept
        return await asyncio.gather(*map(self._find, keys, jobs))

    async def _find(self, key: _Key, job: Job) -> Rendered:
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        task = self._running.get(key)
        if task is None:  # in its own context, because others may await it, too
            task = asyncio.get_running_loop().create_task(self._render(key, job), context=Context())
            self._running[key] = task
        return await asyncio.shield(task)

    async def _render(self, key: _Key, job: Job) -> Rendered:
        try:
            rendered = await self._render_or_cut_off(job)
            if isinstance(rendered, NotRendered):
                structlog.get_logger("everpost").warning(
                    "content_not_rendered", reason=rendered.reason, characters=len(job.content)
                )
                plain = await asyncio.to_thread(_plain, job)
                if rendered.is_certain:
                    self._kept.put(key, plain)
                return plain
            self._kept.put(key, rendered)
            return rendered
        finally:
            del self._running[key]

    async def _render_or_cut_off(self, job: Job) -> Rendered | NotRendered:
        try:
            return await self._processes.render(job, seconds_for(len(job.content)))
        except OSError as error:
            return NotRendered(f"no process could be started: {error.strerror}", is_certain=False)


def _key_of(job: Job) -> _Key:
    digest = blake2b(job.content.encode(), digest_size=16).digest()
    return digest, job.format, job.base_url, RENDERER_VERSION


def _plain(job: Job) -> Rendered:
    return plain_comment(job.content) if job.format is None else plain_post(job.content)


class _Results:
    """A least-recently-used cache, bounded in bytes."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._kept: OrderedDict[_Key, Rendered] = OrderedDict()

    def get(self, key: _Key) -> Rendered | None:
        rendered = self._kept.get(key)
        if rendered is not None:
            self._kept.move_to_end(key)
        return rendered

    def put(self, key: _Key, rendered: Rendered) -> None:
        if (size := _size_of(rendered)) > self._capacity:
            return
        self._kept[key] = rendered
        self._size += size
        while self._size > self._capacity:
            self._size -= _size_of(self._kept.popitem(last=False)[1])


def _size_of(rendered: Rendered) -> int:
    headings = rendered.outline if isinstance(rendered, RenderedPost) else ()
    texts = (rendered.html, rendered.excerpt, *(text for heading in headings for text in heading[1:]))
    return _OVERHEAD + sum(map(sys.getsizeof, texts))
