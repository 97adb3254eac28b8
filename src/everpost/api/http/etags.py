"""Entity tags and the conditions that name them (RFC 9110, sections 8.8.3 and 13.1).

https://www.rfc-editor.org/rfc/rfc9110#section-13.1
"""

import re
from hashlib import blake2b

from everpost.domain.revisions import MAX_STAMP, ExpectedRevisions, Revision

MAX_TAGS = 100
"""How many tags of one header are looked at: nobody has seen more states of a thing."""

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_REVISION = re.compile(r"([1-9][0-9]{0,17})-([1-9a-f][0-9a-f]{0,15})")
_OURS = re.compile(rf"({_REVISION.pattern})-[0-9a-f]{{16}}")


def thing_tag(revision: Revision, body: bytes) -> str:
    """The strong tag of a thing in this state, as these bytes tell it: with the names of its authors,
    which change elsewhere, and with what of it is shown to whom.
    """
    return f'"{revision_text(revision)}-{blake2b(body, digest_size=8).hexdigest()}"'


def revision_text(revision: Revision) -> str:
    """The name of this state for clients: the beginning of the ETag."""
    return f"{revision.version}-{revision.stamp:x}"


def body_tag(body: bytes) -> str:
    """The strong tag of a list: it names the bytes, or the tags of all that is in it."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def wanted_revisions(if_match: str | None) -> ExpectedRevisions:
    """The states that an If-Match header names; None if any matches. Weak tags and foreign tags match
    nothing. Only the state is compared, not its representation: renaming an author does not invalidate
    If-Match.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    strong = [tag for weak, tag in _TAG.findall(if_match)[:MAX_TAGS] if not weak]
    return frozenset(revision for tag in strong if (revision := _parse(tag)) is not None)


def named_revision(text: str) -> ExpectedRevisions:
    """The state that a `revision` names, or an entity tag; no state where it is neither."""
    tag = text.strip('"')
    revision = _parse_revision(tag) or _parse(tag)
    return frozenset() if revision is None else frozenset({revision})


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Whether the client that sent this If-None-Match has what the tag names (weak comparison)."""
    if if_none_match is None:
        return False
    if if_none_match.strip() in {tag, "*"}:
        return True
    return tag in (f'"{known}"' for _, known in _TAG.findall(if_none_match))


def _parse(tag: str) -> Revision | None:
    found = _OURS.fullmatch(tag)
    return None if found is None else _parse_revision(found[1])


def _parse_revision(text: str) -> Revision | None:
    found = _REVISION.fullmatch(text)
    if found is None:
        return None
    revision = Revision(int(found[1]), int(found[2], 16))
    return revision if revision.stamp <= MAX_STAMP else None
