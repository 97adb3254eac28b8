"""Decisions about comments: one, or up to one hundred at once, as `POST /comments/decisions` takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import HTTPException, Request, Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from everpost.api.http.etags import parse_expected_revision, revision_text
from everpost.api.http.forms import read_form
from everpost.api.http.responses import JsonResponse
from everpost.api.routing.dependencies import OpenStore
from everpost.api.routing.parameters import Cursor
from everpost.api.schemas.comments import Decisions
from everpost.domain.comments import MAX_DECISIONS, Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.errors import Forbidden, NotFound, Stale
from everpost.services import moderation
from everpost.services.moderation import Decision, ModeratedComment, find_moderated
from everpost.stores.port import Store
from everpost.web.desk.content_security import DESK_HEADERS
from everpost.web.desk.desk import CurrentDesk, Desk
from everpost.web.desk.moderation.items import LABELS
from everpost.web.desk.moderation.queue import Outcome, QueuePlace, decided_text, queue_page
from everpost.web.desk.moderation.undo import RESTORED, Undo, notice_of
from everpost.web.forms.errors import WHOLE, FormError
from everpost.web.languages import message

_OTHER_FIELDS = 10
_COMMENT = "c."
"""The field of a comment is this and its id; its value is the revision."""
_SCHEMA: TypeAdapter[Decisions] = TypeAdapter(Decisions)
_OVERTAKEN: Mapping[CommentStatus, str] = {
    CommentStatus.PENDING: message("Someone else has returned this comment to the queue."),
    CommentStatus.APPROVED: message("Someone else has approved this comment."),
    CommentStatus.SPAM: message("Someone else has marked this comment as spam."),
    CommentStatus.REMOVED: message("Someone else has removed this comment."),
}


class DecisionForm(BaseModel):
    """The fields of a form with decisions, without the comments."""

    status: CommentStatus
    """The decision."""
    earlier: CommentStatus = Field(alias="from")
    """The status that the comments had on the page."""
    view: CommentStatus
    """The page to return to."""
    after: Cursor = None
    undo: bool = False
    """Whether this undoes an earlier decision."""

    @property
    def place(self) -> QueuePlace:
        return QueuePlace.model_construct(status=self.view, after=self.after)


@dataclass(slots=True)
class Outcomes:
    """The outcomes of decisions, by kind."""

    form: DecisionForm
    decided: list[Comment] = field(default_factory=list)
    changed: Sequence[ModeratedComment] = ()
    """Comments that had changed since the page was shown, as they are now."""
    gone: list[Id] = field(default_factory=list)
    """Comments that no longer exist, or that the user may no longer moderate."""
    failed: list[Id] = field(default_factory=list)

    @property
    def are_complete(self) -> bool:
        return not (self.changed or self.gone or self.failed)

    @property
    def status(self) -> int:
        """The status of a page that shows the other comments."""
        return 412 if self.changed else 404 if self.gone else 503

    def text(self, desk: Desk) -> str:
        """The text of the notice about the decided comments."""
        count, status = len(self.decided), self.form.status
        return decided_text(desk, CommentStatus.PENDING if self.form.undo else status, count) if count else ""

    def problem(self, desk: Desk) -> str:
        """The text about the other comments."""
        plural, texts = desk.language.plural, []
        if count := len(self.changed):
            texts.append(
                plural(
                    count,
                    "%(num)d comment was skipped: it has changed since you opened the page.",
                    "%(num)d comments were skipped: they have changed since you opened the page.",
                )
            )
        if count := len(self.gone):
            texts.append(
                plural(
                    count,
                    "%(num)d comment no longer exists, or you may no longer moderate it.",
                    "%(num)d comments no longer exist, or you may no longer moderate them.",
                )
            )
        if count := len(self.failed):
            texts.append(
                plural(
                    count,
                    "%(num)d comment was skipped: the database did not respond in time. Try again.",
                    "%(num)d comments were skipped: the database did not respond in time. Try again.",
                )
            )
        return " ".join(texts)

    def notes(self, desk: Desk) -> Mapping[Id, str]:
        """The reason why each changed comment is shown again."""
        edited = desk.text("This comment has changed. Read it again before you decide.")
        return {
            each.comment.id: edited
            if each.comment.status is self.form.earlier
            else desk.text(_OVERTAKEN[each.comment.status])
            for each in self.changed
        }


async def decide(request: Request, store: OpenStore, desk: CurrentDesk) -> Response:
    """Decide, and return to the page. If a comment has changed meanwhile, it is shown again instead. Scripts
    that accept JSON get the outcomes.
    """
    fields = await read_form(request, max_fields=MAX_DECISIONS + _OTHER_FIELDS)
    try:
        form = DecisionForm.model_validate(fields)
    except ValidationError:
        raise HTTPException(400, "The form is malformed.") from None
    decisions = _decisions(form, fields)
    if not decisions:
        refused = FormError(422, {WHOLE: desk.text("Choose at least one comment.")})
        return await queue_page(store, desk, form.place, Outcome(), refused=refused)
    outcomes = await _outcomes(store, desk, form, decisions)
    undo = Undo.of([] if form.undo else outcomes.decided, form.status, form.earlier)
    if request.headers.get("accept") == JsonResponse.media_type:
        return JsonResponse(_as_json(desk, outcomes), headers=DESK_HEADERS)
    if outcomes.are_complete:
        name, subject = (RESTORED, "") if form.undo else notice_of(outcomes.decided, undo)
        return desk.redirect(form.place.path, notice=name, subject=subject)
    refused = FormError(outcomes.status, {WHOLE: outcomes.problem(desk)})
    outcome = Outcome(
        text=outcomes.text(desk),
        undo=undo if undo.revisions else None,
        changed=outcomes.changed,
        notes=outcomes.notes(desk),
    )
    return await queue_page(store, desk, form.place, outcome, refused=refused)


def _decisions(form: DecisionForm, fields: Mapping[str, str]) -> Sequence[Decision]:
    """The decisions that the form contains, in the schema of the API."""
    sent = [
        {"id": name.removeprefix(_COMMENT), "status": form.status, "revision": revision}
        for name, revision in fields.items()
        if name.startswith(_COMMENT)
    ]
    try:
        body = _SCHEMA.validate_python(sent) if sent else []
    except ValidationError:
        raise HTTPException(400, "The form is malformed.") from None
    return [Decision(each["id"], each["status"], parse_expected_revision(each["revision"])) for each in body]


async def _outcomes(store: Store, desk: Desk, form: DecisionForm, decisions: Sequence[Decision]) -> Outcomes:
    found, stale = Outcomes(form), []
    made = await moderation.moderate_comments(store, desk.actor, decisions)
    for decision, outcome in zip(decisions, made, strict=True):
        match outcome:
            case Comment():
                found.decided.append(outcome)
            case Stale():
                stale.append(decision.id)
            case NotFound() | Forbidden():
                found.gone.append(decision.id)
            case _:
                found.failed.append(decision.id)
    found.changed = await find_moderated(store, desk.actor, stale)
    known = {each.comment.id for each in found.changed}
    found.gone += [each for each in stale if each not in known]
    return found


def _as_json(desk: Desk, outcomes: Outcomes) -> Mapping[str, object]:
    """The outcomes for the script of the page."""
    notes = outcomes.notes(desk)
    return {
        "text": outcomes.text(desk),
        "problem": outcomes.problem(desk),
        "decided": {each.id: revision_text(each.revision) for each in outcomes.decided},
        "changed": {
            each.comment.id: {
                "revision": revision_text(each.comment.revision),
                "status": each.comment.status,
                "label": desk.text(LABELS[each.comment.status]),
                "content": each.comment.content,
                "note": notes[each.comment.id],
            }
            for each in outcomes.changed
        },
        "gone": outcomes.gone,
    }
