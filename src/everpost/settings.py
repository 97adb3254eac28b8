"""Settings: the only reader of the environment."""

import json
import os
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from everpost.errors import Misconfigured

PREFIX = "EVERPOST_"
_FILE, _ENVIRONMENT = "file:", "env:"
_LONGEST_SECRET = 10_000

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


def _secret(given: object) -> object:
    """A value, or for `file:PATH` what the file has, so that a secret need not be in the environment."""
    if not isinstance(given, str) or not given.startswith(_FILE):
        return given
    try:
        return _first_line(given.removeprefix(_FILE))
    except (OSError, ValueError) as error:
        raise PydanticCustomError("file", "names a file that cannot be read: {reason}", _why(error)) from None


def _first_line(path: str) -> str:
    """ValueError: there is none, or it is not UTF-8."""
    with Path(path).open(encoding="utf-8") as file:
        line = file.readline(_LONGEST_SECRET).strip()
    if not line:
        raise ValueError("its first line is empty")
    return line


def _why(error: OSError | ValueError) -> dict[str, str]:
    reason = error.strerror if isinstance(error, OSError) else None
    if isinstance(error, UnicodeDecodeError):
        reason = "it is not UTF-8"
    return {"reason": reason or str(error)}


class Settings(BaseSettings):
    """Every setting, each also an environment variable: `port` is `EVERPOST_PORT`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True, frozen=True)

    database_url: Annotated[str, BeforeValidator(_secret)] = Field(
        default="sqlite:///everpost.db",
        repr=False,
        description="Where the blog is kept. It may hold a password.",
    )
    database_timeout: float = Field(
        default=5.0, gt=0, le=300, description="Seconds that a request waits for the database, in total."
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=1000, description="Connections to the database that one worker keeps, at most."
    )
    sql_engine: Literal["drivers", "reference"] = Field(
        default="drivers", description="How a server runs statements on an SQL database."
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
    body_timeout: float = Field(
        default=20.0, gt=0, le=3600, description="Seconds in which a request body must arrive."
    )
    send_timeout: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        description="Seconds in which a client must read the next 64 KiB of a response.",
    )
    docs: bool = Field(default=True, description="Whether to serve /docs and /openapi.json.")
    shutdown_timeout: int = Field(
        default=10,
        ge=1,
        le=3600,
        description="Seconds that requests in flight get when the server is to stop.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least grave of what is logged."
    )
    admin_token: Annotated[str | None, BeforeValidator(_secret)] = Field(
        default=None, repr=False, description="A token that the first admin has from the start on."
    )
    login_hours: int = Field(
        default=12, ge=1, le=8760, description="Hours for which the token of a login is good."
    )
    failed_logins_per_hour: int = Field(
        default=10, ge=1, le=1_000_000, description="Wrong passwords that one address may try in an hour."
    )
    failed_logins_per_account: int = Field(
        default=100,
        ge=1,
        le=1_000_000,
        description="Wrong passwords per account and hour before unknown networks are delayed.",
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
        description="Guest comments per address and hour, edits included.",
    )
    guest_comments_per_post: int = Field(
        default=200,
        ge=1,
        le=1_000_000,
        description="Guest comments per post and hour, edits included.",
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


def read_database_url(argument: str) -> str:
    """The database URL that an argument of a command gives: itself, `env:NAME` for an environment variable,
    or `file:PATH` for the first line of a file. So no password needs to be in the command, where all users
    of the machine see it. Misconfigured: there is none.
    """
    if argument.startswith(_ENVIRONMENT):
        name = argument.removeprefix(_ENVIRONMENT)
        if not os.environ.get(name):
            raise Misconfigured(f"{argument}: the environment variable is not set")
        return os.environ[name]
    if argument.startswith(_FILE):
        try:
            return _first_line(argument.removeprefix(_FILE))
        except (OSError, ValueError) as error:
            raise Misconfigured(f"{argument}: cannot be read: {_why(error)['reason']}") from None
    return argument
