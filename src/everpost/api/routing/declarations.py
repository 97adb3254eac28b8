"""Decides which endpoints `dependency_plan` supports; all others are left to FastAPI."""

import inspect
from collections.abc import Collection
from copy import deepcopy
from dataclasses import MISSING, fields
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi import Response, params
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

_SUPPORTED = frozenset(
    {
        *("path_params", "query_params", "header_params", "body_params", "dependencies", "name", "call"),
        *("request_param_name", "http_connection_param_name", "path", "scope"),
    }
)
"""The supported fields of a `Dependant`. FastAPI has others, and later versions may add more."""


def is_supported(dependant: Dependant) -> bool:
    """Whether an endpoint is a coroutine that returns a response, and depends only on coroutines, scalars in
    the path, the query and the headers, models of them in the query, and one JSON body of its own.
    """
    return _returns_response(dependant.call) and _is_supported(dependant, is_endpoint=True)


def _is_supported(dependant: Dependant, *, is_endpoint: bool) -> bool:
    return (
        _is_coroutine(dependant.call)
        and not any(_is_declared(dependant, each.name, each) for each in fields(Dependant))
        and all(map(_is_scalar, (*dependant.path_params, *dependant.header_params)))
        and all(_is_scalar(each) or _is_model(each) for each in dependant.query_params)
        and len(dependant.body_params) <= is_endpoint
        and all(map(_is_json, dependant.body_params))
        and (is_endpoint or dependant.scope is None)
        and all(_is_supported(each, is_endpoint=False) for each in dependant.dependencies)
    )


def _is_declared(dependant: Dependant, name: str, field: Any) -> bool:  # noqa: ANN401 - dataclasses.Field
    """Whether this field declares something that is not supported."""
    default = None if field.default is MISSING else field.default
    value = getattr(dependant, name)
    return name not in _SUPPORTED and value != default and bool(value or default)


def _is_coroutine(call: object) -> bool:
    """Whether calling it returns a coroutine, also by FastAPI's rules, which unwrap decorators."""
    if not inspect.isroutine(call):
        call = getattr(call, "__call__", None)  # noqa: B004 - the method itself is needed
    return inspect.iscoroutinefunction(call) and inspect.iscoroutinefunction(inspect.unwrap(call))


def _returns_response(call: Any) -> bool:  # noqa: ANN401 - any endpoint
    returned = get_type_hints(call).get("return") if inspect.isroutine(call) else None
    return isinstance(returned, type) and issubclass(returned, Response)


def _is_scalar(field: Any) -> bool:  # noqa: ANN401 - FastAPI's type has no public name
    """Whether it is a single value under one name, with an immutable default."""
    info = field.field_info
    return (
        type(info) in (params.Path, params.Query, params.Header)
        and not any(map(_is_several, _classes(info.annotation)))
        and info.validation_alias in (None, field.alias)
        and info.default_factory is None
        and not info.validate_default
        and deepcopy(info.default) is info.default
    )


def _is_model(field: Any) -> bool:  # noqa: ANN401 - FastAPI's type has no public name
    """Whether it is a model of scalars under their own names that ignores other parameters."""
    model = field.field_info.annotation
    return (
        type(field.field_info) is params.Query
        and isinstance(model, type)
        and issubclass(model, BaseModel)
        and model.model_config.get("extra", "ignore") == "ignore"
        and field.field_info.is_required()
        and all(
            each.validation_alias is None and not any(map(_is_several, _classes(each.annotation)))
            for each in model.model_fields.values()
        )
    )


def _is_json(field: Any) -> bool:  # noqa: ANN401 - FastAPI's type has no public name
    info = field.field_info
    return type(info) is params.Body and not info.embed and info.is_required()


def _is_several(of_annotation: object) -> bool:
    """Whether it may be sent several times, or is a model."""
    if not isinstance(of_annotation, type):
        return False
    is_text = issubclass(of_annotation, (str, bytes))
    return issubclass(of_annotation, BaseModel) or (issubclass(of_annotation, Collection) and not is_text)


def _classes(annotation: object) -> list[object]:
    """The parts of an annotation: the members of a union, and the origin of each generic."""
    origin = get_origin(annotation)
    if origin is None:
        return [annotation]
    if origin is Annotated:
        return _classes(get_args(annotation)[0])
    return [origin, *(each for part in get_args(annotation) for each in _classes(part))]
