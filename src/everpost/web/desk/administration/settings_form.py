"""The form of the settings: what was typed, what was changed, and what someone else has changed meanwhile."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter, ValidationError

from everpost.api.http.etags import revision_text
from everpost.api.schemas.blog import BlogRead, read_blog
from everpost.domain.blog import SETTINGS, Blog
from everpost.web.desk.administration.navigation_rows import Rows
from everpost.web.desk.desk import Desk
from everpost.web.forms.errors import WHOLE
from everpost.web.languages import message

_BASE: TypeAdapter[BlogRead] = TypeAdapter(BlogRead)
_FIELDS = tuple(name for name in SETTINGS if name != "navigation")
_IDENTIFIERS = frozenset({"language", "time_zone", "base_url", "permalink", "posts_per_page"})
"""Fields whose leading and trailing spaces are dropped."""
_MAX_DIGITS = 9
_CHANGED = message(
    "Someone else has saved the settings since you opened this page. Your changes are still here, and nothing"
    " has been saved. Check them, then save again."
)
_THEIRS = message("Someone else has changed this to: %(value)s")
_EMPTIED = message("Someone else has cleared this.")


@dataclass(frozen=True, slots=True)
class SettingsForm:
    """The form as it is shown, or as it was sent."""

    typed: Mapping[str, str]
    """The texts by the name of the setting, except the navigation."""
    rows: Rows
    revision: str
    """The revision of the settings that the form was made from."""
    base: Mapping[str, object]
    """The settings at that revision. If they were not sent, everything counts as changed."""
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, blog: Blog) -> "SettingsForm":
        """The form with the settings as they are."""
        base = read_blog(blog, with_policy=True)
        return cls(
            typed={name: _text(value) for name, value in base.items() if name in _FIELDS},
            rows=Rows(base["navigation"]),
            revision=revision_text(blog.revision),
            base=dict(base),
        )

    @classmethod
    def sent(cls, fields: Mapping[str, str]) -> "SettingsForm":
        """The form that a browser sent."""
        typed = {name: fields.get(name, "").replace("\r\n", "\n") for name in _FIELDS}
        for name in _IDENTIFIERS:
            typed[name] = typed[name].strip()
        base: Mapping[str, object]
        try:
            base = dict(_BASE.validate_json(fields.get("base", "")))
        except ValidationError:
            base = {}
        return cls(typed, Rows.sent(fields), fields.get("revision", ""), base)

    @property
    def base_json(self) -> str:
        """The settings that the form was made from, for a hidden field."""
        return json.dumps(self.base)

    def changes(self) -> Mapping[str, object]:
        """The body of `PATCH /settings`: the settings that were changed in the form."""
        base = self.base or {}
        return {
            name: value for name, value in self.wanted().items() if name not in base or base[name] != value
        }

    def merged_with(self, blog: Blog, desk: Desk) -> "SettingsForm":
        """The form with the settings as they are now, after someone else has changed them, and with the
        changes in this one. Where both changed a setting, the other's value is shown beside it.
        """
        now, mine = SettingsForm.of(blog), self.changes()
        wanted, theirs = self.wanted(), now.wanted()
        errors = {WHOLE: desk.text(_CHANGED)}
        for name in mine:
            if theirs[name] != wanted[name] and self._differs(name, theirs[name]):
                value = _text(theirs[name])
                errors[name] = desk.text(_THEIRS, value=value) if value else desk.text(_EMPTIED)
        return replace(
            now,
            typed={name: (self if name in mine else now).typed[name] for name in _FIELDS},
            rows=self.rows if "navigation" in mine else now.rows,
            errors=errors,
        )

    def _differs(self, name: str, value: object) -> bool:
        """Whether this is not the value that the form was made from."""
        return name not in self.base or self.base[name] != value

    def wanted(self) -> Mapping[str, object]:
        """All values of the form, as the API takes them."""
        count = self.typed["posts_per_page"]
        is_number = count.isascii() and count.isdecimal() and len(count) <= _MAX_DIGITS
        return {
            **self.typed,
            "base_url": self.typed["base_url"] or None,
            "posts_per_page": int(count) if is_number else count,
            "navigation": self.rows.links(),
        }


def _text(value: object) -> str:
    """A setting as text."""
    if isinstance(value, list):
        return ", ".join(f"{link['label']} ({link['url']})" for link in value)
    return "" if value is None else str(value)
