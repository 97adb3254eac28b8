"""The rules that services apply, from the settings."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Self

from everpost.media.limits import Limits
from everpost.services.accounts.logins import LoginRules
from everpost.services.comments import GuestRules
from everpost.settings import Settings

_MILLION = 1_000_000
_CLOCKS = timedelta(seconds=10)
"""The maximum difference between the clocks of servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The rules, created once from the settings and passed to the services that apply them."""

    guests: GuestRules
    logins: LoginRules
    sessions: LoginRules
    """The same as `logins`, for sessions of the desk."""
    media: Limits
    """The limits of uploaded files."""
    unused_media: timedelta | None
    """The age at which files that no post uses are removed; None: never."""
    editing_time: timedelta
    """The time during which the writer of a comment may edit it."""
    settling: timedelta
    """The age that a change of a post must have before `updated_after` lists it."""

    trash_lifetime: timedelta
    """The time during which what was deleted can be restored; zero: it is removed at once."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        logins = LoginRules(
            lifetime=timedelta(hours=settings.login_hours),
            failures_per_hour=settings.failed_logins_per_hour,
            failures_per_account=settings.failed_logins_per_account,
        )
        return cls(
            guests=GuestRules(
                links=settings.guest_links,
                comments_per_address=settings.guest_comments_per_address,
                comments_per_post=settings.guest_comments_per_post,
            ),
            logins=logins,
            sessions=replace(logins, lifetime=timedelta(days=settings.session_days)),
            media=Limits(
                size=settings.media_megabytes * _MILLION, pixels=settings.media_megapixels * _MILLION
            ),
            unused_media=timedelta(days=settings.unused_media_days) or None,
            editing_time=timedelta(minutes=settings.comment_edit_minutes),
            trash_lifetime=timedelta(days=settings.trash_days),
            settling=timedelta(seconds=2 * settings.database_timeout) + _CLOCKS,
        )
