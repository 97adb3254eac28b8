"""Messages between a worker and its rendering processes, in JSON."""

import json
from dataclasses import dataclass
from typing import TypeAlias

from everpost.domain.posts import PostFormat
from everpost.markup.results import Heading, RenderedComment, RenderedPost

Rendered: TypeAlias = RenderedPost | RenderedComment


@dataclass(frozen=True, slots=True)
class Job:
    """Content to render."""

    content: str
    format: PostFormat | None = None
    """None for a comment."""
    base_url: str | None = None
    embed_hosts: tuple[str, ...] = ()


def write_job(job: Job) -> bytes:
    """The message for a job."""
    return json.dumps([job.content, job.format, job.base_url, job.embed_hosts]).encode()


def read_job(message: bytes) -> Job:
    """The job in a message."""
    content, name, base_url, embed_hosts = json.loads(message)
    return Job(content, None if name is None else PostFormat(name), base_url, tuple(embed_hosts))


def write_rendered(rendered: Rendered | str) -> bytes:
    """The message for a result, or for the reason why there is none."""
    return json.dumps(rendered if isinstance(rendered, str) else _values(rendered)).encode()


def _values(rendered: Rendered) -> list[object]:
    if isinstance(rendered, RenderedComment):
        return [rendered.html, rendered.excerpt]
    return [rendered.html, rendered.excerpt, rendered.outline, rendered.reading_minutes, rendered.image]


def read_rendered(message: bytes, job: Job) -> Rendered | str:
    """The result in a message, or the reason why there is none."""
    values = json.loads(message)
    if isinstance(values, str):
        return values
    if job.format is None:
        return RenderedComment(*values)
    html, excerpt, outline, minutes, image = values
    return RenderedPost(html, excerpt, tuple(Heading(*each) for each in outline), minutes, image)
