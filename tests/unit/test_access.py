"""The decision who may see what, by the table of cases that a manager can read."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from schemas.access import Form, Kind, Subject, decide
from tests.contracts.test_requirements import ids_of
from tests.unit.rights_table import Case, read

TREE, CASES = read()
ROWS = [
    *ids_of({"D-": "02..05", "E-": "10..18", "T-": "02..04"}), "A-12", "G14", "V21", "X5",
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row}: {case.text}")
def test_a_case_is_decided_as_the_table_says(case: Case) -> None:
    """Allowed or refused, with which code, whose rows, and telephone numbers."""
    decision = decide(case.viewer, case.ask, TREE)
    assert decision._replace(detail="") == case.expected
    assert bool(decision.detail) == (not decision.is_allowed)


def test_every_row_of_the_requirements_has_cases() -> None:
    """The table has each row that speaks of rights, and nothing else."""
    assert sorted({case.row for case in CASES}) == sorted(ROWS)


def test_every_kind_of_viewer_subject_and_form_is_in_the_table() -> None:
    """The table leaves out no kind of viewer, no subject and no form; each has a yes and a no.

    But to operate: that is for no viewer of a tenant, so it has no yes.
    """
    for name, all_of in (("kind", Kind), ("subject", Subject), ("form", Form)):
        holder = "viewer" if name == "kind" else "ask"
        for is_allowed in (True, False):
            found = {
                getattr(getattr(case, holder), name)
                for case in CASES
                if case.expected.is_allowed == is_allowed
            }
            wanted = set(get_args(all_of)) - ({"operate"} if is_allowed else set())
            assert found == wanted, (name, is_allowed)


@pytest.mark.parametrize("form", get_args(Form))
def test_the_same_answer_on_figure_list_export_and_stream(form: Form) -> None:
    """Whatever an employee is refused, is refused in every form (D-03, G14)."""
    for case in CASES:
        if case.ask.scope == "employee" and case.viewer.kind == "person":
            exporting = replace(case.viewer, grants=case.viewer.grants | {"export"})
            here = decide(exporting, replace(case.ask, form=form), TREE)
            figure = decide(exporting, replace(case.ask, form="figure"), TREE)
            assert here == figure, case.text
