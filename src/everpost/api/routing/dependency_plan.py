"""Resolves an endpoint's parameters with a plan that is made once for each route.

FastAPI analyses an endpoint's declarations on every request, which took more than half the time of reading a
post (docs/decisions/0012-fast-answers.md). Most endpoints need only the declarations that
`api.routing.declarations` supports. These are analyzed when the route is created; a request only runs the
plan. The errors are the same as FastAPI's.
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

from everpost.api.http.body_checks import Check, Errors, body_check

Values = dict[str, Any]
"""Arguments by parameter name."""
Parameters = Mapping[str, str]
_NO_PARAMETERS: Parameters = QueryParams()
_UNRESOLVED: Any = object()
"""The value of a dependency that has not been called."""


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A parameter that is sent as one value, or as the several values of a model."""

    name: str
    key: str
    loc: tuple[str, ...]
    of_model: tuple[str, ...]
    is_required: bool
    default: Any
    check: Check

    def find(self, sent: Parameters) -> object:
        """The value that was sent, or None."""
        if self.of_model:
            return {key: sent[key] for key in self.of_model if key in sent}
        return sent.get(self.key)


@dataclass(frozen=True, slots=True)
class _Step:
    """A call in the plan, and the sources of its arguments."""

    number: int
    """Identifies the call: steps with the same call share its result."""
    call: Callable[..., Awaitable[Any]]
    earlier: Sequence[tuple[str, int]]
    """Its dependencies: the name of the parameter, and the number of the call that returns its value."""
    path: Sequence[_Parameter]
    query: Sequence[_Parameter]
    headers: Sequence[_Parameter]
    connections: Sequence[str]
    """The names of parameters that take the request itself."""

    def values(self, request: Request, resolved: Sequence[Any], errors: Errors) -> Values:
        values = {name: resolved[number] for name, number in self.earlier}
        if self.path:
            _collect(self.path, request.path_params, values, errors)
        if self.query:
            sent: Parameters = request.query_params if request.scope["query_string"] else _NO_PARAMETERS
            _collect(self.query, sent, values, errors)
        if self.headers:
            _collect(self.headers, request.headers, values, errors)
        for name in self.connections:
            values[name] = request
        return values


class Resolver:
    """Calls an endpoint with the arguments that it declares."""

    def __init__(self, dependant: Dependant) -> None:
        """The endpoint must be supported: see `declarations.is_supported`."""
        self._dependencies: list[_Step] = []
        """A step for each declaration of a dependency, before the steps that depend on it."""
        numbers: dict[object, int] = {}
        self._endpoint = self._step(dependant, numbers)
        self._unresolved = [_UNRESOLVED] * len(numbers)
        self._body = [(each.name, body_check(each)) for each in dependant.body_params]

    async def call(self, request: Request, read_body: Callable[[], Awaitable[object]]) -> Any:  # noqa: ANN401
        """Call the endpoint and return its result. Raises RequestValidationError, which lists all invalid
        values.

        The body is read last, so that a request without the required token costs no more.
        """
        errors: Errors = []
        resolved = self._unresolved.copy()
        for step in self._dependencies:
            if resolved[step.number] is not _UNRESOLVED:
                continue
            own: Errors = []
            values = step.values(request, resolved, own)
            errors += own
            if not errors or not (own or any(value is _UNRESOLVED for value in values.values())):
                resolved[step.number] = await step.call(**values)
        values = self._endpoint.values(request, resolved, errors)
        for name, check in self._body:
            values[name], found = check(await read_body())
            errors += found
        if errors:
            raise RequestValidationError(errors)
        return await self._endpoint.call(**values)

    def _step(self, dependant: Dependant, numbers: dict[object, int]) -> _Step:
        """The step for this call. Adds steps for its dependencies to the plan."""
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


def _collect(parameters: Sequence[_Parameter], sent: Parameters, values: Values, errors: Errors) -> None:
    for parameter in parameters:
        found = parameter.find(sent)
        if found is not None:
            values[parameter.name], own = parameter.check(found)
            errors += own
        elif parameter.is_required:
            errors.append({"type": "missing", "loc": parameter.loc, "msg": "Field required", "input": None})
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
