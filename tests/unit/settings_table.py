"""The README's table of settings, written from the models: `make settings`."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from deploy.local.settings import StackSettings
from schemas.settings import SharedSettings
from services.aggregator.settings import AggregatorSettings
from services.commands.settings import CliSettings
from services.ingestor.settings import IngestorSettings
from services.notifier.settings import NotifierSettings
from services.query.settings import QuerySettings

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- settings -->", "<!-- /settings -->"
MODELS: tuple[type[SharedSettings], ...] = (
    IngestorSettings,
    AggregatorSettings,
    QuerySettings,
    NotifierSettings,
    StackSettings,
    CliSettings,
)


def table() -> str:
    """Write the table: first what all share, then each service's own names."""
    rows = ["| name | default | meaning |", "|---|---|---|"]
    shared = SharedSettings.model_fields
    rows += [_row(name, shared[field]) for name, field in SharedSettings.names().items()]
    for model in MODELS:
        rows += [
            _row(name, model.model_fields[field])
            for name, field in model.names().items()
            if field not in shared
        ]
    return "\n".join(rows)


def _row(name: str, field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, SecretStr):
        default = default.get_secret_value()
    if isinstance(default, bool):
        default = str(default).lower()
    shown = "" if default is None or default == "" else f"`{default}`"
    return f"| `{name}` | {shown} | {field.description} |"


def refreshed(readme: str) -> str:
    """Return the README with the table between its marks.

    Errors: ValueError where the marks are missing.
    """
    before, _, rest = readme.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"README.md has no {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text()))
