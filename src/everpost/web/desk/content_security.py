"""Headers of every response of the desk."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
DESK_HEADERS: dict[str, str] = {
    "cache-control": "no-store",
    "content-security-policy": _POLICY,
    # With `no-referrer`, which the API sends, browsers would send `Origin: null` with forms.
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex",
}
