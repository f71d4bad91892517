"""The generated pages events.md, catalogue.md and asyncapi.json, out of models and catalogue.

`python -m schemas.docs [FOLDER]` writes them into docs/. A test compares them with the data, so
a page that says something else than the code does not pass.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas import asyncapi
from schemas.events import EVENT_MODELS, RESERVED_TYPES
from schemas.events.base import EventData
from schemas.kpis import CATALOGUE, Kpi
from schemas.money import Money
from schemas.release import HERE, event_schema

COMMAND = "python -m schemas.docs"
_NOTE = f"<!-- written by `{COMMAND}`: change the data, not this page -->"
_EVENTS = """\
Every event is a CloudEvent 1.0 in JSON. Its envelope has `specversion` (`1.0`), `id`, `source`,
`type`, `time` (with UTC offset), `subject` (the id of the entity) and `tenantid`; all are
required. `data` holds the fields below. Unknown fields are allowed and are kept out of the log.
Times and dates lie between 1990 and 2099, birthdays between 1900 and 2099. The version of what an
event says is (`revision`, else 0; then `time`). An event that moves no figure by itself may still
decide in which department a figure counts. JSON Schemas: `schemas/released`; more examples:
`schemas/examples`."""
_CATALOGUE = """\
`sum` adds over days and people; `cohort` adds over days of creation; `gauge` is as of now and
never adds over days; `ratio` is divided when read. How each is counted, rule by rule:
[rules.md](rules.md)."""
_MONEY = "money: `{amount, currency}`, amount an integer of minor units (ISO 4217)"
_BOUNDS = {
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
}


def pages() -> dict[str, str]:
    """Return file name -> text of every generated page."""
    return {
        "events.md": events_page(),
        "catalogue.md": catalogue_page(),
        asyncapi.PAGE.name: asyncapi.text(),
    }


def events_page() -> str:
    """Write every event type with its fields, its rules and its smallest example."""
    lines = [
        "# Events",
        "",
        _NOTE,
        "",
        _EVENTS,
    ]
    for name, model in EVENT_MODELS.items():
        lines.extend(_event(name, model))
    return "\n".join(lines) + "\n"


def catalogue_page() -> str:
    """Write every KPI with its definition, basis, attribution and source rows."""
    lines = [
        "# KPI catalogue",
        "",
        _NOTE,
        "",
        f"{len(CATALOGUE)} figures. {_CATALOGUE}",
        "",
        (
            "| KPI | label (en / vi) | unit | definition (en / vi) | date | credited to | adds |"
            " list | dimensions | streamed | source |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *(_kpi(kpi) for kpi in CATALOGUE.values()),
        "",
        "## Which events move a figure",
        "",
        "| KPI | events | taken back by |",
        "|---|---|---|",
        *(
            f"| {kpi.name} | {', '.join(kpi.events)} | {', '.join(kpi.retracts_on) or '-'} |"
            for kpi in CATALOGUE.values()
        ),
    ]
    return "\n".join(lines) + "\n"


def _kpi(kpi: Kpi) -> str:
    definition = kpi.definition
    if kpi.numerator:
        definition += f" ({kpi.numerator} / {kpi.denominator})"
    adds = kpi.additivity if kpi.adds_over_people else f"{kpi.additivity}, not over people"
    cells = (
        f"`{kpi.name}`",
        f"{kpi.label_en} / {kpi.label_vi}",
        kpi.unit,
        f"{definition} / {kpi.definition_vi}",
        kpi.date_basis,
        kpi.attribution,
        adds,
        f"`{kpi.list_name}`",
        ", ".join(kpi.dimensions) or "-",
        "yes" if kpi.streamed else "no",
        kpi.source,
    )
    return "| " + " | ".join(cells) + " |"


def _event(name: str, model: type[EventData]) -> list[str]:
    schema = event_schema(model)
    definitions = schema.get("$defs", {})
    data = schema["properties"]["data"]
    required = data.get("required", ())
    users = [kpi.name for kpi in CATALOGUE.values() if name in kpi.events]
    smallest = sorted((HERE / "examples" / name).glob("valid-minimal.json"))
    lines = ["", f"## {name}", "", inspect.cleandoc(model.__doc__ or "").split("\n\n")[0]]
    if name in RESERVED_TYPES:
        lines += ["", "An ingest key may not write it."]
    for rule in _rules(model):
        lines += ["", "```", rule, "```"]
    lines += ["", "| field | required | what |", "|---|---|---|"]
    lines += [
        f"| `{field}` | {'yes' if field in required else 'no'} | {_what(node, definitions)} |"
        for field, node in data["properties"].items()
    ]
    lines += ["", f"Moves: {', '.join(f'`{user}`' for user in users) or 'no figure by itself'}."]
    for path in smallest:
        example = json.dumps(json.loads(path.read_bytes()), ensure_ascii=False)
        lines += ["", "```json", example, "```"]
    return lines


def _rules(model: type[EventData]) -> list[str]:
    """Return what the docstring says after its first line, and what its part-models say."""
    said = inspect.cleandoc(model.__doc__ or "").split("\n\n")[1:]
    for part in model.__mro__[1 : model.__mro__.index(EventData)]:
        said += inspect.cleandoc(part.__dict__.get("__doc__") or "").split("\n\n")
    return [rule for rule in said if rule]


def _what(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "anyOf" in node:
        return " or ".join(_what(option, definitions) for option in node["anyOf"])
    if "$ref" in node:
        name = str(node["$ref"]).rsplit("/", 1)[-1]
        return _MONEY if name == Money.__name__ else _object(definitions[name], definitions)
    if "enum" in node:
        return "one of " + ", ".join(f"`{value}`" for value in node["enum"])
    if node.get("type") == "array":
        said = f"list of ({_what(node['items'], definitions)})"
    elif node.get("format"):
        said = {"date-time": "time, RFC 3339 with offset", "date": "date, YYYY-MM-DD"}[
            node["format"]
        ]
    else:
        said = str(node.get("type", "anything"))
    bounds = [text.format(node[word]) for word, text in _BOUNDS.items() if word in node]
    return ", ".join((said, *bounds))


def _object(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    parts = (
        f"`{field}`{'' if field in node.get('required', ()) else ' (optional)'}: "
        f"{_what(inner, definitions)}"
        for field, inner in node["properties"].items()
    )
    return "{" + "; ".join(parts) + "}"


def main(arguments: list[str]) -> int:
    """Write the pages and name them."""
    folder = Path(arguments[0]) if arguments else HERE.parent / "docs"
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {folder.name}/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
