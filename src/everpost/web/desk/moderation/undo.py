"""Undoing decisions. The revisions that it takes fit into the cookie of a notice, for a hundred comments."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from everpost.api.http.etags import revision_text
from everpost.domain.comments import Comment, CommentStatus
from everpost.domain.ids import Id
from everpost.domain.revisions import Revision
from everpost.web.desk.notices import Notice

_RECORD = struct.Struct(">12sIQ")
"""The id, the version and the stamp."""
_MAX_VERSION = 2**32 - 1
_LETTERS = {status.value[0]: status for status in CommentStatus}
_NOTICES: Mapping[str, CommentStatus] = {
    f"comments-{status}": status for status in CommentStatus if status is not CommentStatus.PENDING
}
RESTORED = "comments-restored"
"""The notice after undoing a decision."""


@dataclass(frozen=True, slots=True)
class Undo:
    """Comments that were decided together, as they were right after that."""

    decided: CommentStatus
    earlier: CommentStatus
    revisions: Mapping[Id, str]

    @classmethod
    def of(cls, comments: Sequence[Comment], decided: CommentStatus, earlier: CommentStatus) -> "Undo":
        """For these comments, which were just decided. Those with an impossible version are left out."""
        known = [each for each in comments if each.version <= _MAX_VERSION]
        return cls(decided, earlier, {each.id: revision_text(each.revision) for each in known})


def notice_of(comments: Sequence[Comment], undo: Undo) -> tuple[str, str]:
    """The name and the subject of the notice after a decision about these comments."""
    records = [
        _RECORD.pack(bytes.fromhex(each.id), each.version, each.stamp)
        for each in comments
        if each.id in undo.revisions
    ]
    return f"comments-{undo.decided}", f"{undo.earlier[0]}{urlsafe_b64encode(b''.join(records)).decode()}"


def undo_of(notice: Notice | None) -> Undo | None:
    """The decision that the notice offers to undo. The cookie may contain anything: the service checks what
    is undone.
    """
    if notice is None or notice.name not in _NOTICES or notice.subject[:1] not in _LETTERS:
        return None
    try:
        packed = urlsafe_b64decode(notice.subject[1:])
        records = list(_RECORD.iter_unpack(packed))
    except (Error, ValueError, struct.error):
        return None
    revisions = {Id(name.hex()): revision_text(Revision(version, stamp)) for name, version, stamp in records}
    return Undo(_NOTICES[notice.name], _LETTERS[notice.subject[0]], revisions) if revisions else None
