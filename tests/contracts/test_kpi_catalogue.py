"""The KPI catalogue is data, and the data is sound."""

from __future__ import annotations

import re

import pytest

from schemas.events import EVENT_MODELS
from schemas.kpis import CATALOGUE, LISTS, Kpi

SOURCE = re.compile(r"^([DETAB]-\d+|field: ?.+)$")
DIMENSIONS = {"source", "stage", "product", "industry"}
every_kpi = pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=lambda kpi: kpi.name)
RATIOS = [kpi for kpi in CATALOGUE.values() if kpi.additivity == "ratio"]


@every_kpi
def test_a_kpi_is_explained(kpi: Kpi) -> None:
    """A KPI has two labels, a one-sentence definition, and a name fit for a key."""
    assert kpi.label_en
    assert kpi.label_vi
    assert re.fullmatch(r"[A-Z][^.]*\.", kpi.definition)
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", kpi.name)
    assert CATALOGUE[kpi.name] is kpi
    assert kpi.version >= 1


@every_kpi
def test_a_kpi_names_the_requirement_it_comes_from(kpi: Kpi) -> None:
    """Every source is a row of the requirements (D-33) or a habit of the field."""
    for source in kpi.source.split(", "):
        assert SOURCE.match(source), source


@every_kpi
def test_events_of_a_kpi_exist(kpi: Kpi) -> None:
    """Events that move a KPI, and those that take it back, are in the vocabulary."""
    assert kpi.events
    assert set(kpi.events) <= EVENT_MODELS.keys()
    assert len(kpi.events) == len(set(kpi.events))
    assert set(kpi.retracts_on) <= set(kpi.events)


@every_kpi
def test_dimensions_are_known(kpi: Kpi) -> None:
    """A breakdown is by one of the dimensions that a fact knows."""
    assert set(kpi.dimensions) <= DIMENSIONS


@every_kpi
def test_a_figure_is_listed_by_a_count(kpi: Kpi) -> None:
    """Behind every figure stands the list of a stored count, on the same date and person."""
    listed = CATALOGUE[kpi.list_name]
    assert listed.unit == "count"
    assert listed.is_stored
    assert listed.list_name == listed.name
    assert listed.name in LISTS
    if kpi.is_stored:
        assert (listed.date_basis, listed.attribution) == (kpi.date_basis, kpi.attribution)


@every_kpi
def test_only_what_is_stored_is_streamed(kpi: Kpi) -> None:
    """A figure without cells of its own is never on the change stream."""
    assert kpi.is_stored or not kpi.streamed


@every_kpi
def test_a_gauge_has_no_date(kpi: Kpi) -> None:
    """As of now, and a gauge, are the same thing."""
    assert (kpi.additivity == "gauge") == (kpi.date_basis == "now")


@every_kpi
def test_a_cohort_follows_the_owner(kpi: Kpi) -> None:
    """A cohort is fixed by a date of creation and belongs to whoever owns it now."""
    if kpi.additivity == "cohort":
        assert (kpi.date_basis, kpi.attribution) == ("created_at", "current owner")


@pytest.mark.parametrize("kpi", RATIOS, ids=lambda kpi: kpi.name)
def test_a_ratio_is_made_of_stored_parts(kpi: Kpi) -> None:
    """The parts of a ratio are stored, divide into its unit, and share date and person."""
    top, bottom = CATALOGUE[kpi.numerator], CATALOGUE[kpi.denominator]
    assert top.is_stored
    assert bottom.is_stored
    units = {"ratio": "count", "seconds_mean": "seconds", "money_mean": "money"}
    assert (top.unit, bottom.unit) == (units[kpi.unit], "count")
    assert (top.date_basis, top.attribution) == (bottom.date_basis, bottom.attribution)
    assert set(kpi.events) >= {*top.retracts_on, *bottom.retracts_on}
    assert not kpi.adds_over_people
    assert (kpi.date_basis, kpi.attribution) == ("parts", "parts")


@every_kpi
def test_only_a_ratio_has_parts(kpi: Kpi) -> None:
    """A stored figure is no quotient."""
    assert bool(kpi.numerator) == bool(kpi.denominator) == (kpi.additivity == "ratio")


def test_names_and_labels_are_unique() -> None:
    """No two KPIs can be mistaken for each other, in either language."""
    for labels in zip(*((k.label_en, k.label_vi) for k in CATALOGUE.values()), strict=True):
        assert len(labels) == len(set(labels))
