"""Whether a generator shows a page: what it would not becomes a draft here."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from everpost.transfer.importers.formats.dates import read_moment
from everpost.transfer.importers.formats.time_zones import localized
from everpost.transfer.importers.markdown.front_matter.fields import COMPUTED, lowered, text_of

TRUE = frozenset({"true", "yes", "on", "y", "1", "t"})
FALSE = frozenset({"false", "no", "off", "n", "0", "f"})


def _spellings(*names: str) -> tuple[str, ...]:
    """The names as they are, with hyphens, and without either."""
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
"""What themes, and programs that convert blogs, call these."""
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
"""The fields that say whether a page is shown."""
_STATUSES = frozenset({"", "published", "publish", "public", "live", "open", "everyone"})
_NOT_PUBLIC = frozenset({"draft", "private", "hidden", "unlisted", "members", "password", "protected"})
"""What a `type`, which mostly says something else, means by these words."""
_NEVER = FALSE | {"", "never", "none", "null"}


def reasons_to_hide(fields: Mapping[str, object], now: datetime) -> Iterator[str]:
    """Why the page is not shown, or may not be, in words for the report; empty for one that says itself that
    it is a draft. Where there is no reason, it is shown.
    """
    yield from _of_drafts(fields)
    yield from _of_other_names(fields)
    yield from _of_privacy(fields)
    yield from _of_output(fields)
    if computed := lowered(fields.get(COMPUTED)):
        yield from reasons_to_hide({name: each for name, each in computed.items() if name != COMPUTED}, now)
    for name in EXPIRES:
        yield from _of_expiry(fields.get(name), now)


def _of_other_names(fields: Mapping[str, object]) -> Iterator[str]:
    for alias, name in _ALIASES.items():
        for each in {*_spellings(alias)} & fields.keys():
            yield from _of_drafts({name: fields[each]})
    for name, reason in _HIDDEN.items():
        for each in {*_spellings(name)} & fields.keys():
            yield from _if_not(fields[each], FALSE, reason, each)


def _of_privacy(fields: Mapping[str, object]) -> Iterator[str]:
    if (kind := text_of(fields.get("type")).strip().lower()) in _NOT_PUBLIC:
        yield f"its type was {kind!r}"
    password = fields.get("password")
    if password is not None and (
        isinstance(password, list | dict) or text_of(password).lower() not in _NEVER
    ):
        yield "it has a password"


def _of_output(fields: Mapping[str, object]) -> Iterator[str]:
    yield from _if_not(fields.get("render"), TRUE, "it is not rendered", "render")
    if text_of(fields.get("permalink")).lower() == "false":
        yield "it has no address (permalink: false)"
    for name in ("build", "_build"):
        build = lowered(fields.get(name))
        for key in ("render", "list"):
            value = text_of(build.get(key)).lower()
            if value not in {"", "always", "true"}:
                yield f"it is not shown everywhere (build.{key}: {value[:20]})"


def _of_drafts(fields: Mapping[str, object]) -> Iterator[str]:
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
    for said in (said for said, holds in hidden.items() if holds):
        yield f"{said}, but {shown}" if shown else ""
    if draft.lower() not in TRUE:
        yield from _if_not(fields.get("draft"), FALSE, "", "draft")
    if published.lower() not in FALSE and read_moment(published) is None:
        yield from _if_not(fields.get("published"), TRUE, "", "published")
    if status.lower() not in _STATUSES | {"draft"}:
        yield f"its status was {status.lower()[:40]!r}"


def _if_not(value: object, fine: frozenset[str], reason: str, name: str) -> Iterator[str]:
    """The reason, where the value is neither empty nor fine."""
    text = text_of(value).strip().lower()
    if text in fine or value is None or (not text and not isinstance(value, list | dict)):
        return
    is_understood = text in TRUE | FALSE
    yield reason if is_understood else f"its {name} is not understood: {text[:40]!r}"


def _of_expiry(value: object, now: datetime) -> Iterator[str]:
    text = text_of(value).strip()
    if text.lower() in _NEVER:
        return
    written = read_moment(text)
    if written is None:
        yield f"the end of its publication is not understood: {text[:40]!r}"
    elif localized(written.moment, UTC) <= now:
        yield f"it expired on {written.moment:%Y-%m-%d}"


def end_of_publication(fields: Mapping[str, object], now: datetime) -> str:
    """When the page is to disappear, as it is written; empty where it is not, or has."""
    texts = (text_of(fields.get(name)) for name in EXPIRES)
    return next(
        (text for text in texts if text.strip().lower() not in _NEVER and not list(_of_expiry(text, now))), ""
    )
