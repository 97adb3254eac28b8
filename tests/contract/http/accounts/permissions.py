"""The resources and requests of the rows in docs/permissions.md."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from everpost.api.http.etags import resource_etag, revision_text
from everpost.domain.clock import now
from everpost.domain.ids import new_id
from everpost.domain.people.tokens import new_secret
from everpost.domain.posts import PostChange
from everpost.domain.writing.working_copies import PostText, WorkingCopyChange
from tests.contract.http.accounts.credentials import Device, secret_for
from tests.contract.http.accounts.permission_rows import Row
from tests.contract.http.accounts.resources import KEY, Resources
from tests.contract.http.media.files import picture
from tests.contract.http.people import PEOPLE, Who

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Request:
    """A request."""

    path: str
    json: object = None
    form: Mapping[str, str] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] | None = None
    secret: str | None = None
    """To be shown instead of the one that is usually shown."""


class World(Resources):
    """Creates the resources of a row, new ones each time."""

    async def request(self, row: Row, who: Who) -> Request:
        """The request of this row, sent by this person."""
        self.made += 1
        noun = row.call.partition(" ")[2]
        makers: dict[str, Callable[[Row, Who], Awaitable[Request]]] = {
            "/posts": self._posts,
            "/posts/{post_id}": self._post,
            "/posts/{post_id}/restore": self._restoration,
            "/posts/{post_id}/preview": self._preview,
            "/posts/{post_id}/revisions": self._revisions,
            "/posts/{post_id}/revisions/{number}": self._revisions,
            "/posts/{post_id}/revisions/{number}/restore": self._revisions,
            "/posts/{post_id}/comments": self._thread,
            "/posts/{post_id}/working-copy": self._working_copy,
            "/posts/{post_id}/comments/{comment_id}": self._comment,
            "/posts/{post_id}/comments/{comment_id}/restore": self._deleted_comment,
            "/media": self._media,
            "/media/{file_id}": self._file,
            "/media/{file_id}/uses": self._file,
            "/media/{digest}/{name}": self._bytes,
            "/comments/decisions": self._decisions,
            "/login": self._login,
            "/login/passkey": self._passkey_login,
            "/login/reset": self._reset,
            "/setup": self._setup,
            "/invitations": self._invitations,
            "/users": self._users,
            "/users/me/passkeys": self._new_passkey,
            "/users/me/passkeys/{passkey_id}": self._passkey,
            "/users/{user_id}/reset-link": self._reset_link,
            "/users/me": self._me,
            "/users/{user_id}": self._user,
            "/tokens": self._tokens,
            "/tokens/{token_id}": self._token,
            "/tokens/current": self._shown,
            "/settings": self._settings,
        }
        return await makers[noun](row, who) if noun in makers else Request(noun)

    async def _posts(self, row: Row, who: Who) -> Request:
        if row.call.startswith("GET"):
            statuses = {"drafts": "?status=draft", "in the trash": "?status=trashed"}
            return Request("/posts" + statuses.get(row.what, ""))
        body = {"title": "A title", "content": "Some content."}
        if row.what == "another user's":
            other: Who = "author" if who == "other author" else "other author"
            body["author_id"] = PEOPLE[other].user.id
        return Request("/posts", body)

    async def _post(self, row: Row, _who: Who) -> Request:
        post = await self.make_post(row.what)
        change: dict[str, object] = {"title": "Another title"}
        if "to another author" in row.what:
            change = {"author_id": PEOPLE["editor"].user.id}
        query = "?permanently=true" if "permanently" in row.what else ""
        return Request(f"/posts/{post.id}{query}", change if row.call.startswith("PATCH") else None)

    async def _restoration(self, row: Row, _who: Who) -> Request:
        return Request(f"/posts/{(await self.make_post(row.what)).id}/restore")

    async def _preview(self, row: Row, _who: Who) -> Request:
        post = await self.make_post(row.what)
        return Request(f"/posts/{post.id}/preview", {} if row.call.startswith("POST") else None)

    async def _revisions(self, row: Row, _who: Who) -> Request:
        post = await self.make_post(row.what)
        change = PostChange(updated_at=now(), title="A later title")
        await self._store.posts.save(post.id, change, match=None, comments=0)
        path = row.call.partition(" ")[2]
        return Request(path.replace("{post_id}", post.id).replace("{number}", "1"))

    async def _thread(self, row: Row, who: Who) -> Request:
        post = await self.make_post(row.what)
        path = f"/posts/{post.id}/comments"
        if row.call.startswith("GET"):
            return Request(path)
        body = {"content": "A comment."}
        if who == "nobody":
            body["name"] = "A guest"
        if "with a date" in row.what:
            body["publication_date"] = "2026-01-01T00:00:00Z"
        return Request(path, body)

    async def _comment(self, row: Row, who: Who) -> Request:
        post = await self.make_post(row.what)
        comment = await self.make_comment(post, row.what, who)
        body = None
        if row.call.startswith("PATCH"):
            body = {"status": "spam"} if "its status" in row.what else {"content": "Other words."}
        headers = {"x-edit-key": KEY} if "with its key" in row.what else {}
        if "its status" in row.what:
            headers["if-match"] = resource_etag(comment.revision, b"")
        return Request(f"/posts/{post.id}/comments/{comment.id}", body, headers=headers)

    async def _deleted_comment(self, row: Row, who: Who) -> Request:
        post = await self.make_post(row.what)
        comment = await self.make_comment(post, row.what, who)
        return Request(f"/posts/{post.id}/comments/{comment.id}/restore")

    async def _working_copy(self, row: Row, who: Who) -> Request:
        """A working copy of a new post, unless the row names a post."""
        of_post = "published" in row.what or "draft" in row.what or "a post" in row.what
        post_id = (await self.make_post(row.what)).id if of_post else new_id()
        owners: dict[bool, Who] = {True: "editor" if who != "editor" else "author", False: who}
        owner = owners["another user's" in row.what]
        headers = {"if-none-match": "*"}
        if owner != "nobody" and ("your own" in row.what or "another user's" in row.what):
            change = WorkingCopyChange(
                user_id=PEOPLE[owner].user.id, post_id=post_id, text=PostText(), updated_at=now()
            )
            await self._store.working_copies.add(change)
            headers = {"if-match": "*"}
        body = {"text": {"title": "Half a ti"}} if row.call.startswith("PUT") else None
        return Request(f"/posts/{post_id}/working-copy", body, headers=headers)

    async def _media(self, row: Row, _who: Who) -> Request:
        is_new = row.call.startswith("POST")
        return Request("/media", content=picture(self.made) if is_new else None)

    async def _file(self, row: Row, _who: Who) -> Request:
        file = await self.make_file(row.what)
        end = "/uses" if row.call.endswith("/uses") else ""
        return Request(f"/media/{file.id}{end}", {"alt": "A"} if row.call.startswith("PATCH") else None)

    async def _bytes(self, row: Row, _who: Who) -> Request:
        return Request((await self.make_file(row.what)).path)

    async def _decisions(self, _row: Row, _who: Who) -> Request:
        comment = await self.make_comment(await self.make_post("published"), "pending", "nobody")
        seen = {"id": comment.id, "revision": revision_text(comment.revision)}
        return Request("/comments/decisions", [{**seen, "status": "approved"}])

    async def _login(self, _row: Row, _who: Who) -> Request:
        user = await self.make_user()
        return Request("/login", form={"username": user.email, "password": PASSWORD})

    async def _passkey_login(self, _row: Row, _who: Who) -> Request:
        device = Device()
        await device.register(self._store, await self.make_user())
        return Request("/login/passkey", {"credential": await device.sign(self._store)})

    async def _reset(self, _row: Row, _who: Who) -> Request:
        secret = await secret_for(self._store, await self.make_user())
        return Request("/login/reset", {"token": secret, "password": PASSWORD})

    async def _setup(self, _row: Row, _who: Who) -> Request:
        body = {"title": "A blog", "name": "Ada", "email": "ada@new.example", "password": PASSWORD}
        return Request("/setup", body)

    async def _invitations(self, _row: Row, _who: Who) -> Request:
        email = f"new.{self.made}@blog.example"
        return Request("/invitations", {"name": "New", "email": email, "role": "author"})

    async def _new_passkey(self, row: Row, who: Who) -> Request:
        if row.call.startswith("GET"):
            return Request("/users/me/passkeys")
        credential = await Device().create(self._store, PEOPLE["admin" if who == "nobody" else who].user)
        return Request("/users/me/passkeys", {"name": "A phone", "credential": credential})

    async def _passkey(self, row: Row, who: Who) -> Request:
        is_own = row.what == "your own" and who != "nobody"
        owner = PEOPLE[who].user if is_own else await self.make_user()
        return Request(f"/users/me/passkeys/{await Device().register(self._store, owner)}")

    async def _reset_link(self, row: Row, who: Who) -> Request:
        of_self = row.what == "your own" and who != "nobody"
        return Request(f"/users/{(PEOPLE[who].user if of_self else await self.make_user()).id}/reset-link")

    async def _users(self, row: Row, _who: Who) -> Request:
        if row.call.startswith("GET"):
            return Request("/users")
        email = f"new.{self.made}@blog.example"
        return Request("/users", {"name": "New", "email": email, "role": "author", "password": PASSWORD})

    async def _me(self, row: Row, _who: Who) -> Request:
        return Request("/users/me", {"name": "Me"} if row.call.startswith("PATCH") else None)

    async def _user(self, row: Row, _who: Who) -> Request:
        user = await self.make_user()
        query = "?posts=keep" if row.call.startswith("DELETE") else ""
        return Request(f"/users/{user.id}{query}", {"name": "B"} if row.call.startswith("PATCH") else None)

    async def _tokens(self, row: Row, _who: Who) -> Request:
        if row.call.startswith("GET"):
            return Request("/tokens")
        return Request("/tokens", {"name": "Mine", "scopes": ["posts:write"]})

    async def _token(self, row: Row, who: Who) -> Request:
        owner: Who = "editor" if row.what == "another user's" and who != "editor" else "author"
        if row.what == "your own" and who != "nobody":
            owner = who
        token = replace(
            PEOPLE[owner].token(0xF0000 + self.made, f"{self.made}", frozenset()),
            id=new_id(),
        )
        await self._store.tokens.add(token)
        return Request(f"/tokens/{token.id}")

    async def _shown(self, _row: Row, who: Who) -> Request:
        if who == "nobody":
            return Request("/tokens/current")
        secret = new_secret()
        token = PEOPLE[who].token(0, secret, frozenset())
        await self._store.tokens.add(replace(token, id=new_id()))
        return Request("/tokens/current", secret=secret)

    async def _settings(self, row: Row, _who: Who) -> Request:
        return Request("/settings", {"comment_policy": "moderated"} if row.call.startswith("PATCH") else None)
