"""The table of the desk in docs/permissions.md, and the forms that its rows send.

A page whose path has parameters, or whose form needs fields, adds its row to `REQUESTS`.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from everpost.api.http.etags import revision_text
from everpost.domain.clock import now
from everpost.domain.posts import PostStatus
from everpost.domain.writing.working_copies import PostText, WorkingCopyChange
from everpost.stores.port import Store
from tests.contract.desk.writing.forms import a_post
from tests.contract.http.people import PEOPLE, Who

PAGE = Path(__file__).parents[3] / "docs" / "permissions.md"
COLUMNS: tuple[Who, ...] = ("nobody", "author", "editor", "admin")


@dataclass(frozen=True)
class Row:
    """A row of the table: a page, the method, the call of the API, and the status for each role."""

    path: str
    method: str
    what: str
    call: str
    statuses: Mapping[Who, int]

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.method, self.path, self.what)))


@dataclass(frozen=True)
class Sent:
    """A request: the values of the path's parameters, and the fields of the form."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


Prepare = Callable[[Store, Who], Awaitable[Sent]]
"""Creates what a row needs, for the person who sends the request."""


def rows() -> Iterator[Row]:
    for line in PAGE.read_text().splitlines():
        found = re.fullmatch(r"\| `(/desk[^`]*)` \| `(GET|POST)` \|(.*)\|", line)
        if found is not None:
            what, call, *cells = (cell.strip() for cell in found[3].split("|"))
            assert len(cells) == len(COLUMNS), line
            statuses = dict(zip(COLUMNS, map(int, cells), strict=True))
            yield Row(found[1], found[2], what, call.strip("`"), statuses)


REQUESTS: dict[str, Prepare] = {}
"""By `Row.name`."""


def _post(owner: Who | None, status: PostStatus = PostStatus.PUBLISHED, *, stale: bool = False) -> Prepare:
    """The editor's form for a post by this person. None: by whoever sends it."""

    async def prepare(store: Store, who: Who) -> Sent:
        sender: Who = "author" if who == "nobody" else who
        post = await a_post(store, owner or sender, status=status)
        revision = "" if stale else revision_text(post.revision)
        fields = {"title": "Another title", "revision": revision, "status": "draft"}
        return Sent({"post_id": post.id, "number": "1"}, fields)

    return prepare


def _trashed(owner: Who | None) -> Prepare:
    """The form that restores a post by this person. None: by whoever sends it."""

    async def prepare(store: Store, who: Who) -> Sent:
        sender: Who = "author" if who == "nobody" else who
        post = await a_post(store, owner or sender)
        await store.trash.move_post(post.id, moment=now(), match=None)
        post = await store.posts.get(post.id, comments=0)
        return Sent({"post_id": post.id}, {"revision": revision_text(post.revision)})

    return prepare


async def _kept(store: Store, who: Who) -> Sent:
    """The form that discards a working copy."""
    sender: Who = "author" if who == "nobody" else who
    post = await a_post(store, sender)
    change = WorkingCopyChange(
        user_id=PEOPLE[sender].user.id, post_id=post.id, text=PostText(title="Typed"), updated_at=now()
    )
    state = await store.working_copies.add(change)
    return Sent({"post_id": post.id}, {"copy": revision_text(state.revision)})


def _new(author: Who | None) -> Prepare:
    """The editor's form for a new post by this person. None: by whoever sends it."""

    async def prepare(_store: Store, _who: Who) -> Sent:
        chosen = {} if author is None else {"author_id": PEOPLE[author].user.id}
        return Sent({}, {"title": "A title", **chosen})

    return prepare


_POSTS: Mapping[str, Prepare] = {
    "your own": _post(None),
    "another user's draft": _post("other author", PostStatus.DRAFT),
    "another user's": _post("other author"),
    "your own, without its revision": _post(None, stale=True),
    "your own, kept before": _kept,
    "your own, in the trash": _trashed(None),
    "another user's, in the trash": _trashed("other author"),
}
REQUESTS |= {row.name: _POSTS[row.what] for row in rows() if row.path.startswith("/desk/posts/{post_id}")}
REQUESTS |= {
    "POST /desk/posts/new your own": _new(None),
    "POST /desk/posts/new another user's": _new("other author"),
}
