"""Decide whether a generator publishes a page. All other pages become drafts."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from everpost.transfer.importers.formats.dates import parse_date
from everpost.transfer.importers.formats.time_zones import localized
from everpost.transfer.importers.markdown.front_matter.fields import COMPUTED, lowered, text_of

TRUE = frozenset({"true", "yes", "on", "y", "1", "t"})
FALSE = frozenset({"false", "no", "off", "n", "0", "f"})


def _spellings(*names: str) -> tuple[str, ...]:
    """The names with underscores, with hyphens, and without separators."""
    return tuple(
        dict.fromkeys(
            each for name in names for each in (name, name.replace("_", "-"), name.replace("_", ""))
        )
    )


EXPIRES = _spellings(
    *("expiry_date", "unpublish_date", "expires", "expiry", "expire_date", "expires_at", "expires_on"),
    *("expiration", "expiration_date", "expired", "unpublish", "unpublish_at", "unpublish_on"),
)
_ALIASES = {
    "is_draft": "draft",
    "is_published": "published",
    "publish": "published",
    "public": "published",
    "listed": "published",
    "visible": "published",
    "routable": "published",
    "post_status": "status",
    "visibility": "status",
    "access": "status",
    "state": "status",
}
"""Names of these fields in themes and conversion tools."""
_HIDDEN = {
    "headless": "it is headless",
    "unlisted": "it is unlisted",
    "hidden": "it is hidden",
    "private": "it is private",
    "protected": "it is protected",
    "encrypted": "it is encrypted",
    "members_only": "it is for members only",
    "unpublished": "it is unpublished",
    "disabled": "it is disabled",
    "eleventyexcludefromcollections": "it is in no collection (eleventyExcludeFromCollections)",
}
HIDING = frozenset(
    {"draft", "published", "status", "headless", "build", "_build", "render", "permalink", "password"}
    | {COMPUTED}
    | {*EXPIRES, *_spellings(*_ALIASES, *_HIDDEN)}
)
"""The fields that control whether a page is published."""
_STATUSES = frozenset({"", "published", "publish", "public", "live", "open", "everyone"})
_NOT_PUBLIC = frozenset({"draft", "private", "hidden", "unlisted", "members", "password", "protected"})
"""Values of `type`, which usually means something else, that hide a page."""
_NEVER = FALSE | {"", "never", "none", "null"}


def reasons_to_hide(fields: Mapping[str, object], now: datetime) -> Iterator[str]:
    """The reasons why the page may not be published, as texts for the report; empty for a page marked as a
    draft. A page without any reason is published.
    """
    yield from _draft_reasons(fields)
    yield from _alias_reasons(fields)
    yield from _privacy_reasons(fields)
    yield from _output_reasons(fields)
    if computed := lowered(fields.get(COMPUTED)):
        yield from reasons_to_hide({name: each for name, each in computed.items() if name != COMPUTED}, now)
    for name in EXPIRES:
        yield from _expiry_reasons(fields.get(name), now)


def _alias_reasons(fields: Mapping[str, object]) -> Iterator[str]:
    for alias, name in _ALIASES.items():
        for each in {*_spellings(alias)} & fields.keys():
            yield from _draft_reasons({name: fields[each]})
    for name, reason in _HIDDEN.items():
        for each in {*_spellings(name)} & fields.keys():
            yield from _reason_unless(fields[each], FALSE, reason, each)


def _privacy_reasons(fields: Mapping[str, object]) -> Iterator[str]:
    if (kind := text_of(fields.get("type")).strip().lower()) in _NOT_PUBLIC:
        yield f"its type was {kind!r}"
    password = fields.get("password")
    if password is not None and (
        isinstance(password, list | dict) or text_of(password).lower() not in _NEVER
    ):
        yield "it has a password"


def _output_reasons(fields: Mapping[str, object]) -> Iterator[str]:
    yield from _reason_unless(fields.get("render"), TRUE, "it is not rendered", "render")
    if text_of(fields.get("permalink")).lower() == "false":
        yield "it has no URL (permalink: false)"
    for name in ("build", "_build"):
        build = lowered(fields.get(name))
        for key in ("render", "list"):
            value = text_of(build.get(key)).lower()
            if value not in {"", "always", "true"}:
                yield f"it is not shown everywhere (build.{key}: {value[:20]})"


def _draft_reasons(fields: Mapping[str, object]) -> Iterator[str]:
    draft, published, status = (
        text_of(fields.get(name)).strip() for name in ("draft", "published", "status")
    )
    shown = f"draft was {draft!r}" if draft.lower() in FALSE else ""
    if published.lower() in TRUE:
        shown = f"published was {published!r}"
    hidden = {
        f"draft was {draft!r}": draft.lower() in TRUE,
        f"published was {published!r}": published.lower() in FALSE,
        "its status was 'draft'": status.lower() == "draft",
    }
    for claim in (claim for claim, holds in hidden.items() if holds):
        yield f"{claim}, but {shown}" if shown else ""
    if draft.lower() not in TRUE:
        yield from _reason_unless(fields.get("draft"), FALSE, "", "draft")
    if published.lower() not in FALSE and parse_date(published) is None:
        yield from _reason_unless(fields.get("published"), TRUE, "", "published")
    if status.lower() not in _STATUSES | {"draft"}:
        yield f"its status was {status.lower()[:40]!r}"


def _reason_unless(value: object, fine: frozenset[str], reason: str, name: str) -> Iterator[str]:
    """The reason if the value is neither empty nor in `fine`."""
    text = text_of(value).strip().lower()
    if text in fine or value is None or (not text and not isinstance(value, list | dict)):
        return
    is_understood = text in TRUE | FALSE
    yield reason if is_understood else f"its {name} is not understood: {text[:40]!r}"


def _expiry_reasons(value: object, now: datetime) -> Iterator[str]:
    text = text_of(value).strip()
    if text.lower() in _NEVER:
        return
    parsed = parse_date(text)
    if parsed is None:
        yield f"its expiry date is not understood: {text[:40]!r}"
    elif localized(parsed.date, UTC) <= now:
        yield f"it expired on {parsed.date:%Y-%m-%d}"


def end_of_publication(fields: Mapping[str, object], now: datetime) -> str:
    """The expiry date in the future, as it is written; empty if there is none."""
    texts = (text_of(fields.get(name)) for name in EXPIRES)
    return next(
        (
            text
            for text in texts
            if text.strip().lower() not in _NEVER and not list(_expiry_reasons(text, now))
        ),
        "",
    )
