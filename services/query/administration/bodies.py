"""What administrators send: a member that is left out stays as it is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from schemas.events.base import Currency, Id, Ids, LocalDate, Percent, Region, Timestamp, TimeZone
from schemas.events.configuration import KioskBoard, Module, Network

Name = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]
Number = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Place(_Body):
    department_id: Id | None = Field(None, description="null: in no department.")
    other_department_ids: Ids | None = Field(
        None, description="Where they are besides: for rights only. null: nowhere."
    )
    manager_id: Id | None = Field(None, description="null: only the heads of the department lead.")
    extension: Number | None = Field(None, description="Of the telephone; null: none.")
    valid_from: LocalDate | None = Field(
        None, description="First day of the new department or manager; default today."
    )


class NewPerson(_Place):
    """Somebody who is not known yet."""

    id: Id = Field(description="As the CRM calls them; it never changes.")
    name: Name


class PersonChange(_Place):
    """What is to be different of a person."""

    name: Name | None = None
    active: StrictBool | None = Field(None, description="false: has left.")


class NewDepartment(_Body):
    """A department that is not known yet."""

    id: Id = Field(description="As the CRM calls it; it never changes.")
    name: Name
    parent_id: Id | None = Field(None, description="null: at the top.")
    head_id: Id | None = Field(None, description="The employee who leads it.")


class DepartmentChange(_Body):
    """What is to be different of a department."""

    name: Name | None = None
    parent_id: Id | None = Field(None, description="null: at the top.")
    head_id: Id | None = Field(None, description="null: nobody leads it.")
    active: StrictBool | None = None


class NewKey(_Body):
    """A key for a machine."""

    label: Name = Field(description="What it is for.")
    scopes: list[Literal["ingest", "query", "administer"]] = Field(min_length=1, max_length=3)
    expires_at: Timestamp | None = Field(None, description="Default never.")


class NewKiosk(_Body):
    """A key for a board on a wall; whoever makes it is the manager who grants it."""

    label: Name = Field(description="Where it hangs.")
    board: KioskBoard
    addresses: list[Network] | None = Field(
        None, max_length=16, description="Networks it may be in; default all."
    )


class SettingsChange(_Body):
    """What is to be different of the company; it holds from now on, not for days before."""

    name: Name | None = None
    time_zone: TimeZone | None = None
    currency: Currency | None = None
    region: Region | None = None
    modules_off: list[Module] | None = Field(None, max_length=16)
    thresholds: list[Percent] | None = Field(
        None,
        min_length=1,
        max_length=16,
        description="Percents at which crossings of targets are told that name none.",
    )
