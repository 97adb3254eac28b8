"""Settings: the only reader of the environment."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, DirectoryPath, Field, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from everpost.errors import Misconfigured

PREFIX = "EVERPOST_"
_TEST_PREFIX = "EVERPOST_TEST_"
_FILE, _ENVIRONMENT = "file:", "env:"
_LONGEST_SECRET = 10_000

DEFAULT_EMBED_HOSTS = (
    "codepen.io",
    "open.spotify.com",
    "player.vimeo.com",
    "w.soundcloud.com",
    "www.openstreetmap.org",
    "www.youtube-nocookie.com",
    "www.youtube.com",
)
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_SERVICE_LINK = re.compile(r"(tcp|udp|sctp)://.*")
_SERVICE_LINK_NAME = re.compile(
    r"EVERPOST_(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP|SCTP)_(PROTO|PORT|ADDR))"
)
"""https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables"""
_ORIGIN = re.compile(r"\*|[a-z][a-z0-9+.-]*://[^\s/?#@\\]+")


def _origins(given: object) -> object:
    """Parse a comma-separated list or a JSON array of origins."""
    origins = _listed(given)
    if origins is None:
        raise PydanticCustomError("origins", "should be a comma-separated list of origins, or a JSON array")
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise PydanticCustomError(
            "origins", "each origin should look like https://blog.example, without a path"
        )
    return origins


def _listed(given: object) -> tuple[str, ...] | None:
    """The items of a comma-separated list or a JSON array, in lower case; None if it is neither."""
    items = given
    if isinstance(given, str):
        try:
            items = json.loads(given) if given.lstrip().startswith("[") else given.split(",")
        except ValueError:
            return None
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        return None
    return tuple(item.strip().lower() for item in items if item.strip())


def _hosts(given: object) -> object:
    """Parse a comma-separated list or a JSON array of host names."""
    hosts = _listed(given)
    if hosts is None:
        raise PydanticCustomError("hosts", "should be a comma-separated list of hosts, or a JSON array")
    if not all(_HOST.fullmatch(host) for host in hosts):
        raise PydanticCustomError("hosts", "each host should look like www.player.example")
    return hosts


def _port(given: object) -> object:
    """Return the value, but refuse the one that Kubernetes sets for a Service named `everpost`."""
    if isinstance(given, str) and _SERVICE_LINK.fullmatch(given):
        raise PydanticCustomError(
            "service_link",
            "Kubernetes has set this to the address of a Service named everpost. In the specification of the"
            " pod, set enableServiceLinks to false, or set this variable to a port; or rename the Service",
        )
    return given


def _secret(given: object) -> object:
    """The value or, for `file:PATH`, the first line of the file, which keeps it out of the environment."""
    if not isinstance(given, str) or not given.startswith(_FILE):
        return given
    try:
        return _first_line(given.removeprefix(_FILE))
    except (OSError, ValueError) as error:
        raise PydanticCustomError("file", "names a file that cannot be read: {reason}", _why(error)) from None


def _first_line(path: str) -> str:
    """The first line of a file. Raises ValueError if it is empty or not UTF-8."""
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
    """All settings. Each can be set by an environment variable: `port` by `EVERPOST_PORT`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, hide_input_in_errors=True, frozen=True)

    database_url: Annotated[str, BeforeValidator(_secret)] = Field(
        default="sqlite:///everpost.db",
        repr=False,
        description="The database of the blog. The URL may contain a password.",
    )
    database_timeout: float = Field(
        default=5.0,
        gt=0,
        le=300,
        description="Time limit, in seconds, for all database access of one request.",
    )
    database_pool_size: int = Field(
        default=10, ge=1, le=1000, description="Maximum number of database connections per worker."
    )
    sql_engine: Literal["drivers", "reference"] = Field(
        default="drivers",
        description="How SQL statements are run.",
    )
    cache_megabytes: int = Field(
        default=16,
        ge=0,
        le=100_000,
        description="Memory per worker, in megabytes, for each of three caches: of API responses, of rendered"
        " HTML and of pages; 0 disables the caches.",
    )
    host: str = Field(default="127.0.0.1", min_length=1, description="Address to listen on.")
    port: Annotated[int, BeforeValidator(_port)] = Field(
        default=8000, ge=1, le=65535, description="Port to listen on."
    )
    workers: int = Field(default=1, ge=1, le=256, description="Number of worker processes.")
    body_timeout: float = Field(
        default=20.0, gt=0, le=3600, description="Time limit, in seconds, for receiving a request body."
    )
    send_timeout: float = Field(
        default=30.0,
        gt=0,
        le=3600,
        description="Time limit, in seconds, for a client to read the next 64 KiB of a response.",
    )
    api_only: bool = Field(
        default=False, description="Whether to serve only the HTTP API, with its paths at the root."
    )
    docs: bool = Field(default=True, description="Whether to serve the API's /docs and /openapi.json.")
    shutdown_timeout: int = Field(
        default=10,
        ge=1,
        le=3600,
        description="Grace period, in seconds, for requests in flight when the server stops.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Minimum log level."
    )
    admin_token: Annotated[str | None, BeforeValidator(_secret)] = Field(
        default=None, repr=False, description="A token for an admin, set from outside, as for containers."
    )
    login_hours: int = Field(default=12, ge=1, le=8760, description="Lifetime of a login's token, in hours.")
    session_days: int = Field(
        default=14,
        ge=1,
        le=365,
        description="Lifetime of a session at the desk, in days.",
    )
    failed_logins_per_hour: int = Field(
        default=10, ge=1, le=1_000_000, description="Failed logins allowed per address and hour."
    )
    failed_logins_per_account: int = Field(
        default=100,
        ge=1,
        le=1_000_000,
        description="Failed logins per account and hour before attempts from unknown networks are delayed.",
    )
    proxies: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Number of trusted reverse proxies that append to X-Forwarded-For.",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_origins)] = Field(
        default=(), description="Origins allowed to call the API from a browser; * allows all."
    )
    media_megabytes: int = Field(
        default=20, ge=1, le=200, description="Maximum size of an uploaded file, in megabytes."
    )
    media_megapixels: int = Field(
        default=50, ge=1, le=100, description="Maximum size of an uploaded picture, in megapixels."
    )
    unused_media_days: int = Field(
        default=30,
        ge=0,
        le=36_500,
        description="Days after which unused files are removed; 0: never.",
    )
    theme: Annotated[DirectoryPath | None, BeforeValidator(lambda given: given or None)] = Field(
        default=None, description="A folder with templates and files that replace the default ones."
    )
    media_url: str = Field(
        default="",
        description="The place for the bytes of media: a folder or S3-compatible storage.",
    )
    embed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_hosts)] = Field(
        default=DEFAULT_EMBED_HOSTS,
        description="Hosts from which posts may embed players and maps.",
    )
    comment_edit_minutes: int = Field(
        default=15,
        ge=0,
        le=5_256_000,
        description="Time during which writers may edit their comments, in minutes.",
    )
    guest_comments_per_address: int = Field(
        default=20,
        ge=1,
        le=1_000_000,
        description="Guest comments and edits allowed per address and hour.",
    )
    guest_comments_per_post: int = Field(
        default=200,
        ge=1,
        le=1_000_000,
        description="Guest comments and edits allowed per post and hour.",
    )
    trash_days: int = Field(
        default=30, ge=0, le=3650, description="Days to restore deleted posts and comments; 0: none."
    )
    guest_links: int = Field(
        default=2, ge=0, le=20_000, description="Maximum number of links in a guest's comment."
    )


def is_traced() -> bool:
    """Whether the environment configures OpenTelemetry.

    https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
    """
    return any(name.startswith(("OTEL_", "FASTAPI_OTEL_")) for name in os.environ)


def read_settings(**given: object) -> Settings:
    """The settings: the given ones that are not None, and the others from the environment.

    Raises Misconfigured, which names each invalid setting, but never shows its value.
    """
    try:
        return Settings.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = (f"{PREFIX}{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors())
        raise Misconfigured("; ".join(faults)) from None


def unknown_settings(arguments: Sequence[str]) -> Iterator[str]:
    """A warning for each variable that is named like a setting, but is not one: it may be misspelt. The test
    suite has variables of its own, an argument of the command may name one as `env:NAME`, and Kubernetes sets
    variables for Services named `everpost` or `everpost-…`.
    """
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name, value in sorted(os.environ.items()):
        upper = name.upper()
        is_ours = upper.startswith(PREFIX) and not upper.startswith(_TEST_PREFIX)
        if _SERVICE_LINK_NAME.fullmatch(upper) or _SERVICE_LINK.fullmatch(value):
            continue
        if is_ours and upper not in known and f"{_ENVIRONMENT}{name}" not in arguments:
            closest = get_close_matches(upper, known, n=1, cutoff=0.8)
            hint = f" Did you mean {closest[0]}?" if closest else ""
            yield f"{name} is not a setting of Everpost, and is ignored.{hint}"


def read_database_url(argument: str) -> str:
    """The database URL in a command-line argument: a URL, `env:NAME` for an environment variable, or
    `file:PATH` for the first line of a file. The latter two keep passwords off the command line, where all
    users of the machine can see them. Raises Misconfigured if the variable or file is missing or unreadable.
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
