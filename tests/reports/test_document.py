"""The OpenAPI document describes reports and exports as they are answered."""

from __future__ import annotations

from typing import Any

import pytest

from services.query.answers import Head
from services.query.cohorts.models import (
    CohortFactsAnswer,
    JourneyReportAnswer,
    LifecycleAnswer,
    SalesPerformanceAnswer,
    TelesalesAnswer,
)
from services.query.cohorts.parameters import (
    JourneyParameters,
    LifecycleFactsParameters,
    LifecycleParameters,
    SalesPerformanceFactsParameters,
    TelesalesFactsParameters,
    TelesalesParameters,
)
from services.query.export import MEDIA_TYPES
from services.query.figure_answers import CatalogueAnswer
from services.query.parameters import Parameters
from services.query.reports.answers import ReportAnswer
from services.query.reports.parameters import (
    DepartmentReportParameters,
    EmployeeReportParameters,
)
from tests.reports.prospects import day
from tests.reports.test_department import Ask

REPORTS: dict[str, type[Parameters]] = {
    "/v1/reports/department": DepartmentReportParameters,
    "/v1/reports/employee": EmployeeReportParameters,
    "/v1/reports/telesales": TelesalesParameters,
    "/v1/reports/telesales/facts": TelesalesFactsParameters,
    "/v1/reports/lifecycle": LifecycleParameters,
    "/v1/reports/lifecycle/facts": LifecycleFactsParameters,
    "/v1/reports/journey": JourneyParameters,
    "/v1/reports/sales-performance/facts": SalesPerformanceFactsParameters,
}
WINDOW = {"created_from": day(10), "created_to": day(0)}
COHORTS: tuple[tuple[type[Head], str, dict[str, str]], ...] = (
    (TelesalesAnswer, "telesales", WINDOW),
    (TelesalesAnswer, "telesales", {**WINDOW, "subject": "opportunity"}),
    (CohortFactsAnswer, "telesales/facts", {**WINDOW, "column": "orders"}),
    (LifecycleAnswer, "lifecycle", {}),
    (LifecycleAnswer, "lifecycle", {"target": "stage", "stage": "won"}),
    (CohortFactsAnswer, "lifecycle/facts", {"lag": "2"}),
    (JourneyReportAnswer, "journey", {}),
    (SalesPerformanceAnswer, "sales-performance", WINDOW),
    (CohortFactsAnswer, "sales-performance/facts", {**WINDOW, "column": "purchases"}),
)


@pytest.fixture(scope="module")
def document(ask: Ask) -> dict[str, Any]:
    """Give the document that the service serves."""
    return ask("/openapi.json")


@pytest.mark.parametrize("path", REPORTS)
@pytest.mark.parametrize("form", ["", "csv", "xlsx"])
def test_every_route_is_described(document: dict[str, Any], path: str, form: str) -> None:
    """Parameters with their texts, the answer by its type, the problems."""
    told = document["paths"][f"{path}.{form}" if form else path]["get"]
    fields = REPORTS[path].model_fields
    assert {one["name"] for one in told["parameters"]} == {
        field.alias or name for name, field in fields.items()
    }
    assert all(one["description"] for one in told["parameters"])
    media_type = MEDIA_TYPES.get(form, "application/json")  # type: ignore[call-overload]
    assert media_type in told["responses"]["200"]["content"]
    assert "422" in told["responses"]


@pytest.mark.parametrize("form", MEDIA_TYPES)
def test_lists_as_files_are_described(document: dict[str, Any], form: str) -> None:
    """The same parameters as the list."""
    told = document["paths"][f"/v1/facts.{form}"]["get"]
    listed = document["paths"]["/v1/facts"]["get"]
    assert [p["name"] for p in told["parameters"]] == [p["name"] for p in listed["parameters"]]


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        (
            "/v1/reports/department",
            {"department": "sales", "month": "2026-05", "compare": "previous", "sub": "true"},
        ),
        ("/v1/reports/employee", {"employee": "fay", "month": "2026-05"}),
    ],
)
def test_an_answer_has_the_shape_that_is_described(
    ask: Ask, path: str, parameters: dict[str, str]
) -> None:
    """Every member that is answered is known to the document, and of its type."""
    found = ask(path, **parameters)
    shown = ReportAnswer.model_validate(found).model_dump(by_alias=True, exclude_unset=True)
    assert shown.keys() == found.keys()
    for one, other in zip(shown["blocks"], found["blocks"], strict=True):
        assert one.keys() == other.keys()
        for mine, theirs in zip(one["columns"], other["columns"], strict=True):
            assert mine.keys() == theirs.keys()
        for mine, theirs in zip(one["total"]["cells"], other["total"]["cells"], strict=True):
            assert mine.keys() == theirs.keys()


@pytest.mark.parametrize(("model", "name", "asked"), COHORTS)
def test_a_cohort_report_has_the_shape_that_is_described(
    look: Ask, model: type[Head], name: str, asked: dict[str, str]
) -> None:
    """What is answered is what the document says, member by member, all the way down."""
    found = look(f"/v1/reports/{name}", **asked)
    assert model.model_validate(found).model_dump(by_alias=True, exclude_unset=True) == found


def test_the_catalogue_defines_the_columns_of_the_reports(look: Ask) -> None:
    """Each heading of a report is in the catalogue, with both labels."""
    told = look("/v1/catalogue")
    CatalogueAnswer.model_validate(told)
    defined = {
        (one["report"], column["name"]): column for one in told["reports"]
        for column in one["columns"]
    }  # fmt: skip
    for _, name, asked in COHORTS:
        for column in look(f"/v1/reports/{name}", **asked).get("columns", ()):
            definition = defined[name, column["name"]]
            labels = {"en": definition["label_en"], "vi": definition["label_vi"]}
            assert (labels, definition["unit"]) == (column["label"], column["unit"])
            assert all(labels.values())
