"""What every event model has in common: frozen, strict about types, tolerant of unknown fields.

Unknown fields in `data` are allowed and kept out of the log (design 3.8), so a source may send
more than we know. Evolution is additive only; see `schemas/released`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from schemas.calendar import zone
from schemas.money import check_currency
from schemas.phones import is_region

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
EARLIEST_BIRTH = date(1900, 1, 1)
LATEST = datetime(2099, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
_RFC3339 = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)$")
_NAIVE = re.compile(r"^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$")


def _is_text_time(value: Any) -> Any:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise PydanticCustomError("invalid_field", "a time is an RFC 3339 string")
    if _NAIVE.match(value):
        raise PydanticCustomError(
            "naive_time", "a time needs its UTC offset, like 2026-11-22T14:03:22+07:00"
        )
    if not _RFC3339.match(value):
        raise PydanticCustomError("invalid_field", "a time is an RFC 3339 string with an offset")
    return value


def _in_range(value: datetime) -> datetime:
    try:
        moment = value.astimezone(UTC)
    except OverflowError:
        moment = None
    if moment is None or not EARLIEST <= moment <= LATEST:
        raise PydanticCustomError("time_out_of_range", "a time must lie between 1990 and 2099")
    return moment


def _is_text_date(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise PydanticCustomError("invalid_field", "a date is a string like 2026-11-22")
    return value


def _date_in_range(value: date) -> date:
    if not EARLIEST.date() <= value <= LATEST.date():
        raise PydanticCustomError("time_out_of_range", "a date must lie between 1990 and 2099")
    return value


def _known_zone(value: str) -> str:
    try:
        zone(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError(
            "unknown_time_zone", "'{name}' is not an IANA time zone", {"name": value[:64]}
        ) from None
    return value


def _known_region(value: str) -> str:
    if not is_region(value):
        raise PydanticCustomError(
            "unknown_region", "'{name}' is not an ISO 3166 region", {"name": value[:64]}
        )
    return value


def _utc_text(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[
    AwareDatetime,
    BeforeValidator(_is_text_time, json_schema_input_type=str),
    AfterValidator(_in_range),
    PlainSerializer(_utc_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""An aware instant, 1990..2099, written to the log in UTC with milliseconds."""

LocalDate = Annotated[
    date,
    BeforeValidator(_is_text_date, json_schema_input_type=str),
    AfterValidator(_date_in_range),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""A business date of the tenant, 'YYYY-MM-DD', 1990..2099."""


def _birth_in_range(value: date) -> date:
    if not EARLIEST_BIRTH <= value <= LATEST.date():
        raise PydanticCustomError("time_out_of_range", "a birthday must lie between 1900 and 2099")
    return value


Birthday = Annotated[
    date,
    BeforeValidator(_is_text_date, json_schema_input_type=str),
    AfterValidator(_birth_in_range),
    WithJsonSchema({"type": "string", "format": "date"}),
]
"""The day on which a person was born, 'YYYY-MM-DD', 1900..2099."""


def _moment_text(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return _DATES.validate_python(value).isoformat()
    return _utc_text(_TIMES.validate_python(value))


_DATES: TypeAdapter[date] = TypeAdapter(LocalDate)
_TIMES: TypeAdapter[datetime] = TypeAdapter(Timestamp)

DateOrTime = Annotated[
    str,
    BeforeValidator(_moment_text),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
    ),
]
"""A business date, or an aware instant: a whole day is meant where no time of day is given."""

Id = Annotated[
    str,
    StringConstraints(
        min_length=1,
        max_length=128,
        pattern=r"^([^\x00-\x1f\x7f-]|[^\x00-\x1f\x7f]{2,})$",
    ),
]
"""An identifier of the source: 1..128 printable characters, and not '-', which means nobody."""

Ids = Annotated[list[Id], Field(max_length=64)]
Text = Annotated[str, StringConstraints(max_length=256)]
Currency = Annotated[
    str,
    AfterValidator(check_currency),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"}),
]
TimeZone = Annotated[str, AfterValidator(_known_zone)]
Region = Annotated[
    str,
    AfterValidator(_known_region),
    WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"}),
]
"""Where telephone numbers without country code are at home: ISO 3166, like VN."""
Percent = Annotated[int, Field(ge=1, le=1000, strict=True)]
"""Of a target."""
Revision = Annotated[int, Field(ge=0, le=2_000_000, strict=True)]
"""The source's own version number of an entity; where a source has one, send it always."""


class EventData(BaseModel):
    """Base of the `data` of every event.

    Laws:   `revision`, if the source has one, orders the versions of an entity; otherwise the
            envelope's `time` does. Either all events of a source carry it or none.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=False)

    event_type: ClassVar[str]

    revision: Revision | None = None
