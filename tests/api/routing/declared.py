"""Endpoints, one for each kind of declaration."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime
from functools import wraps
from typing import Annotated, Any

from fastapi import (
    BackgroundTasks,
    Body,
    Cookie,
    Depends,
    File,
    Form,
    Header,
    Path,
    Query,
    Request,
    Response,
    Security,
    UploadFile,
)
from fastapi.requests import HTTPConnection
from fastapi.responses import JSONResponse
from fastapi.security import SecurityScopes
from pydantic import BaseModel, ConfigDict, Field
from pydantic import Json as JsonText


class Filter(BaseModel):
    """A model of scalars."""

    limit: int = 10
    word: str | None = None


class Renamed(BaseModel):
    """A model whose field is sent under another name."""

    limit: int = Field(alias="most")


class Several(BaseModel):
    """A model of lists."""

    words: list[str] = []


class Strict(BaseModel):
    """A model that refuses unknown fields."""

    model_config = ConfigDict(extra="forbid")
    limit: int = 10


def answer(*values: object) -> Response:
    return JSONResponse([str(value) for value in values])


async def scalars(
    a: int, b: Annotated[datetime | None, Query()] = None, c: Annotated[str, Header()] = "c"
) -> Response:
    return answer(a, b, c)


async def a_model(filter: Annotated[Filter, Query()]) -> Response:
    return answer(filter)


async def a_body(body: Filter) -> Response:
    return answer(body)


async def a_connection(request: Request, connection: HTTPConnection) -> Response:
    return answer(request.url, connection.url)


calls: list[str] = []


async def counted(a: int = 0) -> int:
    calls.append("counted")
    return a


async def above(value: Annotated[int, Depends(counted)]) -> int:
    return value + 1


async def coroutines(a: Annotated[int, Depends(counted)], b: Annotated[int, Depends(above)]) -> Response:
    return answer(a, b, len(calls))


async def a_list(
    a: Annotated[list[int], Query()], b: Annotated[list[str] | None, Header()] = None
) -> Response:
    return answer(a, b)


async def a_default_that_is_made(a: Annotated[list[int], Query(default_factory=list)]) -> Response:
    return answer(a)


async def a_text_of_json(a: Annotated[JsonText[list[int]], Query()]) -> Response:
    return answer(a)


async def another_name(a: Annotated[int, Query(validation_alias="most")] = 1) -> Response:
    return answer(a)


async def a_renamed_model(filter: Annotated[Renamed, Query()]) -> Response:
    return answer(filter)


async def a_model_of_lists(filter: Annotated[Several, Query()]) -> Response:
    return answer(filter)


async def a_strict_model(filter: Annotated[Strict, Query()]) -> Response:
    return answer(filter)


async def a_model_of_headers(filter: Annotated[Filter, Header()]) -> Response:
    return answer(filter)


async def a_cookie(a: Annotated[str, Cookie()]) -> Response:
    return answer(a)


async def a_form(a: Annotated[str, Form()], b: Annotated[int, Form()] = 2) -> Response:
    return answer(a, b)


async def a_file(file: UploadFile, a: Annotated[str, Form()] = "") -> Response:
    return answer(file.filename, await file.read(), a)


async def bytes_of_a_file(file: Annotated[bytes, File()]) -> Response:
    return answer(file)


async def two_bodies(a: Filter, b: Annotated[int, Body()]) -> Response:
    return answer(a, b)


async def an_embedded_body(a: Annotated[int, Body(embed=True)]) -> Response:
    return answer(a)


async def a_body_or_none(a: Filter | None = None) -> Response:
    return answer(a)


async def from_a_body(body: Filter) -> int:
    return body.limit


async def a_body_below(a: Annotated[int, Depends(from_a_body)]) -> Response:
    return answer(a)


async def a_response(response: Response) -> Mapping[str, int]:
    response.headers["x-more"] = "1"
    response.status_code = 202
    return {"a": 1}


async def a_value() -> dict[str, int]:
    return {"a": 1}


async def a_task(tasks: BackgroundTasks) -> Response:
    tasks.add_task(calls.append, "task")
    return answer()


def on_a_thread(a: int = 1) -> int:
    return a


async def a_thread_below(a: Annotated[int, Depends(on_a_thread)]) -> Response:
    return answer(a)


def a_thread(a: int) -> Response:
    return answer(a)


async def opened() -> AsyncIterator[int]:
    calls.append("open")
    yield len(calls)
    calls.append("closed")


def opened_on_a_thread() -> Iterator[int]:
    calls.append("open")
    yield len(calls)
    calls.append("closed")


@wraps(opened)
async def wrapped() -> Any:  # noqa: ANN401 - FastAPI goes by what is wrapped
    return opened()


async def what_is_closed(a: Annotated[int, Depends(opened)]) -> Response:
    return answer(a)


async def what_is_closed_early(a: Annotated[int, Depends(opened, scope="function")]) -> Response:
    return answer(a)


async def what_is_closed_on_a_thread(a: Annotated[int, Depends(opened_on_a_thread)]) -> Response:
    return answer(a)


class Pair:
    """A dependency that is a class."""

    def __init__(self, a: int, b: int = 2) -> None:
        self.pair = (a, b)


async def an_instance(pair: Annotated[Pair, Depends()]) -> Response:
    return answer(pair.pair)


async def called_each_time(
    a: Annotated[int, Depends(counted, use_cache=False)],
    b: Annotated[int, Depends(counted, use_cache=False)],
) -> Response:
    return answer(a, b, len(calls))


async def wanted(scopes: SecurityScopes) -> list[str]:
    return scopes.scopes


async def scopes(
    a: Annotated[list[str], Security(wanted, scopes=["x"])],
    b: Annotated[list[str], Security(wanted, scopes=["y"])],
) -> Response:
    return answer(a, b)


async def a_path(a: Annotated[int, Path()]) -> Response:
    return answer(a)
