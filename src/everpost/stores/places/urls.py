"""Media URLs: they say where the bytes of media are kept."""

from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from everpost.errors import Misconfigured

_FORMS = "file:///folder or s3://bucket/prefix?endpoint=…&region=…"
_OPTIONS = ("endpoint", "region")


@dataclass(frozen=True, slots=True)
class FolderUrl:
    """A folder of this machine; a relative path starts at the working directory."""

    path: str


@dataclass(frozen=True, slots=True)
class S3Url:
    """A bucket, and what all keys in it start with; empty, or ending with a slash."""

    bucket: str
    prefix: str
    endpoint: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"


def parse_url(url: str) -> FolderUrl | S3Url:
    """The place that a media URL names. Raises Misconfigured, without showing the URL, which may be a
    secret that was meant for another setting.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Misconfigured(f"This is not a media URL. It has the form {_FORMS}.") from None
    if parts.username is not None or parts.password is not None:
        raise Misconfigured(
            "A media URL contains no credentials. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead."
        )
    match parts.scheme:
        case "file":
            return _folder(parts)
        case "s3":
            return _bucket(parts)
    raise Misconfigured(f"This is not a media URL. It has the form {_FORMS}.")


def _folder(parts: SplitResult) -> FolderUrl:
    path = unquote(parts.path)
    if parts.netloc not in {"", "localhost"} or parts.query or parts.fragment or not path or "\0" in path:
        raise Misconfigured(
            "The media URL of a folder has the form file:///srv/blog/media or, relative to the working"
            " directory, file:media."
        )
    return FolderUrl(path)


def _bucket(parts: SplitResult) -> S3Url:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() - set(_OPTIONS))
    if unknown:
        raise Misconfigured(f"The media URL has an unknown option: {unknown[0]!r}. Known: endpoint, region.")
    if not parts.netloc or parts.fragment:
        raise Misconfigured("The media URL of a bucket has the form s3://bucket/prefix.")
    endpoint = options.get("endpoint") or None
    if endpoint is not None and not endpoint.startswith(("https://", "http://")):
        raise Misconfigured("The option `endpoint` of the media URL starts with https:// or http://.")
    prefix = unquote(parts.path).strip("/")
    return S3Url(parts.netloc, f"{prefix}/" if prefix else "", endpoint, options.get("region") or None)
