"""Report the fields of a Ghost export that Everpost does not have, so that nothing is lost silently."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from everpost.transfer.importers.formats.json_files import Row
from everpost.transfer.importers.model import Note, Outcome

_LONGEST_SHOWN = 200
_KINDS: Mapping[str, str] = {
    "feature_image": "feature image",
    "image": "feature image",
    "feature_image_alt": "text of the feature image",
    "feature_image_caption": "text of the feature image",
    "codeinjection_head": "injected code",
    "codeinjection_foot": "injected code",
    "canonical_url": "canonical address",
    "featured": "featured mark",
}
"""The names of columns in the report; all others are called fields."""
_FIELDS = {
    "posts": "field",
    "posts_meta": "field",
    "users": "author's field",
    "tags": "tag's field",
    "comments": "comment's field",
}
CARRIED: Mapping[str, frozenset[str]] = {
    "posts": frozenset({
        "id", "title", "slug", "html", "lexical", "mobiledoc", "markdown", "plaintext", "type",
        "page", "status", "visibility", "created_at", "updated_at", "published_at", "author_id",
        "email_only", "custom_excerpt",
    }),
    "posts_meta": frozenset({"post_id", "email_only"}),
    "users": frozenset({"id", "name", "email"}),
    "tags": frozenset({"id", "name"}),
    "comments": frozenset({
        "id", "post_id", "member_id", "member", "parent_id", "in_reply_to_id", "status", "html",
        "created_at", "edited_at",
    }),
}  # fmt: skip
_INTERNAL: Mapping[str, frozenset[str]] = {
    "posts": frozenset({
        "uuid", "comment_id", "created_by", "updated_by", "published_by", "email_recipient_filter",
        "newsletter_id", "show_title_and_feature_image", "amp", "locale", "language",
    }),
    "posts_meta": frozenset({"id"}),
    "users": frozenset({
        "uuid", "slug", "password", "status", "locale", "language", "visibility", "tour",
        "last_seen", "last_login", "created_at", "created_by", "updated_at", "updated_by",
        "accessibility", "comment_notifications", "free_member_signup_notification",
        "paid_subscription_started_notification", "paid_subscription_canceled_notification",
        "mention_notifications", "milestone_notifications", "donation_notifications",
        "recommendation_notifications",
    }),
    "tags": frozenset({
        "uuid", "slug", "visibility", "parent_id", "created_at", "created_by", "updated_at",
        "updated_by",
    }),
    "comments": frozenset({"uuid", "updated_at"}),
}  # fmt: skip
"""Columns for Ghost's internal use, which are reported once per file."""


class UnsupportedFields:
    """Collects the fields that are not imported."""

    def __init__(self) -> None:
        self._internal: dict[str, set[str]] = defaultdict(set)

    def of_row(self, table: str, row: Row, name: str) -> Iterator[Note]:
        """Notes on the fields of a row that are not imported."""
        for column, value in row.items():
            if column in CARRIED[table] or value in (None, "", 0, False, [], {}):
                continue
            if column in _INTERNAL[table]:
                self._internal[table].add(column)
                continue
            kind = _KINDS.get(column) if table.startswith("posts") else None
            yield Note(
                outcome=Outcome.DROPPED,
                kind=kind or _FIELDS[table],
                name=name if kind else f"{column[:80]!r} of {name}",
                reason=f"Everpost has no field for it: {str(value)[:_LONGEST_SHOWN]!r}",
            )

    def notes(self) -> Iterator[Note]:
        """Notes on the internal columns of all rows so far."""
        for table, columns in sorted(self._internal.items()):
            reason = "they are for Ghost's internal use: " + ", ".join(sorted(columns))
            yield Note(outcome=Outcome.DROPPED, kind="columns of a table", name=table, reason=reason)
