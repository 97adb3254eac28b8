"""Every option of PyMongo is passed on, checked or overridden; none causes a traceback."""

from collections.abc import Mapping
from typing import Any

import pytest
from pymongo import common

from everpost.errors import Misconfigured
from everpost.stores import open_schema
from everpost.stores.mongo.engine.connection import connect, database_of
from everpost.stores.mongo.engine.urls import RULES, UNBOUNDED

HOST = "mongodb://someone:5ecret@127.0.0.1:1/blog"

CHECKED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "w": (("majority",), ("0", "1", "2", "5", "east")),
    "journal": (("true",), ("false",)),
    "fsync": ((), ("true", "false")),
    "readPreference": (
        ("primary",),
        ("primaryPreferred", "secondary", "secondaryPreferred", "nearest"),
    ),
    "readPreferenceTags": ((), ("dc:east", "")),
    "maxStalenessSeconds": (("-1",), ("90", "1000")),
    "readConcernLevel": (("majority", "linearizable"), ("local", "available", "snapshot", "none")),
    "maxPoolSize": (("1", "100"), ("0",)),
    "timeoutMS": (("1", "60000"), ("0",)),
}
"""Allowed and refused values of each option that could break a guarantee."""

PASSED_ON = {
    "appName": "blog",
    "authMechanism": "SCRAM-SHA-256",
    "authMechanismProperties": "CANONICALIZE_HOST_NAME:true",
    "authSource": "admin",
    "compressors": "zlib",
    "connect": "false",
    "connectTimeoutMS": "500",
    "directConnection": "true",
    "enableOverloadRetargeting": "true",
    "heartbeatFrequencyMS": "500",
    "loadBalanced": "true",
    "localThresholdMS": "5",
    "maxAdaptiveRetries": "1",
    "maxConnecting": "3",
    "maxIdleTimeMS": "500",
    "minPoolSize": "2",
    "replicaSet": "rs0",
    "retryReads": "false",
    "retryWrites": "false",
    "serverMonitoringMode": "poll",
    "serverSelectionTimeoutMS": "500",
    "socketTimeoutMS": "500",
    "ssl": "true",
    "tls": "true",
    "tlsAllowInvalidCertificates": "true",
    "tlsAllowInvalidHostnames": "true",
    "tlsDisableOCSPEndpointCheck": "true",
    "tlsInsecure": "true",
    "waitQueueMultiple": "3",
    "waitQueueTimeoutMS": "500",
    "wtimeoutMS": "5000",
    "zlibCompressionLevel": "3",
}
"""Options that cannot break a guarantee, each with a value."""

WITH_OTHERS = {
    "tlsCAFile": "a file",
    "tlsCertificateKeyFile": "a file",
    "tlsCertificateKeyFilePassword": "goes with a key file",
    "tlsCRLFile": "a file",
    "srvMaxHosts": "only with mongodb+srv",
    "srvServiceName": "only with mongodb+srv",
    "srvAllowedHostsSuffix": "only with mongodb+srv",
}
"""Options that are also passed on, and only have an effect together with others."""

OVERRIDDEN = {
    "datetime_conversion": "DATETIME_MS",
    "tz_aware": "false",
    "unicode_decode_error_handler": "ignore",
    "uuidRepresentation": "standard",
}
"""Options for decoding documents, which are accepted but have no effect."""

FOR_PROGRAMS = {
    *("auto_encryption_opts", "authoidcallowedhosts", "document_class", "driver", "event_listeners"),
    *("password", "read_preference", "server_api", "server_selector", "srv_host_validator"),
    *("type_registry", "tzinfo", "username", "max_adaptive_retries", "enable_overload_retargeting"),
}
"""Arguments of PyMongo's client that cannot be given in a URL."""


def refusal_of(options: str) -> str:
    with pytest.raises(Misconfigured) as refusal:
        open_schema(f"{HOST}?{options}", timeout=1)
    message = refusal.value.message
    assert "\n" not in message
    assert "5ecret" not in message
    return message


async def settings_of(options: str) -> Mapping[str, Any]:
    """The read and write settings of a client for this URL."""
    url = f"{HOST}?{options}"
    client = connect(url, timeout=1, pool_size=3, whole_calls=True)
    database = database_of(client)
    await client.close()
    return {
        "read preference": database.read_preference.mongos_mode,
        "read concern": database.read_concern.level,
        "write concern": database.write_concern.document,
        "of transactions": (client.read_concern.level, client.write_concern.document),
        "codec": database.codec_options,
        "pool": client.options.pool_options.max_pool_size,
    }


def test_every_option_of_pymongo_is_in_one_of_these_tables() -> None:
    """A new option must be reviewed: can it break a guarantee?"""
    tables = (CHECKED, PASSED_ON, WITH_OTHERS, OVERRIDDEN, FOR_PROGRAMS)
    known = sorted(name.lower() for table in tables for name in table)
    assert known == sorted(common.VALIDATORS)
    assert {*RULES, *UNBOUNDED} == set(CHECKED)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in CHECKED for value in CHECKED[name][1]])
def test_a_value_that_would_break_a_promise_is_refused_with_the_reason(name: str, value: str) -> None:
    for spelling in (name, name.lower(), name.upper()):
        message = refusal_of(f"{spelling}={value}")
        assert name in message
        assert (UNBOUNDED.get(name) or RULES[name].reason) in message


@pytest.mark.parametrize(
    "options",
    [
        *(f"{name}={value}" for name in CHECKED for value in CHECKED[name][0]),
        *(f"{name}={value}" for name, value in {**PASSED_ON, **OVERRIDDEN}.items()),
        "",
    ],
)
async def test_no_url_option_weakens_reads_and_writes(options: str) -> None:
    settings, plain = await settings_of(options), await settings_of("")
    for name in ("read preference", "read concern", "write concern", "of transactions", "codec"):
        if options != "wtimeoutMS=5000":
            assert settings[name] == plain[name], name
    assert settings["pool"] > 0


async def test_by_default_the_majority_decides() -> None:
    settings = await settings_of("")
    majority = {"w": "majority", "j": True}
    assert (settings["read preference"], settings["read concern"]) == ("primary", "majority")
    assert settings["of transactions"] == ("majority", majority)
    assert settings["write concern"] == majority
    assert (await settings_of("wtimeoutMS=5000"))["write concern"] == {**majority, "wtimeout": 5000}


@pytest.mark.parametrize(
    "options",
    [
        *(f"{name}=x" for name in sorted(FOR_PROGRAMS)),
        *("readPreferance=secondary", "w", "=1", "w=majority&w=1", "w=majority;w=1", "w=1&compressors=zlib"),
        *("tlsCAFile=/nowhere/ca.pem", "tlsCertificateKeyFile=/nowhere/key.pem", "tlsCRLFile=/nowhere/crl"),
        *("maxPoolSize=1&minPoolSize=2", "srvMaxHosts=3", "srvServiceName=x", "srvAllowedHostsSuffix=x"),
        *("authMechanism=NONE", "maxPoolSize=many", "tlsInsecure=true&tlsAllowInvalidCertificates=true"),
        *("loadBalanced=true&replicaSet=x", "loadBalanced=true&directConnection=true"),
        *("datetime_conversion=never", "uuidRepresentation=x", "unicode_decode_error_handler=x"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate URI option")
def test_an_unusable_option_is_refused_in_one_line(options: str) -> None:
    refusal_of(options)


@pytest.mark.parametrize(
    "option", ["readPreferance=secondary", "maxPoolSize=many", "tlsCAFile=/nowhere/ca.pem"]
)
def test_an_unusable_option_is_named(option: str) -> None:
    assert f"does not accept the option {option.partition('=')[0]}, " in refusal_of(option)


def test_a_password_that_looks_like_options_is_not_repeated() -> None:
    with pytest.raises(Misconfigured) as refused:
        open_schema("mongodb://u:pa?secret=w@db.example/blog", timeout=1)
    assert "secret" not in refused.value.message
