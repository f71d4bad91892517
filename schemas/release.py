"""Release the event contract: JSON Schemas that are stored and never change again.

`python -m schemas.release [VERSION]` compares today's models with what was released and writes
what is new. A released file is never overwritten: an event that changed goes into the next
version, if the change is harmless; a breaking one is refused (decision 0008).

A release of an event type is two files: `<version>/<type>.json`, the schema of the whole
CloudEvent, and `<version>/examples/<type>.json`, the canonical records of that day.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from schemas.compatibility import diff
from schemas.envelope import Envelope, parse_event
from schemas.events import EVENT_MODELS
from schemas.events.base import EventData
from schemas.rejection import Rejection
from schemas.topics import TOPICS

HERE = Path(__file__).parent
COMMAND = "python -m schemas.release"
Models = Mapping[str, type[EventData]]
_LOG = TOPICS["crm-events"]


class Outcome(NamedTuple):
    """What a release did: paths written, why something was refused, what else to know."""

    written: tuple[Path, ...] = ()
    refused: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def event_schema(model: type[EventData]) -> dict[str, Any]:
    """Return the JSON Schema of a whole CloudEvent of this type, as it stands in the log."""
    data = model.model_json_schema()
    definitions = data.pop("$defs", {})
    envelope = Envelope.model_json_schema()
    envelope["properties"]["type"] = {"const": model.event_type, "type": "string"}
    envelope["properties"]["data"] = data
    envelope["required"].append("data")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **envelope}
    if definitions:
        schema["$defs"] = definitions
    stripped: dict[str, Any] = _without_prose(schema)
    return stripped


def released(root: Path) -> dict[str, dict[int, dict[str, Any]]]:
    """Read every released schema: event type -> version -> schema, oldest version first."""
    found: dict[str, dict[int, dict[str, Any]]] = {}
    folders = [folder for folder in root.iterdir() if folder.name.isdigit()]
    for folder in sorted(folders, key=lambda one: int(one.name)):
        for path in sorted(folder.glob("*.json")):
            found.setdefault(path.stem, {})[int(folder.name)] = json.loads(path.read_bytes())
    return found


def unreleased(models: Models, root: Path) -> tuple[str, ...]:
    """Say which models differ from what was released last, and the command that releases them."""
    stored = released(root)
    return tuple(
        f"{name} is not released as it stands; run: {COMMAND}"
        for name, model in models.items()
        if name not in stored or diff(stored[name][max(stored[name])], event_schema(model))
    )


def release(models: Models, root: Path, examples: Path, version: int | None = None) -> Outcome:
    """Write the schemas of this version that are not stored yet.

    Shape:  version None means the newest one there is, or 1.
    Laws:   writes all or, if anything is refused, nothing; a stored file is never changed.
    """
    root.mkdir(parents=True, exist_ok=True)
    stored = released(root)
    newest = max((number for one in stored.values() for number in one), default=1)
    target = version or newest
    if target not in (newest, newest + 1):
        return Outcome(refused=(f"version {target} is neither {newest} nor {newest + 1}",))
    refused = [f"{name} was released and has no model" for name in stored if name not in models]
    notes: list[str] = []
    files: dict[Path, bytes] = {}
    for name, model in models.items():
        schema = event_schema(model)
        history = stored.get(name, {})
        changes = diff(history[max(history)], schema) if history else ()
        if history and not changes:
            continue
        breaking = [change for change in changes if change.is_breaking]
        refused += [f"{name} {change.sentence(_LOG)}" for change in breaking]
        if target in history and not breaking:
            refused.append(f"{name} is released as {target}; run: {COMMAND} {target + 1}")
        notes += [f"{name} {change.sentence(_LOG)}" for change in changes]
        records, wrong = _canonical(examples / name)
        refused += wrong
        files[root / str(target) / f"{name}.json"] = _text(schema)
        files[root / str(target) / "examples" / f"{name}.json"] = _text(records)
    if refused:
        return Outcome(refused=tuple(refused))
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return Outcome(tuple(files), notes=tuple(notes))


def _canonical(folder: Path) -> tuple[list[Any], list[str]]:
    """Return the records of the valid examples, and which of them are not valid."""
    records: list[Any] = []
    wrong: list[str] = []
    for path in sorted(folder.glob("valid-*.json")):
        event = json.loads(path.read_bytes())
        record = parse_event(event, event["tenantid"])
        if isinstance(record, Rejection):
            where = f"{folder.name}/{path.name}"
            wrong.append(f"{where} is not valid: {record.code} at {record.pointer or '/'}")
        else:
            records.append(orjson.loads(record))
    if not records and not wrong:
        wrong.append(f"{folder.name} has no example: add {folder.name}/valid-minimal.json")
    return records, wrong


def _without_prose(node: Any, parent: str = "") -> Any:
    if isinstance(node, dict):
        prose = () if parent in ("properties", "$defs") else ("title", "description")
        return {key: _without_prose(value, key) for key, value in node.items() if key not in prose}
    return [_without_prose(item) for item in node] if isinstance(node, list) else node


def _text(value: Any) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=False).encode() + b"\n"


def main(arguments: list[str]) -> int:
    """Release, and say what was written or why not."""
    if len(arguments) > 1 or not all(argument.isdigit() for argument in arguments):
        sys.stderr.write(f"usage: {COMMAND} [VERSION]\n")
        return 2
    version = int(arguments[0]) if arguments else None
    outcome = release(EVENT_MODELS, HERE / "released", HERE / "examples", version)
    for path in outcome.written:
        sys.stdout.write(f"wrote {path.relative_to(HERE.parent)}\n")
    for note in outcome.notes:
        sys.stdout.write(f"note: {note}\n")
    for reason in outcome.refused:
        sys.stderr.write(f"refused: {reason}\n")
    if not outcome.written and not outcome.refused:
        sys.stdout.write("every event is released as it stands\n")
    return 1 if outcome.refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
