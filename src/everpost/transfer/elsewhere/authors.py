"""The authors of another system, as users here."""

from collections.abc import Mapping

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.users import MAX_NAME, Author, Role, User, email_key
from everpost.errors import NotFound
from everpost.stores.port import Store
from everpost.transfer.elsewhere.fitting import Changes, email_of
from everpost.transfer.elsewhere.items import SourceAuthor
from everpost.transfer.elsewhere.naming import Origin
from everpost.transfer.elsewhere.reports import Report
from everpost.transfer.elsewhere.writing import Writer


class Authors:
    """Finds the users whom authors are, and makes those who are new; nobody can log in as one of these
    before an admin gives them a password.
    """

    def __init__(self, store: Store, writer: Writer, origin: Origin, report: Report) -> None:
        self._store = store
        self._writer = writer
        self._origin = origin
        self._report = report
        self._by_source_id: dict[str, Author] = {}
        self._by_address: dict[str, Author] = {}

    @property
    def by_source_id(self) -> Mapping[str, Author]:
        """All who were taken so far."""
        return self._by_source_id

    async def take(self, source: SourceAuthor) -> None:
        """Let the author be a user."""
        if source.source_id in self._by_source_id:
            return
        changes = Changes()
        name = _fitted_name(source, changes)
        user_id = self._origin.id_of("author", source.source_id)
        email = email_of(source.email)
        author = await self._find(user_id, email)
        if author is None:
            if email is None:
                # A domain that leads nowhere (RFC 2606, section 2).
                email = f"author-{user_id}@{self._origin.system}.invalid"
                changes.add(f"it has no address: {email} stands for one")
            author = await self._add(user_id, name, email)
            self._report.kept("author", f"{source.source_id} {name!r}", changes)
        else:
            self._report.present("author", f"{source.source_id} {name!r}")
        self._by_source_id[source.source_id] = author
        if email is not None:
            self._by_address[email_key(email)] = author

    async def _find(self, id: Id, email: str | None) -> Author | None:
        """The user whom an earlier import made, or who has this address."""
        try:
            return (await self._store.users.get(id)).author
        except NotFound:
            pass
        if email is None:
            return None
        if email_key(email) in self._by_address:
            return self._by_address[email_key(email)]
        found = await self._store.users.find(email)
        return None if found is None else found.author

    async def _add(self, id: Id, name: str, email: str) -> Author:
        moment = now()
        user = User(id=id, name=name, email=email, role=Role.AUTHOR, created_at=moment, updated_at=moment)
        await self._writer.add_user(user)
        return user.author


def _fitted_name(source: SourceAuthor, changes: Changes) -> str:
    for text in (source.name, source.source_id):
        name = changes.storable(text, "name").strip()
        if name:
            return changes.short(name, MAX_NAME, "name").strip()
    return "Unknown"
