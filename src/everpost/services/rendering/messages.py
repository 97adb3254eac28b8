"""Messages between a worker and its rendering processes: JSON, preceded by its length in four bytes."""

import json
from dataclasses import dataclass
from typing import IO, TypeAlias

from everpost.domain.posts import PostFormat
from everpost.markup.results import Heading, RenderedComment, RenderedPost

Rendered: TypeAlias = RenderedPost | RenderedComment
_LENGTH = 4


@dataclass(frozen=True, slots=True)
class Job:
    """Content to render."""

    content: str
    format: PostFormat | None = None
    """None for a comment."""
    base_url: str | None = None
    embed_hosts: tuple[str, ...] = ()


def send(file: IO[bytes], message: object) -> None:
    """Write a message. Raises OSError if the other process has ended."""
    body = json.dumps(message).encode()
    file.write(len(body).to_bytes(_LENGTH, "big") + body)
    file.flush()


def receive(file: IO[bytes]) -> bytes | None:
    """The next message; None if the other process has ended."""
    length = int.from_bytes(file.read(_LENGTH), "big")
    body = file.read(length)
    return body if body and len(body) == length else None


def write_job(job: Job, seconds: float) -> list[object]:
    """The message for a job with this limit of CPU time."""
    return [job.content, job.format, job.base_url, job.embed_hosts, seconds]


def read_job(message: bytes) -> tuple[Job, float]:
    """The job in a message, and its limit of CPU time."""
    content, name, base_url, embed_hosts, seconds = json.loads(message)
    return Job(content, None if name is None else PostFormat(name), base_url, tuple(embed_hosts)), seconds


def write_rendered(rendered: Rendered) -> list[object]:
    """The message for a result."""
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
