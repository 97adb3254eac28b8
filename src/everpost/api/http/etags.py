"""ETags, and the preconditions that name them (RFC 9110, sections 8.8.3 and 13.1).

https://www.rfc-editor.org/rfc/rfc9110#section-13.1
"""

import re
from hashlib import blake2b

from everpost.domain.revisions import MAX_STAMP, ExpectedRevisions, Revision

MAX_TAGS = 100
"""ETags of one header that are considered; the rest is ignored."""

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_REVISION = re.compile(r"([1-9][0-9]{0,17})-([1-9a-f][0-9a-f]{0,15})")
_ETAG_CONTENT = re.compile(rf"({_REVISION.pattern})-[0-9a-f]{{16}}")


def resource_etag(revision: Revision, body: bytes) -> str:
    """The strong ETag of a resource: its revision, and a hash of its representation. The hash covers what
    the revision does not, such as authors' names and the fields that only some clients see.
    """
    return f'"{revision_text(revision)}-{blake2b(body, digest_size=8).hexdigest()}"'


def revision_text(revision: Revision) -> str:
    """The revision as clients see it: the beginning of the ETag."""
    return f"{revision.version}-{revision.stamp:x}"


def body_etag(body: bytes) -> str:
    """The strong ETag of a list: a hash of its body, or of the ETags of its items."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def expected_revisions(if_match: str | None) -> ExpectedRevisions:
    """The revisions that an If-Match header names; None: any revision matches. Weak ETags, and those of
    other servers, match nothing. The representation is not compared, so renaming an author does not
    invalidate If-Match.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    strong = [tag for weak, tag in _TAG.findall(if_match)[:MAX_TAGS] if not weak]
    return frozenset(revision for tag in strong if (revision := _parse(tag)) is not None)


def parse_expected_revision(text: str) -> ExpectedRevisions:
    """The revision that a `revision` field or an ETag names; an empty set: the text is neither."""
    tag = text.strip('"')
    revision = _parse_revision(tag) or _parse(tag)
    return frozenset() if revision is None else frozenset({revision})


def is_match(tag: str, if_none_match: str | None) -> bool:
    """Whether this If-None-Match header matches the ETag (weak comparison)."""
    if if_none_match is None:
        return False
    if if_none_match.strip() in {tag, "*"}:
        return True
    return tag in (f'"{known}"' for _, known in _TAG.findall(if_none_match))


def _parse(tag: str) -> Revision | None:
    found = _ETAG_CONTENT.fullmatch(tag)
    return None if found is None else _parse_revision(found[1])


def _parse_revision(text: str) -> Revision | None:
    found = _REVISION.fullmatch(text)
    if found is None:
        return None
    revision = Revision(int(found[1]), int(found[2], 16))
    return revision if revision.stamp <= MAX_STAMP else None
