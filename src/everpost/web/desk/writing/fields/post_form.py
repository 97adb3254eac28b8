"""The form of the editor: a post as texts in fields, and what was typed as the body of a call of the API."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from enum import StrEnum
from types import MappingProxyType

from everpost.api.schemas.text import format_timestamp
from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.people.names import has_visible
from everpost.domain.people.users import User
from everpost.domain.posts import Post, PostFormat, PostKind, PostStatus
from everpost.web.desk.writing.fields import local_times, tag_lists
from everpost.web.desk.writing.fields.line_endings import restored, with_line_feeds
from everpost.web.forms.errors import FormError
from everpost.web.languages import Language, message

MISSING_TITLE = " "
"""Posts have a title, but writers need not have one yet. Pages show a blank title as "Untitled"."""
FIELDS = (
    "title",
    "content",
    "summary",
    "tags",
    "slug",
    "publication_date",
    "kind",
    "format",
    "comment_policy",
    "author_id",
    "paths",
)
SEVERAL_LINES = frozenset({"content", "summary", "paths"})
_NO_DATE = message("Enter a date and a time.")
_PAST = message("Choose a time in the future.")

Typed = Mapping[str, str]
"""The texts in the fields, by the names that the API has for them."""


class Action(StrEnum):
    """The button that sends the form."""

    SAVE = "save"
    PUBLISH = "publish"
    SCHEDULE = "schedule"
    UNPUBLISH = "unpublish"


_STATUSES: Mapping[Action, PostStatus] = {
    Action.PUBLISH: PostStatus.PUBLISHED,
    Action.SCHEDULE: PostStatus.PUBLISHED,
    Action.UNPUBLISH: PostStatus.DRAFT,
}


def empty_form(user: User) -> Typed:
    """The fields for a new post."""
    return {
        "title": "",
        "content": "",
        "summary": "",
        "tags": "",
        "slug": "",
        "publication_date": "",
        "kind": PostKind.POST.value,
        "format": PostFormat.MARKDOWN.value,
        "comment_policy": "",
        "author_id": user.id,
        "paths": "",
    }


def form_of(post: Post, zone: tzinfo) -> Typed:
    """The fields for a post. A draft whose date is undecided has none."""
    is_open = post.status is PostStatus.DRAFT and local_times.is_undecided(post.publication_date)
    return {
        "title": post.title if has_visible(post.title) else "",
        "content": post.content,
        "summary": post.summary or "",
        "tags": tag_lists.written(post.tags),
        "slug": post.slug,
        "publication_date": "" if is_open else local_times.local_text(post.publication_date, zone),
        "kind": post.kind.value,
        "format": post.format.value,
        "comment_policy": post.comment_policy or "",
        "author_id": "" if post.author is None else post.author.id,
        "paths": "\n".join(post.paths),
    }


def as_sent(name: str, text: str) -> str:
    """The text of a field as browsers send it, except that lines end with LF."""
    text = with_line_feeds(text)
    return text if name in SEVERAL_LINES else text.replace("\n", "")


def changed_fields(typed: Typed, before: Typed) -> frozenset[str]:
    """The names of the fields that someone has changed."""
    sent = {name: as_sent(name, text) for name, text in typed.items() if name in before}
    return frozenset(name for name, text in sent.items() if text != as_sent(name, before[name]))


def new_body(typed: Typed, id: Id, action: Action, zone: tzinfo, language: Language) -> dict[str, object]:
    """The body of `POST /posts`. Raises FormError."""
    body = _values(typed, frozenset(typed) - {"publication_date"}, MappingProxyType({}))
    body = {name: value for name, value in body.items() if value not in (None, [])}
    date = _date(typed, zone, language)
    _require_future(action, date, language)
    if date is None and action is Action.SAVE:
        date = local_times.undecided(now())
    dated = {} if date is None else {"publication_date": format_timestamp(date)}
    return body | dated | {"id": id, "status": _STATUSES.get(action, PostStatus.DRAFT).value}


def changed_body(
    typed: Typed, post: Post, action: Action, zone: tzinfo, language: Language
) -> dict[str, object]:
    """The body of `PATCH /posts/{post_id}`: only what differs from the post. Raises FormError.

    The largest texts take seconds: call this outside of the event loop.
    """
    before = form_of(post, zone)
    changed = changed_fields(typed, before)
    body = _values(typed, changed - {"publication_date"}, before)
    status = _STATUSES.get(action, post.status)
    if status is not post.status:
        body["status"] = status.value
    is_untitled_draft = post.status is PostStatus.DRAFT and not before["title"]
    if is_untitled_draft and "title" in changed and "slug" not in changed:
        body["slug"] = None
    date = _date(typed, zone, language) if "publication_date" in changed else post.publication_date
    is_undecided = not typed.get("publication_date", before["publication_date"])
    _require_future(action, None if is_undecided else date, language)
    if is_undecided and post.status is PostStatus.DRAFT:
        if status is PostStatus.PUBLISHED:
            date = now()
        elif "publication_date" in changed:
            date = local_times.undecided(now())
    if date not in (None, post.publication_date):
        body["publication_date"] = format_timestamp(date)
    return body


def _values(typed: Typed, names: frozenset[str], before: Typed) -> dict[str, object]:
    """The values of these fields in the body."""
    return {name: _READERS[name](text, before.get(name, "")) for name, text in typed.items() if name in names}


_READERS: Mapping[str, Callable[[str, str], object]] = {
    "title": lambda text, _: text if has_visible(text) else MISSING_TITLE,
    "content": restored,
    "summary": lambda text, before: restored(text, before) if text.strip() else None,
    "tags": lambda text, _: tag_lists.parse(text),
    "slug": lambda text, _: text if text.strip() else None,
    "kind": lambda text, _: text,
    "format": lambda text, _: text,
    "comment_policy": lambda text, _: text or None,
    "author_id": lambda text, _: text or None,
    "paths": lambda text, _: [line for each in with_line_feeds(text).split("\n") if (line := each.strip())],
}
"""From the text in a field, and the text before the change."""


def _date(typed: Typed, zone: tzinfo, language: Language) -> datetime | None:
    """The publication date in the form. Raises FormError."""
    text = typed.get("publication_date", "").strip()
    if not text:
        return None
    try:
        return local_times.parse_local(text, zone)
    except ValueError:
        raise FormError(422, {"publication_date": language.text(_NO_DATE)}) from None


def _require_future(action: Action, date: datetime | None, language: Language) -> None:
    if action is Action.SCHEDULE and (date is None or not local_times.is_future(date)):
        raise FormError(422, {"publication_date": language.text(_PAST)})
