"""When people work: the working calendar of the company and of departments."""

from __future__ import annotations

from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.events.base import EventData, Id, LocalDate
from schemas.working_days import is_holiday_region

Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
ClockEnd = Annotated[str, StringConstraints(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]


class Shift(BaseModel):
    """From when to when people work; one that ends before it begins goes on past midnight."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", populate_by_name=True, serialize_by_alias=True
    )

    from_: Annotated[Clock, Field(alias="from")]
    to: ClockEnd

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.from_ == self.to:
            raise PydanticCustomError("invalid_field", "a shift does not end when it begins")
        return self


Shifts = Annotated[list[Shift], Field(max_length=8)]


class Week(BaseModel):
    """The shifts of each day of the week; none on a day that is not named."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    monday: Shifts = []
    tuesday: Shifts = []
    wednesday: Shifts = []
    thursday: Shifts = []
    friday: Shifts = []
    saturday: Shifts = []
    sunday: Shifts = []


class ExtraDay(BaseModel):
    """A day with shifts of its own, holiday or not."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    date: LocalDate
    shifts: Shifts


class CalendarVersion(BaseModel):
    """What holds from a day on; without `valid_from` for ever before, too."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    valid_from: LocalDate | None = None
    week: Week
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    subdivision: Annotated[str, StringConstraints(max_length=16)] | None = None
    days_off: Annotated[list[LocalDate], Field(max_length=400)] | None = None
    extra_days: Annotated[list[ExtraDay], Field(max_length=400)] | None = None

    @model_validator(mode="after")
    def _known_holidays(self) -> Self:
        if self.country is None and self.subdivision is not None:
            raise PydanticCustomError("invalid_field", "a subdivision is one of a country")
        if self.country is not None and not is_holiday_region(self.country, self.subdivision):
            raise PydanticCustomError(
                "unknown_region", "no holidays are known of this country or part of it"
            )
        return self


class CalendarDefined(EventData):
    """When people work. Subject: 'company', or 'department:' and the id of a department.

    Laws:   the last one about a subject holds whole; holidays are those of the library holidays,
            days off are no working days, extra days are, whatever else they are.
    """

    event_type: ClassVar[str] = "calendar.defined"

    versions: Annotated[list[CalendarVersion], Field(min_length=1, max_length=32)]
    defined_by: Id | None = None

    @model_validator(mode="after")
    def _one_a_day(self) -> Self:
        starts = [version.valid_from for version in self.versions]
        if len(set(starts)) < len(starts):
            raise PydanticCustomError("invalid_field", "two versions begin on the same day")
        return self


class CalendarRemoved(EventData):
    """There is no calendar of its own any more. Subject: as of calendar.defined."""

    event_type: ClassVar[str] = "calendar.removed"

    removed_by: Id | None = None
