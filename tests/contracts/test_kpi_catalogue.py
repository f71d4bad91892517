"""The KPI catalogue is data, and the data is sound."""

from __future__ import annotations

import re

import pytest

from schemas.events import EVENT_MODELS
from schemas.kpis import CATALOGUE, LISTS, SCORED, VISITED, Kpi
from schemas.kpis.clock import AGE_BANDS, CARE_BANDS, OVERDUE, RUNNING

SOURCE = re.compile(r"^([DETAB]-\d+|G6|section 6 of the brief|field: ?.+)$")
DIMENSIONS = {
    "source", "first_source", "stage", "industry", "province", "gender", "product", "channel",
    "interaction", "band", "project", "type", "speed", "reason", "code",
}  # fmt: skip
BASES = {"", "created_at"}
VIETNAMESE = r"[A-ZĐ](?=[^.]*[à-ỹ])[^.]*\."
"""One sentence with at least one letter that English does not have."""
every_kpi = pytest.mark.parametrize("kpi", CATALOGUE.values(), ids=lambda kpi: kpi.name)
RATIOS = [kpi for kpi in CATALOGUE.values() if kpi.additivity == "ratio"]


@every_kpi
def test_a_kpi_is_explained(kpi: Kpi) -> None:
    """A KPI has labels and one-sentence definitions in two languages, and a name fit for a key."""
    assert kpi.label_en
    assert kpi.label_vi
    assert re.fullmatch(r"[A-Z][^.]*\.", kpi.definition)
    assert re.fullmatch(VIETNAMESE, kpi.definition_vi)
    assert kpi.definition_vi != kpi.definition
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
    assert not set(kpi.dimensions) & set(kpi.unlisted)
    assert set(kpi.bases) <= BASES


@every_kpi
def test_a_figure_is_listed_by_a_count(kpi: Kpi) -> None:
    """Behind every figure stands the list of a count, on the same date and person."""
    listed = CATALOGUE[kpi.list_name]
    assert listed.unit == "count"
    assert listed.list_name == listed.name
    assert listed.additivity != "ratio"
    if kpi.is_stored:
        assert listed.name in LISTS
        assert (listed.date_basis, listed.attribution) == (kpi.date_basis, kpi.attribution)


@every_kpi
def test_what_cannot_be_kept_up_is_not_streamed(kpi: Kpi) -> None:
    """Counts of different customers are never pushed, and ratios just if both parts are."""
    assert not (kpi.streamed and kpi.additivity == "distinct")
    if kpi.additivity == "ratio":
        parts = (CATALOGUE[kpi.numerator], CATALOGUE[kpi.denominator])
        assert kpi.streamed == all(part.streamed for part in parts)


@every_kpi
def test_what_is_as_of_now_has_no_date(kpi: Kpi) -> None:
    """A gauge is as of now, a timed figure follows the clock, and nothing else does."""
    assert (kpi.additivity == "gauge") == (kpi.date_basis == "now")
    assert (kpi.additivity == "timed") == (kpi.date_basis == "clock")
    assert kpi.is_now == (kpi.date_basis in {"now", "clock"})
    assert not (kpi.is_now and kpi.adds_over_time)


@every_kpi
def test_a_cohort_follows_the_owner(kpi: Kpi) -> None:
    """A cohort belongs to whoever owns its customers now."""
    if kpi.additivity == "cohort":
        assert kpi.attribution == "current owner"
        bases = {"created_at", "first_order_date", "order_date", "end of day"}
        assert kpi.date_basis in bases


@pytest.mark.parametrize("kpi", RATIOS, ids=lambda kpi: kpi.name)
def test_a_ratio_is_made_of_counted_parts(kpi: Kpi) -> None:
    """The parts of a ratio divide into its unit; what moves them is among its events."""
    top, bottom = CATALOGUE[kpi.numerator], CATALOGUE[kpi.denominator]
    assert "ratio" not in {top.additivity, bottom.additivity}
    units = {"ratio": "count", "seconds_mean": "seconds", "money_mean": "money"}
    assert (top.unit, bottom.unit) == (units[kpi.unit], "count")
    assert set(kpi.events) >= {*top.retracts_on, *bottom.retracts_on}
    assert not kpi.adds_over_people
    assert (kpi.date_basis, kpi.attribution) == ("parts", "parts")


@every_kpi
def test_a_kind_has_what_it_is_made_of(kpi: Kpi) -> None:
    """Each kind of figure names its makings, and no others."""
    made_of = {
        "numerator": "ratio", "denominator": "ratio", "by": "tagged", "tag": "tagged",
        "bands": "timed", "ends": "ended",
    }  # fmt: skip
    for name, kind in made_of.items():
        assert bool(getattr(kpi, name)) == (kpi.additivity == kind), name
    assert bool(kpi.parts) == (kpi.additivity in {"parts", "spanning", "distinct", "stock"})
    assert bool(kpi.of) == (kpi.additivity in {"timed", "ended", "tagged", "stock"})
    assert (kpi.least, kpi.most) == (1, 0) or kpi.additivity == "distinct"
    assert not kpi.unless or (kpi.additivity == "distinct" and not kpi.dimensions)
    for part in kpi.parts:
        assert CATALOGUE[part].unit == "count"


@every_kpi
def test_what_a_figure_is_made_of_is_kept(kpi: Kpi) -> None:
    """Visits are remembered for every distinct figure, lists scored for every timed one."""
    match kpi.additivity:
        case "distinct":
            assert {*kpi.parts, *kpi.unless} <= VISITED
        case "timed":
            assert kpi.of in SCORED
            assert kpi.bands in {CARE_BANDS, AGE_BANDS, (OVERDUE,), (RUNNING,)}
        case "tagged":
            assert kpi.by in CATALOGUE[kpi.of].dimensions
        case "ended":
            assert CATALOGUE[kpi.of].date_basis == kpi.date_basis
            assert CATALOGUE[kpi.of].is_stored
        case "stock":
            assert CATALOGUE[kpi.of].additivity == "gauge"
            entered, left = (CATALOGUE[part] for part in kpi.parts)
            assert entered.is_stored
            assert left.is_stored
            assert kpi.dimensions == entered.dimensions == left.dimensions
            assert set(kpi.dimensions) <= set(CATALOGUE[kpi.of].dimensions)
        case _:
            pass


@every_kpi
def test_a_count_of_different_things_does_not_add_up(kpi: Kpi) -> None:
    """What counts one thing once, however many people or days it has, is never summed."""
    if kpi.additivity in {"distinct", "spanning", "ratio"}:
        assert not kpi.adds_over_people
        assert not kpi.adds_over_time
    if kpi.additivity == "stock":
        assert not kpi.adds_over_time


def test_names_and_labels_are_unique() -> None:
    """No two KPIs can be mistaken for each other, in either language."""
    kpis = CATALOGUE.values()
    for labels in zip(*((k.label_en, k.label_vi, k.definition_vi) for k in kpis), strict=True):
        assert len(labels) == len(set(labels))
