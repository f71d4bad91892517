"""Whether a definition that somebody sends is taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from schemas.events.boards import BoardDefined
from services.query.basis import Basis
from services.query.boards.faults import Fault, document_of, faults_of
from services.query.boards.stored import place_of, place_of_tile
from services.query.problems import Problem
from services.query.selection import check_known


def defined(body: bytes) -> BoardDefined:
    """Read a definition; Problem 422 `bad_board` names every field that has not the right form."""
    try:
        return BoardDefined.model_validate_json(body)
    except ValidationError as error:
        faults = [
            Fault("invalid_field", "".join(f"/{part}" for part in each["loc"]), each["msg"])
            for each in error.errors(include_url=False, include_input=False)
        ]
        raise _bad(faults) from None


def is_same(wanted: BoardDefined, before: Mapping[str, Any]) -> bool:
    """Say whether a board is so already, whoever defined it and however often."""
    return _content(document_of(wanted)) == _content(before)


def _content(document: Mapping[str, Any]) -> dict[str, Any]:
    apart = ("edition", "defined_by", "revision")
    return {name: value for name, value in document.items() if name not in apart}


def check(wanted: BoardDefined, before: Mapping[str, Any] | None, basis: Basis) -> None:
    """See that a definition is good, shows what there is, and follows the one that stands.

    Errors: Problem 422 `bad_board` with all faults; 404 `unknown_department`, `unknown_employee`;
            409 `edition_conflict` with the edition that stands.
    """
    stands = 0 if before is None else int(before.get("edition", 1))
    if wanted.edition != stands + 1:
        detail = (
            f"edition {stands} stands and this would be {wanted.edition}: somebody else has saved "
            "the board meanwhile"
        )
        raise Problem(409, "edition_conflict", detail, edition=stands)
    faults = faults_of(wanted)
    if faults:
        raise _bad(faults)
    for place in {place_of(wanted), *(place_of_tile(wanted, tile) for tile in wanted.tiles)}:
        check_known(basis, place.scope, place.id)


def _bad(faults: list[Fault]) -> Problem:
    first = faults[0]
    detail = f"{first.pointer or '/'}: {first.detail}"
    told = [fault.told() for fault in faults]
    return Problem(422, "bad_board", detail, pointer=first.pointer, faults=told)
