"""The AsyncAPI document says what the models say, and is one by the official schema."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tarfile
from typing import Any

import pytest
from jsonschema import Draft7Validator

from schemas.asyncapi import PAGE, document
from schemas.events import EVENT_MODELS
from schemas.topics import TOPICS

_SPECS = "@asyncapi/specs@6.11.1"
_OFFICIAL = "package/schemas/3.0.0.json"
_CACHE = PAGE.parents[1] / "build" / "asyncapi"


def official() -> dict[str, Any]:
    """Return the official JSON Schema of AsyncAPI 3.0.0, out of the package that carries it."""
    npm = shutil.which("npm")
    kept = _CACHE / "3.0.0.json"
    if not kept.exists():
        if npm is None:
            pytest.skip("npm is not there to bring the official schema")
        _CACHE.mkdir(parents=True, exist_ok=True)
        packing = [npm, "pack", _SPECS, "--silent", "--pack-destination", str(_CACHE)]
        done = subprocess.run(packing, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            pytest.skip(f"the official schema cannot be brought: {done.stderr[-300:]}")
        with tarfile.open(_CACHE / done.stdout.split()[-1]) as package:
            found = package.extractfile(_OFFICIAL)
            assert found is not None
            partial = kept.with_name(f"{os.getpid()}.json")
            partial.write_bytes(found.read())
            partial.replace(kept)
    return dict(json.loads(kept.read_bytes()))


def test_it_is_valid_by_the_official_schema() -> None:
    """Every member is one that AsyncAPI 3 knows; a wrong one is found."""
    validator = Draft7Validator(official())
    assert [error.message for error in validator.iter_errors(document())] == []
    broken = document()
    broken["channels"]["kpiChanges"]["adress"] = "kpi-changes"
    assert list(validator.iter_errors(broken))


def test_every_topic_and_event_is_in_it() -> None:
    """Nothing that is on a topic is forgotten."""
    found = document()
    assert {channel["address"] for channel in found["channels"].values()} >= TOPICS.keys()
    assert found["components"]["messages"].keys() >= EVENT_MODELS.keys()


def test_every_reference_leads_somewhere() -> None:
    """A $ref names something in the document."""
    found = document()

    def references(node: Any) -> list[str]:
        if isinstance(node, list):
            return [ref for item in node for ref in references(item)]
        if not isinstance(node, dict):
            return []
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [ref for value in node.values() for ref in references(value)]

    for reference in references(found):
        at: Any = found
        for part in reference.removeprefix("#/").split("/"):
            at = at[part]
        assert at
