"""Where a page goes on: places between the rows of a list."""

from typing import Literal

from sqlalchemy import bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from everpost.domain.paging import Position
from everpost.stores.sql.model.types import IdText, Moment


class After(FunctionElement[bool]):
    """`(date, id) > (that date, that id)`, so that an index on both columns finds the place at once.

    It has no type: SQLAlchemy would compare a Boolean with 1, and no index is used for that.
    """

    inherit_cache = True
    operator: Literal["<", ">"] = ">"


class Before(After):
    """`(date, id) < (that date, that id)`, as `After`."""

    inherit_cache = True
    operator = "<"


@compiles(After)
def _compare_rows(element: After, compiler: SQLCompiler, **options: object) -> str:
    date, name, that_date, that_name = (compiler.process(each, **options) for each in element.clauses)
    return f"({date}, {name}) {element.operator} ({that_date}, {that_name})"


@compiles(After, "mysql")
def _compare_columns(element: After, compiler: SQLCompiler, **options: object) -> str:
    """MySQL reads the whole index for a comparison of rows, but makes ranges of this.

    https://dev.mysql.com/doc/refman/8.4/en/range-optimization.html#row-constructor-range-optimization
    """
    date, name, that_date, that_name = (compiler.process(each, **options) for each in element.clauses)
    operator = element.operator
    return f"({date} {operator} {that_date} OR ({date} = {that_date} AND {name} {operator} {that_name}))"


PLACE = (bindparam("after_date", type_=Moment), bindparam("after_id", type_=IdText))


def place(position: Position) -> dict[str, object]:
    """The parameters of the statements that go on after a position."""
    return {"after_date": position.moment, "after_id": position.id}
