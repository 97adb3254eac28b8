"""SQLite databases: files in a temporary folder, without a server."""

from devtools.servers.databases import SqlDatabases
from devtools.servers.folder import GuardedFolder


class SqliteDatabases(SqlDatabases):
    """Files in a folder of their own, which `close()` removes; in memory unless `durable`."""

    drivername = "sqlite+aiosqlite"

    def __init__(self, *, durable: bool = False) -> None:
        self._folder = GuardedFolder(in_memory=not durable)
        super().__init__(f"sqlite:///{self._folder.path}")

    def url(self, database: str) -> str:
        return f"{self.server_url}/{database}.db"

    def unreachable_url(self) -> str:
        return f"{self.server_url}/no/such/folder/blog.db"

    async def create(self, database: str) -> None:
        """SQLite creates the file at the first connection."""

    async def drop(self, database: str) -> None:
        await self._forget(database)
        for file in self._folder.path.glob(f"{database}.db*"):
            file.unlink()

    async def close(self) -> None:
        await super().close()
        self._folder.remove()
