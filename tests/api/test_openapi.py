"""The OpenAPI document reads well, in Swagger UI and as a generated client."""

from typing import Any

import jsonschema_rs
import pytest

from everpost.app import create_api
from everpost.settings import Settings

DOCUMENT: dict[str, Any] = create_api(Settings(database_url="sqlite:///unused.db")).openapi()
OPERATIONS = [operation for path in DOCUMENT["paths"].values() for operation in path.values()]
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]
WITH_EXAMPLES = {name: schema["examples"] for name, schema in SCHEMAS.items() if "examples" in schema}


def test_every_operation_is_in_one_described_group() -> None:
    described = {tag["name"] for tag in DOCUMENT["tags"] if tag["description"]}
    assert {len(operation["tags"]) for operation in OPERATIONS} == {1}
    assert {operation["tags"][0] for operation in OPERATIONS} == described


def test_every_operation_has_an_id_of_its_own_and_a_summary_of_one_line() -> None:
    assert len({operation["operationId"] for operation in OPERATIONS}) == len(OPERATIONS)
    for operation in OPERATIONS:
        assert operation["summary"][0].isupper()
        assert not operation["summary"].endswith(".")


def test_every_successful_response_says_what_it_contains() -> None:
    described = [
        answer["description"]
        for operation in OPERATIONS
        for status, answer in operation["responses"].items()
        if status < "300"
    ]
    assert all(description.endswith(".") for description in described)
    assert "Successful Response" not in described  # FastAPI's default


def test_every_body_has_an_example() -> None:
    bodies = {name for name in SCHEMAS if name.endswith(("Create", "Update", "Form"))}
    assert bodies <= set(WITH_EXAMPLES)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_every_example_conforms_to_its_schema(name: str) -> None:
    schema = {**SCHEMAS[name], "components": DOCUMENT["components"]}
    for example in WITH_EXAMPLES[name]:
        jsonschema_rs.validate(schema, example)


def test_a_token_is_sent_as_a_bearer_token_or_got_by_logging_in() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]
    assert (schemes["bearer"]["type"], schemes["bearer"]["scheme"]) == ("http", "bearer")
    paths = DOCUMENT["paths"]
    tokens: list[dict[str, list[str]]] = [{"bearer": []}, {"login": []}]
    assert paths["/users"]["get"]["security"] == tokens
    assert paths["/posts"]["get"]["security"] == [*tokens, {}]
    assert "security" not in paths["/login"]["post"]
