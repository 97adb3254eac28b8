"""The list of posts: `GET /posts` of the API."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import BaseModel, BeforeValidator

from everpost.api.http.etags import revision_text
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import Cursor, Words
from everpost.api.schemas.text import SentId
from everpost.domain.clock import HORIZON
from everpost.domain.ids import LAST_ID, parse_id
from everpost.domain.paging import Position, encode_cursor
from everpost.domain.posts import Post, PostFilter, PostKind, PostQuery, PostSort, PostStatus
from everpost.errors import Forbidden, NotFound
from everpost.services.drafts.working_copies import page_working_copies
from everpost.services.search.titles import find_page
from everpost.stores.port import Store
from everpost.web.contexts import Moment
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.notices import take_notice
from everpost.web.desk.writing.choices import find_authors
from everpost.web.desk.writing.own_posts import PUBLISHED, SCHEDULED, label_of, own_post, state_of
from everpost.web.desk.writing.unsaved import lines_of
from everpost.web.languages import message
from everpost.web.urls import with_query

_A_PAGE = 20
_AT_A_GLANCE = 5
"""The number of drafts and of scheduled posts above the published ones."""

State = Literal["draft", "scheduled", "published", "trash"]
STATES: dict[State, str] = {
    "draft": message("Drafts"),
    "scheduled": message("Scheduled posts"),
    "published": message("Published posts"),
    "trash": message("Trash"),
}
_AT_HOME: Sequence[State] = ("draft", "scheduled", "published")
"""The states that are shown together."""
_TABS: dict[State, str] = {**STATES, "scheduled": SCHEDULED, "published": PUBLISHED}
_STATUSES: dict[State, PostStatus] = {"draft": PostStatus.DRAFT, "trash": PostStatus.TRASHED}
_UNDATED: Sequence[State] = ("draft", "trash")
"""The states in which a post has no place in time, so the latest change comes first."""


def _or_none(sent: object) -> object:
    """Forms send empty texts for fields that were left out."""
    return None if sent == "" else sent


_Empty = BeforeValidator(_or_none)


class PostsPageQuery(BaseModel):
    """The posts to show."""

    state: Annotated[State | None, _Empty] = None
    kind: Annotated[PostKind | None, _Empty] = None
    tag: Annotated[Words | None, _Empty] = None
    author: Annotated[SentId | None, _Empty] = None
    title: Annotated[Words | None, _Empty] = None
    after: Annotated[Cursor, _Empty] = None

    @property
    def is_filter(self) -> bool:
        """Whether posts may be missing from the list that are in the same state."""
        return any((self.tag, self.author, self.title, self.kind is PostKind.PAGE))


@dataclass(frozen=True, slots=True)
class Line:
    """A post in the list."""

    title: str
    id: str
    state: str
    moment: Moment
    author: str
    tags: Sequence[str]
    comment_count: int
    url: str | None
    revision: str | None
    """Of a post in the trash, which the list offers to restore."""


@dataclass(frozen=True, slots=True)
class Section:
    """The posts in one state."""

    heading: str
    lines: Sequence[Line]
    more_url: str | None


async def show_posts(
    desk: CurrentDesk, store: OpenStore, query: Annotated[PostsPageQuery, Query()]
) -> Response:
    """The posts that the user may change."""
    states: Sequence[State] = [query.state] if query.state else _AT_HOME
    sections = [await _section(desk, store, query, state) for state in states]
    copies = (await page_working_copies(store, desk.actor, limit=_A_PAGE)).rows
    has_posts = bool(copies) or any(section.lines for section in sections)
    return desk.page(
        "writing/posts.html",
        desk.text("Posts"),
        new=lines_of(desk, [each for each in copies if each.post is None]),
        unsaved={each.post_id for each in copies},
        sections=sections,
        query=query,
        is_empty=not has_posts and query == PostsPageQuery() and not await _has_others(desk, store),
        states=[(name, desk.text(label)) for name, label in _TABS.items()],
        links={name: _url(desk, query, state=name, after=None) for name in [*STATES, ""]},
        authors=await find_authors(store, desk),
        deleted=await _deleted(desk, store),
    )


async def _deleted(desk: Desk, store: Store) -> Line | None:
    """The post that the user has just moved to the trash, if it is still there."""
    notice = take_notice(desk.request, desk.language)
    post_id = parse_id(notice.subject) if notice is not None and notice.name == "trashed" else None
    if post_id is None:
        return None
    try:
        post = await own_post(store, desk, post_id)
    except (NotFound, Forbidden):
        return None
    return _line(desk, post) if post.status is PostStatus.TRASHED else None


async def _has_others(desk: Desk, store: Store) -> bool:
    """Whether the user may change any page of the kind `page`, or anything in the trash."""
    lists: list[tuple[PostKind, State]] = [(PostKind.PAGE, state) for state in STATES]
    for kind, state in (*lists, (PostKind.POST, "trash")):
        if (await _section(desk, store, PostsPageQuery(kind=kind), state)).lines:
            return True
    return False


async def _section(desk: Desk, store: Store, query: PostsPageQuery, state: State) -> Section:
    is_whole = query.state is not None
    limit = _A_PAGE if is_whole or state == "published" else _AT_A_GLANCE
    wanted = replace(_wanted(desk, query, state), limit=limit)
    page, after = await find_page(store, desk.actor, wanted, query.title)
    return Section(
        heading=desk.text(STATES[state]),
        lines=[_line(desk, post) for post in page.rows],
        more_url=None if after is None else _url(desk, query, state=state, after=encode_cursor(after)),
    )


def _wanted(desk: Desk, query: PostsPageQuery, state: State) -> PostQuery:
    """The query for one page. Scheduled posts are those after the present, the next one first."""
    moment = HORIZON.moment()
    sorts = {
        "draft": PostSort.MOST_RECENTLY_UPDATED,
        "scheduled": PostSort.OLDEST,
        "published": PostSort.NEWEST,
        "trash": PostSort.MOST_RECENTLY_UPDATED,
    }
    present = None if state in _UNDATED else Position(moment, LAST_ID)
    return PostQuery(
        filter=PostFilter(
            audience=desk.actor.audience(moment),
            status=_STATUSES.get(state, PostStatus.PUBLISHED),
            kind=query.kind or PostKind.POST,
            tag=query.tag,
            author_id=query.author if desk.actor.edits_all else desk.user.id,
        ),
        sort=sorts[state],
        limit=_A_PAGE,
        after=query.after or present,
        comments=0,
    )


def _line(desk: Desk, post: Post) -> Line:
    is_undated = post.status is not PostStatus.PUBLISHED
    state = state_of(post)
    return Line(
        title=label_of(post, desk),
        id=post.id,
        state=desk.text(state),
        moment=desk.day(post.updated_at if is_undated else post.publication_date),
        author="" if post.author is None else post.author.name,
        tags=post.tags,
        comment_count=post.comment_count,
        url=desk.shown.urls.post(post) if state == PUBLISHED else None,
        revision=revision_text(post.revision) if post.status is PostStatus.TRASHED else None,
    )


def _url(desk: Desk, query: PostsPageQuery, *, state: str, after: str | None) -> str:
    sent = query.model_dump(exclude={"state", "after"}, exclude_none=True)
    return with_query(desk.url("/posts"), **sent, state=state or None, after=after)
