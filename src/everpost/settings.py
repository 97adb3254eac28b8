"""Settings: the only reader of the environment."""

import json
import os
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from everpost.errors import Misconfigured

PREFIX = "EVERPOST_"

_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://[^\s/?#@\\]+")


def _origins(given: object) -> object:
    """The origins in a list: in JSON, or with commas between them."""
    origins = given
    if isinstance(given, str):
        try:
            origins = json.loads(given) if given.lstrip().startswith("[") else given.split(",")
        except ValueError:
            origins = None
    if not isinstance(origins, list | tuple) or not all(isinstance(origin, str) for origin in origins):
        raise PydanticCustomError("origins", "should be origins with commas between them, or a JSON array")
    trimmed = tuple(origin.strip().lower() for origin in origins if origin.strip())
    if not all(_ORIGIN.fullmatch(origin) for origin in trimmed):
        raise PydanticCustomError("origins", "each should be like https://blog.example, without a path")
    return trimmed


class Settings(BaseSettings):
    """Every setting, each also an environment variable: `port` is `EVERPOST_PORT`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True, frozen=True)

    database_url: str = Field(
        default="sqlite:///everpost.db",
        repr=False,
        description="Where the blog is kept. It may hold a password.",
    )
    database_timeout: float = Field(
        default=5.0, gt=0, le=300, description="Seconds to wait for a connection, or for a busy database."
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=1000, description="Connections to the database that one worker keeps, at most."
    )
    cache_megabytes: int = Field(
        default=16,
        ge=0,
        le=100_000,
        description="Memory in which one worker keeps answers that it may give again; 0 for none.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="The address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="The port to listen on.")
    workers: int = Field(default=1, ge=1, le=256, description="Processes that serve.")
    shutdown_timeout: int = Field(
        default=10,
        ge=1,
        le=3600,
        description="Seconds that requests in flight get when the server is to stop.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least grave of what is logged."
    )
    admin_token: str | None = Field(
        default=None, repr=False, description="A token that the first admin has from the start on."
    )
    login_hours: int = Field(
        default=12, ge=1, le=8760, description="Hours for which the token of a login is good."
    )
    failed_logins_per_hour: int = Field(
        default=10, ge=1, le=1_000_000, description="Wrong passwords that one address may try in an hour."
    )
    proxies: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Proxies in front that add to X-Forwarded-For: whom the first of them saw is the client.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)] = Field(
        default=(), description="Origins whose pages may call from a browser; * for all."
    )
    comment_edit_minutes: int = Field(
        default=15, ge=0, le=5_256_000, description="Minutes for which who wrote a comment may edit it."
    )
    guest_comments_per_address: int = Field(
        default=20,
        ge=1,
        le=1_000_000,
        description="Comments of guests at one address, in an hour, edits included.",
    )
    guest_comments_per_post: int = Field(
        default=200,
        ge=1,
        le=1_000_000,
        description="Comments of all guests under one post, in an hour, edits included.",
    )
    guest_links: int = Field(default=2, ge=0, le=20_000, description="Links in one comment of a guest.")


def is_traced() -> bool:
    """Whether the environment says anything of traces and metrics.

    https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    return any(name.startswith(("OTEL_", "FASTAPI_OTEL_")) for name in os.environ)


def read_settings(**given: object) -> Settings:
    """The settings, from what is given (None: it is not) and then from the environment.

    Misconfigured names each setting that has a value it cannot have, and never shows the value.
    """
    try:
        return Settings.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = (f"{PREFIX}{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors())
        raise Misconfigured("; ".join(faults)) from None
