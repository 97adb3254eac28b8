"""Parse YAML with libyaml, the basis of Jekyll's Psych and Zola's serde_yaml. Scalars are kept as text,
whatever a version of YAML makes of `yes`, `010` or `12:30`.
"""

import re
from collections.abc import Iterator

import yaml

from everpost.transfer.importers.markdown.front_matter.fields import FrontMatter, Unreadable

try:
    from yaml import CBaseLoader as _Loader
except ImportError:  # PyYAML without libyaml, which refuses a tab after a colon
    from yaml import BaseLoader as _Loader

_DEEPEST = 100
_MOST_MERGED = 10_000
"""The most keys that `<<` may copy: nested aliases can double them with each line."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_MERGE = "<<"
_TAB_AFTER_DASH = re.compile(r"^( *-)\t", re.MULTILINE)
"""Accepted by js-yaml."""


def read_yaml(text: str) -> FrontMatter:
    """Parse the first document. The last value of a repeated key is used, as in Psych. An alias is the same
    object, never a copy. Raises Unreadable.
    """
    try:
        return _Builder().read(text)
    except yaml.YAMLError as error:
        if (changed := _TAB_AFTER_DASH.sub(r"\1 ", text)) != text:
            return read_yaml(changed)
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
        raise Unreadable(f"not YAML: {reason}", 0 if mark is None else int(mark.line)) from error
    except UnicodeEncodeError as error:
        raise Unreadable("not YAML: an unpaired surrogate") from error


class _Map(dict[str, object]):
    """A map under construction, with the key whose value follows."""

    key: str | None = None


class _Builder:
    """Builds a value from the events of one document."""

    def __init__(self) -> None:
        self._anchors: dict[str, object] = {}
        self._open: list[_Map | list[object]] = []
        self._repeated: dict[str, None] = {}
        self._merged = 0
        self._root: object = None

    def read(self, text: str) -> FrontMatter:
        """Parse the first document. Raises yaml.YAMLError, Unreadable."""
        for event in _events(text):
            if isinstance(event, yaml.AliasEvent):
                self._add_alias(str(event.anchor), event.start_mark.line)
            elif isinstance(event, yaml.ScalarEvent):
                value = None if event.implicit[0] and event.value in _NULLS else str(event.value)
                self._add(value, event.anchor, is_merge=event.implicit[0] and event.value == _MERGE)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                if len(self._open) == _DEEPEST:
                    raise Unreadable("not YAML: it is nested too deeply", event.start_mark.line)
                opened: _Map | list[object] = _Map() if isinstance(event, yaml.MappingStartEvent) else []
                self._add(opened, event.anchor)
                self._open.append(opened)
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                self._close(event.start_mark.line)
            elif isinstance(event, yaml.DocumentEndEvent):
                break
        return FrontMatter(self._root, tuple(self._repeated))

    def _add_alias(self, anchor: str, line: int) -> None:
        if anchor not in self._anchors:
            raise Unreadable(f"not YAML: there is no anchor {anchor[:40]!r}", line)
        self._add(self._anchors[anchor], None)

    def _add(self, value: object, anchor: str | None, *, is_merge: bool = False) -> None:
        if anchor is not None:
            self._anchors[anchor] = value
        if not self._open:
            self._root = value
            return
        parent = self._open[-1]
        if isinstance(parent, list):
            parent.append(value)
        elif parent.key is None:
            parent.key = _MERGE if is_merge else _key(value)
        else:
            if parent.key in parent and parent.key != _MERGE:
                self._repeated[parent.key] = None
            parent[parent.key] = value
            parent.key = None

    def _close(self, line: int) -> None:
        closed = self._open.pop()
        if not isinstance(closed, _Map) or _MERGE not in closed:
            return
        merged = closed.pop(_MERGE)
        for each in merged if isinstance(merged, list) else [merged]:
            if isinstance(each, dict):
                self._merged += len(each)
                if self._merged > _MOST_MERGED:
                    raise Unreadable("not YAML: too much is merged", line)
                for key, value in list(each.items()):
                    closed.setdefault(key, value)


def _events(text: str) -> Iterator[yaml.Event]:
    yield from yaml.parse(text, Loader=_Loader)


def _key(value: object) -> str:
    """The key as text. YAML also allows lists and maps as keys, such as `{{ name }}`."""
    return value if isinstance(value, str) else "null" if value is None else "(not a text)"
