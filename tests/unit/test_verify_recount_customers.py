"""The recount of customers, worked by hand from docs/rules.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.verify_book import Book

AT = "2026-03-02T03:00:00Z"
MARCH_2 = 20260302


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path)


def test_new_customer_counts_for_the_owner_of_now(book: Book) -> None:
    """customers_new follows the current owner and the department where that one works now."""
    book.add("employee.upserted", "binh", name="B", department_id="north", valid_from="2026-01-01")
    book.add("employee.upserted", "binh", name="B", department_id="south", valid_from="2026-06-01")
    book.add("customer.created", "c1", created_at=AT, owner_id="an", creator_id="an")
    book.add("customer.assigned", "c1", owner_id="binh", time="2026-03-05T03:00:00Z")
    assert book.cells("customers_new") == {
        ("customers_new", "", "binh", MARCH_2): 1,
        ("customers_new", "source:", "binh", MARCH_2): 1,
        ("customers_new", "first_source:", "binh", MARCH_2): 1,
    }
    assert book.cells("customers_new", scope="department") == {
        ("customers_new", "", "south", MARCH_2): 1,
        ("customers_new", "source:", "south", MARCH_2): 1,
        ("customers_new", "first_source:", "south", MARCH_2): 1,
    }
    assert book.cells("customers_found") == {("customers_found", "", "an", MARCH_2): 1}


def test_deleted_customer_leaves_cohort_and_gauge(book: Book) -> None:
    """A deleted customer is found still, but no longer new or assigned, also after an update."""
    book.add("customer.created", "c1", created_at=AT, owner_id="an", creator_id="an")
    book.add("customer.deleted", "c1")
    book.add("customer.updated", "c1", name="again", time="2026-03-09T03:00:00Z")
    metrics = ("customers_new", "customers_found", "customers_assigned")
    assert book.cells(*metrics) == {("customers_found", "", "an", MARCH_2): 1}


def test_customer_in_charge_per_source_and_stage(book: Book) -> None:
    """customers_assigned is a gauge, per distinct source, current stage and description."""
    book.add(
        "customer.created",
        "c1",
        created_at=AT,
        owner_id="an",
        relationship_id="new",
        source_ids=["web", "fair", "web"],
    )
    book.add("customer.updated", "c2", name="known only")
    book.add("customer.assigned", "c3", owner_id="an")
    assert book.cells("customers_assigned") == {
        ("customers_assigned", "", "an", 0): 1,
        ("customers_assigned", "source:web", "an", 0): 1,
        ("customers_assigned", "source:fair", "an", 0): 1,
        ("customers_assigned", "stage:new", "an", 0): 1,
        ("customers_assigned", "", "-", 0): 1,
        ("customers_assigned", "source:", "-", 0): 1,
        ("customers_assigned", "stage:", "-", 0): 1,
    } | {
        ("customers_assigned", f"{name}:", employee, 0): 1
        for name in ("industry", "province", "gender")
        for employee in ("an", "-")
    }


def test_customer_unassigned_by_null(book: Book) -> None:
    """A null owner with a larger version means nobody; a null stage the empty stage."""
    book.add("customer.created", "c1", created_at=AT, owner_id="an", relationship_id="new")
    book.add("customer.assigned", "c1", owner_id=None, time="2026-03-03T03:00:00Z")
    book.add(
        "customer.status_changed",
        "c1",
        relationship_id=None,
        changed_at="2026-03-03T03:00:00Z",
        time="2026-03-03T03:00:00Z",
    )
    cells = book.cells("customers_assigned")
    assert cells["customers_assigned", "", "-", 0] == 1
    assert cells["customers_assigned", "stage:", "-", 0] == 1


def test_profile_fields_are_registers_of_their_own(book: Book) -> None:
    """A field that is absent stays, null clears it, each with the version that set it."""
    book.add("customer.created", "c1", created_at=AT, source_ids=["web"], industry="retail")
    book.add("customer.updated", "c1", industry=None, time="2026-03-03T03:00:00Z")
    assert book.register("customer", "c1", "profile.source_ids") == '[1772420400000,["web"]]'
    assert book.register("customer", "c1", "profile.industry") == "[1772506800000,null]"
    assert book.register("customer", "c1", "profile.name") is None


def enter(book: Book, stage: str | None, day: int, actor: str | None = None) -> None:
    at = f"2026-03-{day:02d}T03:00:00Z"
    book.add(
        "customer.status_changed",
        "c1",
        relationship_id=stage,
        changed_at=at,
        time=at,
        actor_id=actor,
    )


def test_stage_is_entered_when_it_differs_from_the_one_before(book: Book) -> None:
    """The same stage again is no entry; after null or another stage it is."""
    for day, stage in ((2, "a"), (3, "a"), (4, "b"), (5, None), (6, "b"), (7, "a")):
        enter(book, stage, day, actor="an")
    days = {day for _, dimension, _, day in book.cells("stage_entries") if dimension == ""}
    assert days == {20260302, 20260304, 20260306, 20260307}


def test_stages_are_ordered_by_version_not_by_arrival(book: Book) -> None:
    """A late event takes its place in the order: what was an entry may be none any more."""
    enter(book, "a", 3, actor="an")
    assert len(book.cells("stage_entries")) == 2
    enter(book, "a", 2, actor="an")
    assert book.cells("stage_entries") == {
        ("stage_entries", "", "an", 20260302): 1,
        ("stage_entries", "stage:a", "an", 20260302): 1,
    }


def test_equal_versions_of_stages_are_ordered_by_stage(book: Book) -> None:
    """Of one version and instant null comes before a stage, whatever day they were given."""
    late, time = "2026-03-02T20:00:00Z", "2026-03-02T20:00:00Z"
    said = {"changed_at": late, "time": time, "actor_id": "an"}
    book.add("customer.status_changed", "c1", relationship_id=None, **said)
    book.add("setting.changed", "company", time_zone="America/New_York")
    book.add("customer.status_changed", "c1", relationship_id="b", **said)
    enter(book, "b", 4, actor="an")
    assert book.cells("stage_entries") == {
        ("stage_entries", "", "an", MARCH_2): 1,
        ("stage_entries", "stage:b", "an", MARCH_2): 1,
    }


def test_stage_twice_a_day_counts_two_and_lists_once(book: Book) -> None:
    """A customer that entered a stage twice on a day contributes 2 and stands in the list once."""
    for hour, stage in ((1, "a"), (2, "b"), (3, "a")):
        at = f"2026-03-02T{hour:02d}:00:00Z"
        book.add(
            "customer.status_changed",
            "c1",
            relationship_id=stage,
            changed_at=at,
            time=at,
            actor_id="an",
        )
    assert book.cells("stage_entries") == {
        ("stage_entries", "", "an", MARCH_2): 3,
        ("stage_entries", "stage:a", "an", MARCH_2): 2,
        ("stage_entries", "stage:b", "an", MARCH_2): 1,
    }
    rows = book.recount().rows("SELECT list, id FROM list_rows WHERE list LIKE 'stage%' ORDER BY 1")
    assert rows == [
        ("stage_entries", "c1"),
        ("stage_entries|stage:a", "c1"),
        ("stage_entries|stage:b", "c1"),
    ]


def test_stage_without_actor_is_the_owners_at_that_time(book: Book) -> None:
    """Without an actor the owner at the moment is credited, before any owner nobody."""
    enter(book, "a", 2)
    book.add("customer.assigned", "c1", owner_id="an", assigned_at="2026-03-03T03:00:00Z")
    book.add("customer.assigned", "c1", owner_id="binh", assigned_at="2026-03-05T03:00:00Z")
    enter(book, "b", 4)
    enter(book, "c", 5)
    entries = {(who, day) for _, dimension, who, day in book.cells("stage_entries") if dimension}
    assert entries == {("-", 20260302), ("an", 20260304), ("binh", 20260305)}


def test_stage_of_creation_is_the_owners_and_survives_deletion(book: Book) -> None:
    """A customer created in a stage enters it by its owner; deletion keeps past entries."""
    book.add("customer.created", "c1", created_at=AT, owner_id="an", relationship_id="new")
    book.add("customer.deleted", "c1")
    assert book.cells("stage_entries") == {
        ("stage_entries", "", "an", MARCH_2): 1,
        ("stage_entries", "stage:new", "an", MARCH_2): 1,
    }
