"""Authors and guests as JSON."""

from typing import Annotated

from pydantic import ConfigDict, Field, with_config
from typing_extensions import TypedDict

from everpost.api.schemas.text import STORABLE_PATTERN, ReadId, Storable
from everpost.domain.people.users import MAX_NAME, Author

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, json_schema_extra=STORABLE_PATTERN), Storable]


@with_config(ConfigDict(extra="forbid"))
class AuthorRead(TypedDict):
    """A user as an author."""

    id: ReadId
    name: Name


@with_config(ConfigDict(extra="forbid"))
class GuestRead(TypedDict):
    """A guest, who has no account."""

    name: Name


def read_author(author: Author | None) -> AuthorRead | None:
    """The author as the public sees it: None if disabled."""
    return None if author is None or author.is_disabled else {"id": author.id, "name": author.name}
