"""The desk as handlers of pages see it: the user, the blog, the language, and ways to respond."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from everpost.api.http.origins import refuse_other_origins
from everpost.api.routing.dependencies import OpenStore
from everpost.domain.comments import CommentStatus
from everpost.domain.people.actors import PUBLIC, Actor
from everpost.domain.people.users import User
from everpost.errors import Unauthenticated
from everpost.services.moderation import page_queue
from everpost.stores.port import Store
from everpost.web import dates
from everpost.web.contexts import Moment
from everpost.web.desk.content_security import DESK_HEADERS
from everpost.web.desk.frame import Frame
from everpost.web.desk.notices import drop_notice, leave_notice, take_notice
from everpost.web.desk.sessions import is_exposed, session_actor
from everpost.web.forms.errors import FormError
from everpost.web.languages import Language
from everpost.web.site import CurrentPresentation, Presentation

SAFE_METHODS = frozenset({"GET", "HEAD"})
_MOST_WAITING = 9
START = "/posts"
"""The page after signing in."""
DESK_ACTOR = "desk_actor"
"""The attribute of the request's state for the user whose session it has, which pages of errors read."""
UNCONFIRMED = "unconfirmed"
"""The attribute of the request's state if the session is not recent enough."""


class LoginQuery(BaseModel):
    """The page to return to after signing in."""

    next: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk as one request sees it."""

    request: Request
    shown: Presentation
    """The blog, its URLs and its renderer."""
    language: Language
    frame: Frame
    actor: Actor = PUBLIC
    ended: Unauthenticated | None = None
    """The reason why the session in the cookie was refused."""
    waiting: str = ""
    """The number of comments that wait for the user, for the navigation; empty: none, or not counted."""

    @property
    def user(self) -> User:
        """The signed-in user. Raises Unauthenticated."""
        if self.actor.user is None:
            raise Unauthenticated
        return self.actor.user

    def url(self, path: str = "") -> str:
        """The URL of a path below `/desk`."""
        return f"{self.shown.urls.desk}{path}"

    def text(self, text: str, **values: object) -> str:
        """The text in the language of the desk."""
        return self.language.text(text, **values)

    def day(self, moment: datetime) -> Moment:
        """The date, in the language of the desk and the time zone of the blog."""
        return dates.day(moment, self.language.tag, self.shown.urls.zone)

    def utc_day(self, day: datetime) -> Moment:
        """The day that midnight in UTC stands for, whatever the time zone of the blog."""
        return dates.day(day, self.language.tag, UTC)

    def minute(self, moment: datetime) -> Moment:
        """As `day`, with the time."""
        return dates.minute(moment, self.language.tag, self.shown.urls.zone)

    def target(self, wanted: str) -> str:
        """The page of the desk to which a sign-in returns: this one, or the first one if it is not of the
        desk.
        """
        path = wanted.partition("?")[0].partition("#")[0]
        is_own = path == self.url() or path.startswith(self.url("/"))
        is_plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
        return wanted if is_own and is_plain and ".." not in path else self.url(START)

    def page(
        self,
        template: str,
        title: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] = MappingProxyType({}),
        refused: FormError | None = None,
        **values: object,
    ) -> Response:
        """The page with this template, which extends `layout.html`, and these variables of its own. `refused`
        decides the status, and becomes the variable `errors`.
        """
        found: dict[str, object] = {
            "desk": self,
            "site": self.shown.site,
            "heading": title,
            "errors": {} if refused is None else refused.errors,
            "notice": take_notice(self.request, self.language),
            "waiting": self.waiting,
            "is_exposed": is_exposed(self.request),
        }
        if refused is not None:
            status, headers = refused.status, {**headers, **refused.headers}
        body = self.frame.render(template, self.request, self.actor, found | values)
        response = Response(body, status, {**DESK_HEADERS, **headers}, media_type="text/html")
        drop_notice(self.request, response)
        return response

    def redirect(self, path: str, *, notice: str | None = None, subject: str = "") -> Response:
        """A redirect to a path below `/desk`, after a form was accepted. The page there shows the notice."""
        return self.redirect_to(self.url(path), notice=notice, subject=subject)

    def redirect_to(self, url: str, *, notice: str | None = None, subject: str = "") -> Response:
        """As `redirect`, to a URL of this blog."""
        response = RedirectResponse(url, 303, DESK_HEADERS)
        if notice is not None:
            leave_notice(self.request, response, notice, subject)
        return response


async def get_visitor(request: Request, store: OpenStore, shown: CurrentPresentation) -> Desk:
    """The desk for a possibly signed-in user. Raises Forbidden for unsafe requests from another origin."""
    if request.method not in SAFE_METHODS:
        refuse_other_origins(request)
    frame: Frame = request.app.state.desk
    language = frame.language_of(request)
    try:
        actor = await session_actor(request, store)
    except Unauthenticated as ended:
        return Desk(request, shown, language, frame, ended=ended)
    setattr(request.state, DESK_ACTOR, actor)
    return Desk(request, shown, language, frame, actor)


VisitedDesk = Annotated[Desk, Depends(get_visitor)]
"""The desk, for pages that need no session."""


async def get_desk(desk: VisitedDesk, store: OpenStore) -> Desk:
    """The desk for the signed-in user. Raises Unauthenticated, which `problems` turns into a redirect to the
    page for signing in.
    """
    if desk.actor.user is None:
        raise desk.ended or Unauthenticated
    return replace(desk, waiting=await _waiting(desk, store))


async def _waiting(desk: Desk, store: Store) -> str:
    """The number of comments that wait for an editor or admin: `9+` if there are more. It costs one query, so
    only pages that are opened in a tab have it. Among the comments of all posts, those that wait for one
    author can be far apart, so authors find theirs only in the queue.
    """
    request = desk.request
    is_page = request.headers.get("sec-fetch-dest", "document") == "document"
    if not (desk.actor.edits_all and is_page and request.method in SAFE_METHODS):
        return ""
    page = await page_queue(store, desk.actor, CommentStatus.PENDING, limit=_MOST_WAITING, after=None)
    return f"{len(page.rows)}+" if page.has_more else str(len(page.rows) or "")


CurrentDesk = Annotated[Desk, Depends(get_desk)]
"""The desk of the signed-in user. Every page except those for signing in depends on it."""
