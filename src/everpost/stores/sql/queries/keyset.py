"""Keyset pagination: conditions that continue a list after a position."""

from typing import Literal

from sqlalchemy import bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from everpost.domain.paging import Position
from everpost.stores.sql.model.types import IdText, Moment


class After(FunctionElement[bool]):
    """`(date, id) > (:date, :id)`, in a form for which each engine seeks in an index on both columns.

    It has no Boolean type, because SQLAlchemy would compare that with 1, and no index supports this.
    """

    inherit_cache = True
    operator: Literal["<", ">"] = ">"


class Before(After):
    """The same for `(date, id) < (:date, :id)`."""

    inherit_cache = True
    operator = "<"


@compiles(After)
def _compare_rows(element: After, compiler: SQLCompiler, **options: object) -> str:
    date, name, that_date, that_name = (compiler.process(each, **options) for each in element.clauses)
    return f"({date}, {name}) {element.operator} ({that_date}, {that_name})"


@compiles(After, "mysql")
def _compare_columns(element: After, compiler: SQLCompiler, **options: object) -> str:
    """MySQL scans the whole index for a comparison of rows, but uses ranges for this form.

    https://dev.mysql.com/doc/refman/8.4/en/range-optimization.html#row-constructor-range-optimization
    """
    date, name, that_date, that_name = (compiler.process(each, **options) for each in element.clauses)
    operator = element.operator
    return f"({date} {operator} {that_date} OR ({date} = {that_date} AND {name} {operator} {that_name}))"


POSITION = (bindparam("after_date", type_=Moment), bindparam("after_id", type_=IdText))


def position_values(position: Position) -> dict[str, object]:
    """Return the parameters `POSITION` for a position."""
    return {"after_date": position.moment, "after_id": position.id}
