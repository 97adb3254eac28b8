"""TLS to a database that is on another machine."""

import ssl

import pytest

from everpost.errors import Misconfigured
from everpost.stores import open_store, transport_warning

CA = ssl.get_default_verify_paths().openssl_cafile

NOT_VERIFIED = [
    "postgresql://u:secret@db.example/d",
    "postgresql://u:secret@db.example:5432/d?sslmode=disable",
    "postgresql://u:secret@db.example/d?sslmode=prefer",
    "postgresql://u:secret@db.example/d?sslmode=require",
    "postgresql://u:secret@db.example/d?sslmode=verify-ca",
    "postgresql://u:secret@/d?host=db.example&sslmode=require",
    "postgresql://u:secret@localhost,db.example/d",
    "postgresql://u:secret@192.0.2.1/d",
    "postgresql://u:secret@[2001:db8::1]:5432/d",
    "mysql://u:secret@db.example/d",
    "mysql://u:secret@db.example/d?ssl-mode=PREFERRED",
    "mysql://u:secret@db.example/d?ssl-mode=DISABLED",
    "mysql://u:secret@db.example/d?ssl-mode=REQUIRED",
    "mysql://u:secret@db.example/d?ssl-mode=VERIFY_CA",
    "mysql://u:secret@localhost.example/d",
    "mongodb://u:secret@db.example/d",
    "mongodb://u:secret@localhost,db.example:27018/d",
    "mongodb://u:secret@db.example/d?tls=false",
    "mongodb://u:secret@db.example/d?tls=true&tlsInsecure=true",
    "mongodb://u:secret@db.example/d?tls=true&tlsAllowInvalidCertificates=true",
    "mongodb://u:secret@db.example/d?tls=true&tlsAllowInvalidHostnames=true",
    "mongodb+srv://u:secret@db.example/d?tls=false",
]
NOTHING_TO_SAY = [
    "sqlite:///blog.db",
    "postgresql://u:secret@localhost/d",
    "postgresql://u:secret@127.0.0.2:5432/d",
    "postgresql://u:secret@[::1]:5432/d",
    "postgresql:///d",
    "postgresql:///d?host=/run/postgresql",
    "postgresql:///d?host=::1",
    "postgresql://u:secret@db.example/d?sslmode=verify-full",
    "postgresql://u:secret@db.example/d?sslmode=verify-ca&sslrootcert=ca.pem",
    "mysql://u:secret@localhost:3306/d",
    "mysql://u:secret@[::ffff:127.0.0.1]/d",
    "mysql://u:secret@db.example/d?unix_socket=/run/mysqld.sock",
    "mysql://u:secret@db.example/d?ssl-mode=VERIFY_IDENTITY",
    f"mysql://u:secret@db.example/d?ssl-mode=VERIFY_CA&ssl-ca={CA}",
    f"mysql://u:secret@db.example/d?ssl-ca={CA}",
    "mongodb://u:secret@localhost:27017,127.0.0.1:27018/d",
    "mongodb://%2Ftmp%2Fmongodb-27017.sock/d",
    "mongodb://[::1]/d",
    "mongodb://u:secret@db.example/d?tls=true",
    "mongodb://u:secret@db.example/d?ssl=true",
    f"mongodb://u:secret@db.example/d?tls=true&tlsAllowInvalidHostnames=true&tlsCAFile={CA}",
    "mongodb+srv://u:secret@db.example/d",
]


@pytest.mark.parametrize("url", NOT_VERIFIED)
def test_a_database_elsewhere_that_does_not_prove_itself_is_worth_a_line(url: str) -> None:
    warning = transport_warning(url)
    assert warning is not None
    assert "is not verified" in warning
    assert "\n" not in warning
    assert "secret" not in warning


@pytest.mark.parametrize("url", NOTHING_TO_SAY)
def test_a_database_on_this_machine_or_one_that_proves_itself_is_not(url: str) -> None:
    assert transport_warning(url) is None


@pytest.mark.parametrize("options", ["authMechanism=PLAIN", "authmechanism=PLAIN&tls=false"])
async def test_mongodb_is_not_told_the_password_without_tls(options: str) -> None:
    with pytest.raises(Misconfigured, match="add tls=true") as refused:
        await open_store(f"mongodb://u:secret@127.0.0.1:1/d?{options}", timeout=1, pool_size=1)
    assert "secret" not in refused.value.message
