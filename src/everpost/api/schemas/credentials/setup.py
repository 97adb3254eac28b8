"""The first admin's choices for a new blog, as JSON."""

from typing import NotRequired

from pydantic import ConfigDict, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.authors import Name
from everpost.api.schemas.blog import BlogTitle
from everpost.api.schemas.credentials.passkeys import SetupPasskey
from everpost.api.schemas.users import Email, NewPassword


@with_config(ConfigDict(extra="forbid", strict=True))
class SetupCreate(TypedDict):
    """The title of the blog, and the first admin, with a password, a passkey or both."""

    title: BlogTitle
    name: Name
    email: Email
    password: NotRequired[NewPassword]
    passkey: NotRequired[SetupPasskey]
