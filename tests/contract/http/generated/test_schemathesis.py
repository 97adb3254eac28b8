"""schemathesis reads the application's OpenAPI document and checks every response against it, on every store.

All its phases run, with all its checks: examples, the limits of each schema, random valid and invalid
requests, and sequences along the document's links.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import Status, events, from_schema
from schemathesis.openapi.checks import JsonSchemaError, RejectedPositiveData
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.schemas import BaseSchema

from everpost.app import create_api
from everpost.domain.people.tokens import new_secret
from everpost.services.accounts.passwords import TOO_WEAK
from everpost.settings import Settings

PHASES = {"examples", "coverage", "fuzzing", "stateful"}

ADMIN_TOKEN = new_secret()

SETTINGS = {
    "seed": 1,
    "headers": {"Authorization": f"Bearer {ADMIN_TOKEN}"},
    "continue-on-failure": True,
    "generation": {"max-examples": 2, "deterministic": True, "database": "none"},
}

UNREADABLE = (
    *(f"has {some} characters" for some in ("control", "invisible", "unassigned", "private")),
    *("has line breaks", "begins with a combining mark", "has no visible characters", "is empty"),
    "is too similar to the name of a user of this blog",
)
BEYOND_JSON_SCHEMA = {
    ("query", "after", "should be a cursor from a Link header"),
    ("query", "skip", "cannot be combined with after"),
    ("query", "sort", "cannot be combined with updated_after"),
    *(("query", name, "cannot be combined with updated_after") for name in ("skip", "count")),
    *(("query", name, "cannot be combined with title") for name in ("skip", "count")),
    ("query", "parent", "requires view=tree"),
    ("body", "author_id", "should be the id of a user"),
    ("body", "expires_at", "should be in the future"),
    ("body", "name", "is for guests only: omit it, because your comment has the name of your account"),
    ("body", "current_password", "is required to change the password"),
    ("body", "current_password", "is required to change the email"),
    ("body", "password", TOO_WEAK),
    ("body", "current_password", "is wrong"),
    ("body", "email", "is not an email address"),
    ("body", "email", "has invisible or control characters"),
    *(("body", "name", reason) for reason in UNREADABLE),
    ("query", "posts", "should be the id of another user"),
    *(("body", field, "was not accepted") for field in ("credential", "passkey.credential")),
    *(("body", "passkey.name", reason) for reason in UNREADABLE),
    ("body", "password", "is required, unless there is a passkey"),
    ("body", "slug", "should contain a letter or a digit"),
    ("body", "tags", "should not contain an empty tag"),
    ("body", "tags", "should not contain a tag that is only '.' or '..'"),
    ("body", "parent_id", "should be the id of an approved comment on this post"),
    *(("body", field, "cannot be stored: NUL character") for field in ("content", "website", "password")),
}
"""Rules that JSON Schema cannot express: breaking one is refused, whatever the document allows."""
SYNTAXES = re.compile(r"base_url|cover|language|paths?|permalink|time_zone|navigation\.\d+\.(label|url)")
"""Fields whose syntax JSON Schema cannot express."""


def filter_failure(_context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:
    """Whether this is a failure. The check `positive_data_acceptance` reports every refusal of a request that
    is valid by the document, including refusals because of the rules above, and of a revision that is
    outdated (412) or missing (428). The document requires every field, whereas `fields` leaves some out.
    """
    if isinstance(failure, JsonSchemaError) and "fields" in (case.query or {}):
        return "is a required property" not in failure.message
    if not isinstance(failure, RejectedPositiveData):
        return True
    if response.status_code in {412, 428}:
        return False
    errors = response.json().get("errors", [])
    reasons = {
        (error["in"], error["field"], error["detail"])
        for error in errors
        if not SYNTAXES.fullmatch(error["field"])
    }
    return not errors or not reasons <= BEYOND_JSON_SCHEMA


def leave_out_the_patterns_of_long_texts(document: dict[str, Any]) -> None:
    """schemathesis compiles them again for each length, which takes 20 seconds for a million characters, and
    a third of its time for texts of a thousand characters or more.
    """
    for model in document["components"]["schemas"].values():
        for field in model.get("properties", {}).values():
            for each in (field, *field.get("anyOf", ())):
                if each.get("maxLength", 0) >= 1000:
                    each.pop("pattern", None)


@pytest.fixture
def schema(blog_url: str) -> Iterator[BaseSchema]:
    """The document of an application on an empty blog; schemathesis runs both in its own thread."""
    app = create_api(Settings(database_url=blog_url, admin_token=ADMIN_TOKEN))
    document = deepcopy(app.openapi())
    leave_out_the_patterns_of_long_texts(document)
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(SETTINGS))
    schema.app = app
    schema.hook(filter_failure)
    yield schema
    shutdown_lifespans()


def failures(scenario: events.ScenarioFinished) -> Iterator[str]:
    for checks in scenario.recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                failure, request = check.failure_info.failure, check.failure_info.code_sample
                yield f"{failure.operation}: {failure.title}\n{failure.message}\n{request}"


@pytest.mark.long_but_on("sqlite", "mongodb")  # `test_differential.py` compares responses on all databases
def test_every_response_conforms_to_the_document(schema: BaseSchema) -> None:
    finished: dict[str, Status] = {}
    found: list[str] = []
    for event in from_schema(schema).execute():
        match event:
            case events.PhaseFinished():
                finished[event.phase.name.value] = event.status
            case events.ScenarioFinished():
                found += failures(event)
            case events.NonFatalError():
                found.append(f"{event.label}: {event.info.title} {event.info.message}")
            case events.FatalError():
                raise event.exception
    assert not found, "\n\n".join(dict.fromkeys(found))
    assert {name for name, status in finished.items() if status is Status.SUCCESS} >= PHASES
