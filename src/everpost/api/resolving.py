"""Resolves an endpoint's parameters, by a plan made once for each route.

FastAPI goes through an endpoint's declarations at every request, which took more than half the time of
reading a post (docs/decisions/0012-fast-answers.md). Most endpoints need only the declarations in
`api.declarations`. They are analysed when the route is created; a request only runs the plan. The errors are
FastAPI's own.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.datastructures import QueryParams

from everpost.api.body_checks import Check, Faults, body_check

Values = dict[str, Any]
"""Arguments by the names of their parameters."""
Sent = Mapping[str, str]
_NOTHING: Sent = QueryParams()


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One value that is sent, or several that are one model."""

    name: str
    key: str
    loc: tuple[str, ...]
    of_model: tuple[str, ...]
    is_required: bool
    default: Any
    check: Check

    def find(self, sent: Sent) -> object:
        """The value that was sent, or None."""
        if self.of_model:
            return {key: sent[key] for key in self.of_model if key in sent}
        return sent.get(self.key)


class Resolver:
    """Calls a coroutine with what it declares."""

    def __init__(self, dependant: Dependant) -> None:
        """`declarations.is_known` of the endpoint."""
        self._call: Callable[..., Awaitable[Any]] = cast("Any", dependant.call)
        self._dependencies = [(each.name, Resolver(each)) for each in dependant.dependencies]
        self._path = [_parameter(field, "path") for field in dependant.path_params]
        self._query = [_parameter(field, "query") for field in dependant.query_params]
        self._headers = [_parameter(field, "header") for field in dependant.header_params]
        self._body = [(each.name, body_check(each)) for each in dependant.body_params]
        connections = (dependant.request_param_name, dependant.http_connection_param_name)
        self._connections = [name for name in connections if name is not None]

    async def call(self, request: Request, read_body: Callable[[], Awaitable[object]]) -> Any:  # noqa: ANN401
        """Call the coroutine and return its result. RequestValidationError: names all invalid values.

        The body is read last, so that a request without the token it needs costs nothing more.
        """
        faults: Faults = []
        values = await self._values(request, {}, faults)
        for name, check in self._body:
            values[name], found = check(await read_body())
            faults += found
        if faults:
            raise RequestValidationError(faults)
        return await self._call(**values)

    async def _values(self, request: Request, solved: dict[object, Any], faults: Faults) -> Values:
        values: Values = {}
        for name, dependency in self._dependencies:
            value = await dependency._solve(request, solved, faults)  # noqa: SLF001 - one of its own kind
            if name is not None:
                values[name] = value
        _collect(self._path, request.path_params, values, faults)
        if self._query:
            sent: Sent = request.query_params if request.scope["query_string"] else _NOTHING
            _collect(self._query, sent, values, faults)
        if self._headers:
            _collect(self._headers, request.headers, values, faults)
        for name in self._connections:
            values[name] = request
        return values

    async def _solve(self, request: Request, solved: dict[object, Any], faults: Faults) -> Any:  # noqa: ANN401
        """The result of a dependency for this request; called once, and not if its own values are invalid."""
        if self._call in solved:
            return solved[self._call]
        own: Faults = []
        values = await self._values(request, solved, own)
        if own:
            faults += own
            return None
        value = solved[self._call] = await self._call(**values)
        return value


def _collect(parameters: Iterable[_Parameter], sent: Sent, values: Values, faults: Faults) -> None:
    for parameter in parameters:
        found = parameter.find(sent)
        if found is not None:
            values[parameter.name], own = parameter.check(found)
            faults += own
        elif parameter.is_required:
            faults.append({"type": "missing", "loc": parameter.loc, "msg": "Field required", "input": None})
        else:
            values[parameter.name] = parameter.default


def _parameter(field: Any, place: str) -> _Parameter:  # noqa: ANN401 - FastAPI's type has no public name
    annotation = field.field_info.annotation
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    loc = (place,) if is_model else (place, field.alias)
    return _Parameter(
        name=field.name,
        key=field.alias,
        loc=loc,
        of_model=tuple(annotation.model_fields) if is_model else (),
        is_required=field.field_info.is_required(),
        default=field.default,
        check=partial(field.validate, loc=loc),
    )
