"""JSON schemas of documents and their fields, for MongoDB's validators.

https://www.mongodb.com/docs/manual/reference/operator/query/jsonSchema/
"""

from collections.abc import Mapping


def document(
    required: Mapping[str, object], optional: Mapping[str, object] | None = None
) -> dict[str, object]:
    """A document with these fields and no others."""
    return {
        "bsonType": "object",
        **({"required": list(required)} if required else {}),  # an empty list is an error
        "properties": {**required, **(optional or {})},
        "additionalProperties": False,
    }


def text(shortest: int, longest: int) -> dict[str, object]:
    """A string; the lengths are in code points."""
    return {"bsonType": "string", "minLength": shortest, "maxLength": longest}


def array(items: Mapping[str, object]) -> dict[str, object]:
    return {"bsonType": "array", "items": items}


def one_of(*values: str) -> dict[str, object]:
    return {"enum": list(values)}


ID: Mapping[str, object] = {"bsonType": "objectId"}
DATE: Mapping[str, object] = {"bsonType": "date"}
FLAG: Mapping[str, object] = {"bsonType": "bool"}
NUMBER: Mapping[str, object] = {"bsonType": ["int", "long"], "minimum": 1}
COUNT: Mapping[str, object] = {"bsonType": ["int", "long"], "minimum": 0}
