"""Each listed wrong rule makes a scenario fail; a rule that survives fails the run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.mutations.mutant import ROOT, Mutation, imported, listed, planted, wrong_source
from tests.scenarios.story import Story, stories

STORIES = stories()
LISTED = listed()
WRITTEN = [mutation for mutation in LISTED if mutation.family != "reading"]
FAMILIES = {mutation.family for mutation in LISTED}
KINDS = {"date basis", "person", "no retraction", "double count"}


def noticed(mutation: Mutation, found: Sequence[Story]) -> str | None:
    """Return what a scenario sees otherwise with the wrong rule; None if none does."""
    with planted(mutation):
        play = imported("tests.scenarios.in_memory").play
        near = sorted(found, key=lambda story: not story.name.startswith(mutation.family))
        for is_reversed in (False, True):
            for story in near:
                if not (is_reversed and story.in_order):
                    wrong: list[str] = play(story, is_reversed=is_reversed)
                    if wrong:
                        return f"{story.name}, {wrong[0]}"
    return None


@pytest.mark.parametrize("mutation", WRITTEN, ids=lambda m: f"{m.family}: {m.name}")
def test_a_wrong_rule_is_noticed(mutation: Mutation) -> None:
    """With the wrong rule some figure of some scenario is another one."""
    assert noticed(mutation, STORIES), f"no scenario notices: {mutation.name}"


def test_what_is_right_is_not_noticed() -> None:
    """With a rule that is planted as it was, every scenario is as before: planting is harmless."""
    mutation = WRITTEN[0]._replace(wrong=WRITTEN[0].right)
    assert noticed(mutation, STORIES) is None


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_each_family_has_each_kind_of_mistake(family: str) -> None:
    """Another date, another person, no retraction, counted twice: every family has them."""
    assert {mutation.kind for mutation in LISTED if mutation.family == family} >= KINDS


def test_each_family_of_the_catalogue_is_there() -> None:
    """A new module of the catalogue needs its wrong rules."""
    files = {path.stem for path in (ROOT / "schemas" / "kpis").glob("*.py")}
    families = {name for name in files if "columns" not in name} - {"__init__", "model", "clock"}
    assert families <= FAMILIES


def test_every_passage_is_there() -> None:
    """A rule whose passage has gone, or is no Python when wrong, fails the run."""
    for mutation in LISTED:
        compile(wrong_source(mutation), mutation.name, "exec")
