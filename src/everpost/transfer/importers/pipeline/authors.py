"""Importing the authors of another system as users."""

from collections.abc import Mapping

from everpost.domain.clock import now
from everpost.domain.ids import Id
from everpost.domain.people.users import MAX_NAME, Author, Role, User, email_key
from everpost.errors import NotFound
from everpost.stores.port import Store
from everpost.transfer.importers.model import SourceAuthor
from everpost.transfer.importers.pipeline.normalization import Normalizer, email_of
from everpost.transfer.importers.pipeline.stable_ids import SourceSite
from everpost.transfer.importers.pipeline.writer import Writer
from everpost.transfer.importers.reports.import_report import ImportReport


class AuthorImporter:
    """Finds the users that correspond to authors, and creates missing ones. Nobody can log in as a user
    created here until an admin sets a password.
    """

    def __init__(self, store: Store, writer: Writer, origin: SourceSite, report: ImportReport) -> None:
        self._store = store
        self._writer = writer
        self._origin = origin
        self._report = report
        self._by_source_id: dict[str, Author] = {}
        self._owners: dict[str, tuple[str, Author]] = {}
        """By email address: the author's name in the source, and the user."""

    @property
    def by_source_id(self) -> Mapping[str, Author]:
        """The users of the authors added so far."""
        return self._by_source_id

    async def add(self, source: SourceAuthor) -> None:
        """Find or create the user of an author."""
        if source.source_id in self._by_source_id:
            return
        changes = Normalizer()
        name = _normalized_name(source, changes)
        user_id = self._origin.stable_id("author", source.source_id)
        email = email_of(source.email)
        author = await self._find(user_id, name, email)
        if author is None:
            author = await self._add(user_id, name, self._address(user_id, email, changes))
            self._report.imported("author", f"{source.source_id} {name!r}", changes)
        else:
            self._report.already_present("author", f"{source.source_id} {name!r}")
        self._by_source_id[source.source_id] = author

    async def _find(self, id: Id, name: str, email: str | None) -> Author | None:
        """The user created by an earlier import, or with this email address. Two authors of the source who
        share an address are the same user only if they also share the name.
        """
        try:
            user = await self._store.users.get(id)
        except NotFound:
            pass
        else:
            self._owners.setdefault(email_key(user.email), (name, user.author))
            return user.author
        if email is None:
            return None
        if email_key(email) not in self._owners:
            found = await self._store.users.find(email)
            if found is not None:
                self._owners[email_key(email)] = (name, found.author)
        owner_name, owner = self._owners.get(email_key(email), ("", None))
        return owner if owner_name == name else None

    def _address(self, id: Id, email: str | None, changes: Normalizer) -> str:
        """The address of a new user: the author's own, unless another user has it."""
        if email is not None and email_key(email) not in self._owners:
            return email
        # RFC 2606, section 2, reserves the domain "invalid".
        placeholder = f"author-{id}@{self._origin.system}.invalid"
        if email is None:
            changes.add(f"it has no email address and got the placeholder {placeholder}")
        else:
            owner_name, _ = self._owners[email_key(email)]
            changes.add(
                f"its email address is that of {owner_name!r}, so it got the placeholder {placeholder}"
            )
        return placeholder

    async def _add(self, id: Id, name: str, email: str) -> Author:
        moment = now()
        user = User(id=id, name=name, email=email, role=Role.AUTHOR, created_at=moment, updated_at=moment)
        await self._writer.add_user(user)
        self._owners[email_key(email)] = (name, user.author)
        return user.author


def _normalized_name(source: SourceAuthor, changes: Normalizer) -> str:
    if name := changes.name(source.name, MAX_NAME):
        return name
    placeholder = Normalizer().name(source.source_id, MAX_NAME) or "Unknown"
    changes.add(f"it had no readable name and is called {placeholder!r}")
    return placeholder
