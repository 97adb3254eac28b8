"""Passkeys: registering them, and logging in with one. py_webauthn checks what authenticators sign.

A challenge is signed with the key of the blog and expires, so the server stores nothing until it is used. The
database counts its use, so it works once.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.people.actors import Actor
from everpost.domain.people.passkeys import MAX_PASSKEY_NAME, Passkey, passkey_id
from everpost.domain.people.tokens import Scope, Token
from everpost.domain.people.users import User, checked_name
from everpost.domain.rate_limits import Limit
from everpost.errors import Conflict, Invalid, Unauthenticated
from everpost.services.accounts.logins import Login, start_login
from everpost.services.accounts.reauthentication import (
    RECENT,
    Proof,
    has_logged_in_recently,
    require_password,
)
from everpost.services.security_events import (
    LOGIN_FAILED,
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
    record,
    record_from,
)
from everpost.stores.port import Store

CHALLENGE_LIFETIME = timedelta(minutes=10)
_RANDOM, _TIME, _SIGNATURE = 16, 8, 16
"""Bytes of the parts of a challenge."""
_REFUSED = "The passkey was not accepted."
_MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""The errors of py_webauthn, and those that it lets through when values have unexpected types or depths."""


@dataclass(frozen=True, slots=True)
class Site:
    """The site to which passkeys belong: a host name, and the origins of its pages."""

    host: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPasskey:
    """A passkey to add."""

    name: str
    credential: str = field(repr=False)
    """The result of `navigator.credentials.create()`, as JSON."""
    site: Site


async def registration_options(store: Store, actor: Actor, site: Site, title: str) -> str:
    """The options of `navigator.credentials.create()` as JSON. Raises Unauthenticated, Forbidden."""
    return await options_of(store, actor.require_all(Scope.ACCOUNT), site, title)


async def options_of(store: Store, user: User, site: Site, title: str) -> str:
    """As `registration_options`, for a user whose permissions the caller checks."""
    known = await store.passkeys.of_user(user.id)
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=title or site.host,
        user_id=user.id.encode(),
        user_name=user.email,
        user_display_name=user.name,
        challenge=await _new_challenge(store, user.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id)) for each in known
        ],
    )
    return options_to_json(options)


async def login_options(store: Store, site: Site) -> str:
    """The options of `navigator.credentials.get()` as JSON."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=await _new_challenge(store, ""),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


async def list_passkeys(store: Store, actor: Actor) -> Sequence[Passkey]:
    """The actor's passkeys, oldest first. Raises Unauthenticated, Forbidden."""
    return await store.passkeys.of_user(actor.require(Scope.ACCOUNT).id)


async def add_passkey(store: Store, actor: Actor, new: NewPasskey, proof: Proof) -> Passkey:
    """Add the passkey that an authenticator has created. It can be used to log in, so adding it requires a
    token with all scopes of the role and, unless the actor has logged in recently or has no password, the
    current password. Raises Unauthenticated, Forbidden, Invalid, Conflict("credential"), TooMany.
    """
    user = actor.require_all(Scope.ACCOUNT)
    if user.password_hash is not None and not has_logged_in_recently(actor):
        minutes = RECENT // timedelta(minutes=1)
        reason = f"is required, unless you have logged in within the last {minutes} minutes"
        await require_password(store, user, proof, reason=reason)
    passkey = await verified(store, user, new)
    try:
        await store.passkeys.add(passkey)
    except Conflict:
        raise Conflict("passkey", "credential") from None
    record(PASSKEY_ADDED, passkey=passkey.id, user=user.id)
    return passkey


async def verified(store: Store, user: User, new: NewPasskey) -> Passkey:
    """The passkey of this user, which is not stored yet. Raises Invalid("credential"), Invalid("name")."""
    name = checked_name(new.name)
    if len(name) > MAX_PASSKEY_NAME:
        raise Invalid("name", f"has more than {MAX_PASSKEY_NAME} characters")
    try:
        attested = verify_registration_response(
            credential=new.credential,
            expected_challenge=await _used_challenge(store, new.credential, user.id),
            expected_rp_id=new.site.host,
            expected_origin=list(new.site.origins),
            require_user_verification=True,
        )
    except _MALFORMED:
        raise Invalid("credential", "was not accepted") from None
    credential_id = bytes_to_base64url(attested.credential_id)
    return Passkey(
        id=passkey_id(credential_id),
        user_id=user.id,
        name=name,
        credential_id=credential_id,
        public_key=bytes_to_base64url(attested.credential_public_key),
        created_at=now(),
    )


async def remove_passkey(store: Store, actor: Actor, id: Id) -> None:
    """Remove one of the actor's passkeys. Raises Unauthenticated, Forbidden, NotFound."""
    user = actor.require(Scope.ACCOUNT)
    await store.passkeys.remove(id, user_id=user.id)
    record(PASSKEY_REMOVED, passkey=id, user=user.id)


async def log_in_with_passkey(
    store: Store, site: Site, credential: str, login: Login, lifetime: timedelta
) -> tuple[str, Token]:
    """Create a token that expires, as a login with a password does. Raises Unauthenticated if the passkey is
    unknown or was not accepted, or its owner is disabled, without saying which.
    """
    try:
        owner = await _verified_owner(store, site, credential)
    except _MALFORMED:
        await record_from(store, login.address, LOGIN_FAILED, user=None)
        raise Unauthenticated(_REFUSED) from None
    return await start_login(store, owner, login, lifetime)


async def _verified_owner(store: Store, site: Site, credential: str) -> User:
    """The owner of the passkey that signed. Raises one of `_MALFORMED`."""
    parsed = parse_authentication_credential_json(credential)
    found = await store.passkeys.find(passkey_id(bytes_to_base64url(parsed.raw_id)))
    if found is None or found.owner.disabled_at is not None:
        raise ValueError
    verify_authentication_response(
        credential=parsed,
        expected_challenge=await _used_challenge(store, credential, ""),
        expected_rp_id=site.host,
        expected_origin=list(site.origins),
        credential_public_key=base64url_to_bytes(found.passkey.public_key),
        # Passkeys that are synchronised between devices have no counter; 0 accepts every count.
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    return found.owner


async def _new_challenge(store: Store, purpose: str) -> bytes:
    """A challenge for a registration by the user with this id, or for a login."""
    key = (await store.blog.get()).address_key
    expiry = int((now() + CHALLENGE_LIFETIME).timestamp()).to_bytes(_TIME, "big")
    start = secrets.token_bytes(_RANDOM) + expiry
    return start + _signature(key, purpose, start)


async def _used_challenge(store: Store, credential: str, purpose: str) -> bytes:
    """The challenge that was signed, which is now used. Raises ValueError if it is not one for this purpose,
    has expired, or has been used.
    """
    challenge = _challenge_in(credential)
    key = (await store.blog.get()).address_key
    start, signature = challenge[:-_SIGNATURE], challenge[-_SIGNATURE:]
    moment = now()
    if not hmac.compare_digest(signature, _signature(key, purpose, start)):
        raise ValueError
    if int.from_bytes(start[_RANDOM:], "big") <= moment.timestamp():
        raise ValueError
    counters = await store.limits.hit([Limit(hashlib.sha256(challenge).hexdigest(), 1)], moment)
    if counters[0].count > 1:
        raise ValueError
    return challenge


def _challenge_in(credential: str) -> bytes:
    """The challenge that the authenticator has signed. Raises one of `_MALFORMED`."""
    signed = base64url_to_bytes(json.loads(credential)["response"]["clientDataJSON"])
    return parse_client_data_json(signed).challenge


def _signature(key: bytes, purpose: str, start: bytes) -> bytes:
    signed = b"challenge of a passkey\0" + purpose.encode() + b"\0" + start
    return hmac.digest(key, signed, "sha256")[:_SIGNATURE]
