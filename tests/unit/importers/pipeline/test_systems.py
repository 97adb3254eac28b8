"""The names of systems, and the advice for those that Everpost cannot read."""

import re

import pytest

from everpost.errors import Misconfigured
from everpost.transfer.importers.migration_advice import ADVICE, ALIASES, advice_for
from everpost.transfer.importers.registry import SYSTEMS, system_named

_OF_ITSELF = frozenset({"everpost"})


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("medium", "--from ghost"),
        ("substack", "--from ghost"),
        ("wix", "--from ghost"),
        ("squarespace", "--from wordpress"),
        ("Tumblr", "--from wordpress"),
        ("movabletype", "--from wordpress"),
        ("Movable Type", "--from wordpress"),
        ("mt", "--from wordpress"),
        ("livejournal", "--from wordpress"),
        ("hashnode", "--from markdown"),
        ("dev.to", "--from markdown"),
        ("write.as", "--from markdown"),
        ("hugo", "--from markdown"),
        ("11ty", "--from markdown"),
        ("giscus", "--from disqus"),
        ("utterances", "--from disqus"),
        ("hyvor-talk", "--from disqus"),
        ("facebook", "--from disqus"),
        ("commentics", "--from disqus"),
        ("blogger-takeout", "--from blogger"),
        ("BLOGGER", "--from blogger"),
        ("comentario", "--from commento"),
        ("WordPress", "--from wordpress"),
        ("archive", "everpost import FILE"),
        ("geocities", "docs/importing.md"),
        ("", "docs/importing.md"),
    ],
)
def test_the_error_about_an_unsupported_system_gives_advice(name: str, way: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        system_named(name)
    assert way in refusal.value.message
    assert "\n" not in refusal.value.message


@pytest.mark.parametrize("name", [*ADVICE, *ALIASES])
def test_all_advice_leads_to_a_supported_system(name: str) -> None:
    assert name not in SYSTEMS
    named = re.findall(r"--from (\w+)", advice_for(name))
    assert set(named) <= SYSTEMS.keys()
    assert named or ALIASES.get(name, name) in _OF_ITSELF


def test_a_long_name_is_not_repeated() -> None:
    with pytest.raises(Misconfigured) as refusal:
        system_named("x" * 10_000)
    assert len(refusal.value.message) < 400
