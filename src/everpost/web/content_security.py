"""Security headers of pages."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

_POLICY = (
    "default-src 'none'; img-src *; media-src *; style-src 'self'; font-src 'self'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'"
)
"""Pictures, audio and video in posts may be on other hosts. Nothing else may be; no script runs."""


@lru_cache(8)
def headers_with(frame_hosts: Sequence[str]) -> Mapping[str, str]:
    """The headers of pages that may contain frames from these hosts."""
    frames = " ".join(f"https://{host}" for host in frame_hosts)
    return {
        "content-security-policy": f"{_POLICY}; frame-src {frames}" if frames else _POLICY,
        # With `no-referrer`, which the API sends, browsers would send `Origin: null` with forms.
        "referrer-policy": "same-origin",
    }


PUBLIC_HEADERS = headers_with(())
"""The headers of pages without posts."""
