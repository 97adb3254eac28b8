"""Settings: the only reader of the environment."""

from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from everpost.errors import Misconfigured

PREFIX = "EVERPOST_"


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


def read_settings(**given: object) -> Settings:
    """The settings, from what is given (None: it is not) and then from the environment.

    Misconfigured names each setting that has a value it cannot have, and never shows the value.
    """
    try:
        return Settings.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        faults = (f"{PREFIX}{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors())
        raise Misconfigured("; ".join(faults)) from None
