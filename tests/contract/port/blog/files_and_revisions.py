"""Files and revisions with the longest texts, the first and last times, and every optional field."""

from everpost.domain.clock import EARLIEST, LATEST
from everpost.domain.media.files import MAX_ALT, MAX_FILE_SIZE, MAX_MEDIA_NAME, MediaFile
from everpost.domain.media.types import MediaType
from everpost.domain.paging import MAX_NUMBER
from everpost.domain.posts import (
    MAX_CONTENT,
    MAX_COVER,
    MAX_SUMMARY,
    MAX_TAG,
    MAX_TAGS,
    MAX_TITLE,
    PostFormat,
)
from everpost.domain.writing.history import PostRevision
from tests.contract.port.blog.values import ANN, OTTO, PLANES, by
from tests.contract.port.examples import numbered

REVISIONS = (
    PostRevision(
        post_id=numbered(1),
        number=1,
        title="\U0001f600" * MAX_TITLE,
        content="\U0010ffff" * MAX_CONTENT,
        format=PostFormat.HTML,
        summary="\U0001f600" * MAX_SUMMARY,
        tags=tuple(f"{number:02}" + "\U0001f600" * (MAX_TAG - 2) for number in range(MAX_TAGS)),
        cover="/" + "\U0001f600" * (MAX_COVER - 1),
        is_published=True,
        author_id=ANN.id,
        edited_by_id=numbered(0xE9),  # a user who was removed
        saved_at=EARLIEST,
    ),
    PostRevision(
        post_id=numbered(1),
        number=MAX_NUMBER,
        title=PLANES,
        content="",
        format=PostFormat.MARKDOWN,
        saved_at=LATEST,
    ),
)

MEDIA = tuple(
    MediaFile(
        digest=digest,
        name="x" * (MAX_MEDIA_NAME - len(type_.extension)) + type_.extension,
        type=type_,
        size=MAX_FILE_SIZE,
        width=None if author is None else 1,
        height=None if author is None else 2**31 - 1,
        is_animated=author is not None,
        alt=alt,
        focus_x=None if author is None else 0,
        focus_y=None if author is None else 100,
        author=author,
        created_at=EARLIEST,
        updated_at=LATEST,
        version=2**40,
    )
    for digest, type_, alt, author in (
        ("0" * 64, MediaType.PDF, "", None),
        ("a" * 64, MediaType.GIF, PLANES, by(ANN)),
        ("f" * 64, MediaType.JPEG, "\U0010ffff" * MAX_ALT, by(OTTO)),
    )
)
"""The first is used by no post."""
