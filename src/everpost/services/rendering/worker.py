"""The main program of a rendering process: `python -m everpost.services.rendering.worker`."""

from everpost.markup.rendering import render_comment, render_post
from everpost.markup.results import Unrenderable
from everpost.services.child_processes.worker import place_of, serve
from everpost.services.rendering.messages import Job, Rendered, read_job, write_rendered

MAX_MEMORY = 600_000_000
"""Bytes of address space."""


def main() -> None:
    """Render until the other end closes the pipe."""
    serve(lambda message: write_rendered(_answer(read_job(message))), max_memory=MAX_MEMORY)


def _answer(job: Job) -> Rendered | str:
    """The result; or the reason why there is none, which would be the same the next time."""
    try:
        return _render(job)
    except Unrenderable as error:
        return str(error)
    except MemoryError:
        return "memory"
    except Exception as error:  # noqa: BLE001 - a mistake in a parser costs the markup of one text
        return place_of(error)


def _render(job: Job) -> Rendered:
    if job.format is None:
        return render_comment(job.content, base_url=job.base_url)
    return render_post(job.content, job.format, base_url=job.base_url, embed_hosts=frozenset(job.embed_hosts))


if __name__ == "__main__":
    main()
