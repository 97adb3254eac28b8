"""Column types that store and compare values in the same way on every engine."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import BigInteger, BindParameter, ColumnElement, Dialect, LargeBinary, String, Text
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from everpost.domain.blog import NavigationLink
from everpost.domain.clock import from_milliseconds, to_milliseconds
from everpost.domain.ids import Id

ID_LENGTH = 24

Chars = TypeVar("Chars", bound=str)


class _Exact(TypeDecorator[Chars]):
    """Up to `length` characters, compared byte by byte."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if isinstance(dialect, mysql.base.MySQLDialect):
            return self._in_mysql(dialect)
        if dialect.name == "postgresql":
            return postgresql.VARCHAR(self.length, collation="C")
        return String(self.length)

    def _in_mysql(self, dialect: mysql.base.MySQLDialect) -> TypeEngine[Any]:  # noqa: ARG002
        return mysql.VARCHAR(self.length, charset="ascii", collation="ascii_bin")


class IdText(_Exact[Id]):
    """An id, in ASCII."""

    cache_ok = True

    def __init__(self, length: int = ID_LENGTH) -> None:
        super().__init__(length)

    def _in_mysql(self, dialect: mysql.base.MySQLDialect) -> TypeEngine[Any]:  # noqa: ARG002
        return mysql.CHAR(self.length, charset="ascii", collation="ascii_bin")


class Word(_Exact[str]):
    """A word that the code defines, such as a status, in ASCII."""

    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Return a plain string, because not every driver accepts a member of a StrEnum."""
        return _text(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:  # noqa: ARG002
        """The same, without the overhead of TypeDecorator; see `Moment`."""
        return _text


class ExactText(_Exact[str]):
    """Text of any script, trailing blanks included.

    MySQL and MariaDB have different names for a binary collation without padding:
    https://dev.mysql.com/doc/refman/8.4/en/charset-binary-collations.html
    https://mariadb.com/kb/en/supported-character-sets-and-collations/
    """

    cache_ok = True

    def _in_mysql(self, dialect: mysql.base.MySQLDialect) -> TypeEngine[Any]:
        collation = "utf8mb4_nopad_bin" if dialect.is_mariadb else "utf8mb4_0900_bin"
        return mysql.VARCHAR(self.length, charset="utf8mb4", collation=collation)


class LongText(TypeDecorator[str]):
    """Text of at least a million code points. The TEXT type of MySQL ends at 65,535 bytes."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return mysql.MEDIUMTEXT() if dialect.name == "mysql" else Text()


class LongBytes(TypeDecorator[bytes]):
    """Up to a million bytes. The BLOB type of MySQL ends at 65,535."""

    impl = LargeBinary
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return mysql.MEDIUMBLOB() if dialect.name == "mysql" else LargeBinary()

    def bind_expression(self, bindparam: BindParameter[bytes]) -> ColumnElement[bytes]:
        return _SentBytes(bindparam)

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """The driver of MySQL escapes bytes one by one, which takes ten times as long."""
        return bytes.hex if dialect.name == "mysql" else None


class _SentBytes(FunctionElement[bytes]):
    """Bytes that are sent as the parameter of a statement; to MySQL in hexadecimal."""

    inherit_cache = True
    type = LargeBinary()


@compiles(_SentBytes)
def _as_they_are(element: _SentBytes, compiler: SQLCompiler, **options: object) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_SentBytes, "mysql")
def _in_hexadecimal(element: _SentBytes, compiler: SQLCompiler, **options: object) -> str:
    return f"unhex({compiler.process(element.clauses, **options)})"


class Moment(TypeDecorator[datetime]):
    """A time, stored as whole milliseconds since 1970: exact on every engine, and independent of the time
    zone of a session.
    """

    impl = BigInteger
    cache_ok = True

    # The processors that TypeDecorator derives from `process_bind_param` call three functions per value.

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        return _milliseconds(value)

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:  # noqa: ARG002
        return _milliseconds

    def result_processor(
        self,
        dialect: Dialect,  # noqa: ARG002
        coltype: object,  # noqa: ARG002
    ) -> Callable[[int | None], datetime | None]:
        return _moment


def _text(value: str | None) -> str | None:
    return None if value is None else str(value)


def _milliseconds(value: datetime | None) -> int | None:
    return None if value is None else to_milliseconds(value)


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_milliseconds(value)


class TextList(TypeDecorator[Sequence[str]]):
    """A list of strings, as JSON."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, _dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(list(value), ensure_ascii=False)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Sequence[str] | None:
        return None if value is None else tuple(json.loads(value))


class Navigation(TypeDecorator[Sequence[NavigationLink]]):
    """Links, as JSON."""

    impl = LongText
    cache_ok = True

    def process_bind_param(self, value: Sequence[NavigationLink] | None, _dialect: Dialect) -> str | None:
        if value is None:
            return None
        links = [{"label": link.label, "url": link.url} for link in value]
        return json.dumps(links, ensure_ascii=False)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Sequence[NavigationLink] | None:
        return None if value is None else tuple(NavigationLink(**link) for link in json.loads(value))
