"""Re-authentication: actions that require the current password in addition to a token."""

from dataclasses import dataclass, field
from datetime import timedelta

from everpost.domain.clock import now
from everpost.domain.people.actors import Actor
from everpost.domain.people.tokens import TokenKind
from everpost.domain.people.users import User, email_key
from everpost.errors import Invalid
from everpost.services.accounts.login_throttling import ThrottleRules, throttled_attempt
from everpost.services.accounts.passwords import is_right
from everpost.services.security_events import PASSWORD_FAILED, record_bounded
from everpost.stores.port import Store

RECENT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The password sent for re-authentication, and the address of the client."""

    current_password: str | None = field(default=None, repr=False)
    address: str = ""
    """The network address of the client."""
    rules: ThrottleRules


NO_PROOF = Proof(rules=ThrottleRules(failures_per_hour=1))


def has_logged_in_recently(actor: Actor) -> bool:
    """Whether the token of the request is a login that began within the last `RECENT`."""
    token = actor.token
    return token is not None and token.kind is TokenKind.LOGIN and now() - token.created_at < RECENT


async def require_password(store: Store, user: User, proof: Proof, *, reason: str) -> str:
    """Check the current password, and return its stored hash. Raises Invalid if it is wrong, or missing (with
    the reason why it is required); TooMany, Busy.
    """
    if proof.current_password is None:
        raise Invalid("current_password", reason)
    async with throttled_attempt(store, email_key(user.email), proof.address, proof.rules) as attempt:
        if not await is_right(proof.current_password, user.password_hash) or user.password_hash is None:
            record_bounded(PASSWORD_FAILED, user.id, user=user.id)
            raise Invalid("current_password", "is wrong")
        attempt.is_right = True
    return user.password_hash
