"""Security headers of pages."""

PUBLIC_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; img-src * data:; media-src *; style-src 'self'; form-action 'self';"
        " frame-ancestors 'none'; base-uri 'none'"
    ),
    # With `no-referrer`, which the API sends, browsers would send `Origin: null` with forms.
    "referrer-policy": "same-origin",
}
"""Pictures may come from other hosts, because posts contain them; nothing else may, and no script at all."""
