"""Resolves an endpoint's parameters, by a plan made once for each route.

FastAPI goes through an endpoint's declarations at every request, which took more than half the time of
reading a post (docs/decisions/0012-fast-answers.md). Most endpoints need only the declarations in
`api.declarations`. They are analysed when the route is created; a request only runs the plan. The errors are
FastAPI's own.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.datastructures import QueryParams

from everpost.api.http.body_checks import Check, Faults, body_check

Values = dict[str, Any]
"""Arguments by the names of their parameters."""
Sent = Mapping[str, str]
_NOTHING: Sent = QueryParams()
_UNSOLVED: Any = object()
"""Stands for the value of a dependency that was not called, or not yet."""


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


@dataclass(frozen=True, slots=True)
class _Step:
    """A call of the plan, with where its values come from."""

    number: int
    """That of the call: steps with the same call share its value."""
    call: Callable[..., Awaitable[Any]]
    earlier: Sequence[tuple[str, int]]
    """Its dependencies: the parameter, and the number of the call that gives its value."""
    path: Sequence[_Parameter]
    query: Sequence[_Parameter]
    headers: Sequence[_Parameter]
    connections: Sequence[str]
    """The parameters that are the request itself."""

    def values(self, request: Request, solved: Sequence[Any], faults: Faults) -> Values:
        values = {name: solved[number] for name, number in self.earlier}
        if self.path:
            _collect(self.path, request.path_params, values, faults)
        if self.query:
            sent: Sent = request.query_params if request.scope["query_string"] else _NOTHING
            _collect(self.query, sent, values, faults)
        if self.headers:
            _collect(self.headers, request.headers, values, faults)
        for name in self.connections:
            values[name] = request
        return values


class Resolver:
    """Calls a coroutine with what it declares."""

    def __init__(self, dependant: Dependant) -> None:
        """`declarations.is_known` of the endpoint."""
        self._dependencies: list[_Step] = []
        """One for each place where a dependency is declared, before those that depend on it."""
        numbers: dict[object, int] = {}
        self._endpoint = self._step(dependant, numbers)
        self._unsolved = [_UNSOLVED] * len(numbers)
        self._body = [(each.name, body_check(each)) for each in dependant.body_params]

    async def call(self, request: Request, read_body: Callable[[], Awaitable[object]]) -> Any:  # noqa: ANN401
        """Call the coroutine and return its result. RequestValidationError: names all invalid values.

        The body is read last, so that a request without the token it needs costs nothing more.
        """
        faults: Faults = []
        solved = self._unsolved.copy()
        for step in self._dependencies:
            if solved[step.number] is not _UNSOLVED:
                continue
            own: Faults = []
            values = step.values(request, solved, own)
            faults += own
            if not faults or not (own or any(value is _UNSOLVED for value in values.values())):
                solved[step.number] = await step.call(**values)
        values = self._endpoint.values(request, solved, faults)
        for name, check in self._body:
            values[name], found = check(await read_body())
            faults += found
        if faults:
            raise RequestValidationError(faults)
        return await self._endpoint.call(**values)

    def _step(self, dependant: Dependant, numbers: dict[object, int]) -> _Step:
        """The step for this call; those for its dependencies are put into the plan."""
        earlier = []
        for each in dependant.dependencies:
            step = self._step(each, numbers)
            self._dependencies.append(step)
            if each.name is not None:
                earlier.append((each.name, step.number))
        connections = (dependant.request_param_name, dependant.http_connection_param_name)
        return _Step(
            number=numbers.setdefault(dependant.call, len(numbers)),
            call=cast("Any", dependant.call),
            earlier=earlier,
            path=[_parameter(field, "path") for field in dependant.path_params],
            query=[_parameter(field, "query") for field in dependant.query_params],
            headers=[_parameter(field, "header") for field in dependant.header_params],
            connections=[name for name in connections if name is not None],
        )


def _collect(parameters: Sequence[_Parameter], sent: Sent, values: Values, faults: Faults) -> None:
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
