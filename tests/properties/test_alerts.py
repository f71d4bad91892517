"""Alerts neither flap nor get lost, whatever comes in which order and whoever begins anew."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.alerts import Notice, State, Watch

BEGAN_MS = round(datetime(2026, 11, 20, 1, tzinfo=UTC).timestamp() * 1000)
"""08:00 in Ho Chi Minh City."""
MINUTE_MS = 60_000
LEVELS = ["ok", "warn", "critical"]
values = st.one_of(st.none(), st.integers(0, 20).map(float))
looks = st.lists(st.tuples(values, st.integers(0, 400)), min_size=1, max_size=60)
"""(value, minutes since the look before)."""


def watch(**more: Any) -> Watch:
    """Return a rule: fewer than ten is a warning, fewer than five is critical."""
    data = {
        "name": "Few calls",
        "metric": "calls_attempted",
        "operator": "<",
        "warn": 10,
        "critical": 5,
        "defined_at": "2026-11-20T00:00:00Z",
    }
    return Watch.read("few", {**data, **more}, "Asia/Ho_Chi_Minh")


def run(
    rule: Watch, story: list[tuple[float | None, int]], again: list[bool] | None = None
) -> tuple[State, list[tuple[int, Notice]]]:
    """Look again and again; at some looks twice, with the state stored and read in between."""
    state, told, now_ms = State(), [], BEGAN_MS
    for number, (value, minutes) in enumerate(story):
        now_ms += minutes * MINUTE_MS
        is_twice = bool(again) and again[number % len(again)]
        for _ in range(2 if is_twice else 1):
            if is_twice:
                state = State(**state._asdict())
            state, notice = rule.step(state, value, now_ms)
            if notice is not None:
                told.append((now_ms, notice))
    return state, told


rules = st.builds(
    watch,
    hysteresis=st.sampled_from([0, 1, 3]),
    quiet=st.sampled_from([None, {"first": "20:00", "last": "07:00"}]),
    once_per=st.sampled_from([None, "day", "week", "month"]),
)


@given(rules, looks, st.lists(st.booleans(), min_size=1, max_size=8))
def test_looking_twice_and_beginning_anew_change_nothing(
    rule: Watch, story: list[tuple[float | None, int]], again: list[bool]
) -> None:
    """Duplicates and restarts at any place tell neither more nor less."""
    assert run(rule, story, again) == run(rule, story)


@given(rules, looks)
def test_what_is_told_is_a_chain(rule: Watch, story: list[tuple[float | None, int]]) -> None:
    """Each notice goes on where the one before ended, from 'ok', and never says the same twice."""
    at = "ok"
    for _, notice in run(rule, story)[1]:
        assert notice.before == at
        assert notice.level != at
        assert notice.occurrence
        at = notice.level
    state, _ = run(rule, story)
    assert state.told == at


@given(looks, st.sampled_from([0, 1, 3]))
def test_nothing_is_lost(story: list[tuple[float | None, int]], hysteresis: float) -> None:
    """Without quiet hours and once-per, the level of every look is told, and is the right one."""
    rule = watch(hysteresis=hysteresis)
    state = State()
    now_ms = BEGAN_MS
    for value, minutes in story:
        now_ms += minutes * MINUTE_MS
        before = state
        state, _ = rule.step(state, value, now_ms)
        assert state.told == state.level
        assert LEVELS.index(state.level) >= LEVELS.index(plain(value))
        if hysteresis == 0:
            assert state.level == plain(value)
        if state.level != plain(value):
            assert value is not None
            assert LEVELS.index(state.level) <= LEVELS.index(before.level)
            assert value < (10 if state.level == "warn" else 5) + hysteresis


def plain(value: float | None) -> str:
    """Return the level without any memory."""
    if value is None or value >= 10:
        return "ok"
    return "warn" if value >= 5 else "critical"


@given(st.lists(st.sampled_from([9.0, 10.0, 11.0, 12.0]), min_size=1, max_size=50))
def test_within_the_hysteresis_nothing_moves(wobble: list[float]) -> None:
    """A value that wobbles about its limit by less than the hysteresis tells once."""
    rule = watch(hysteresis=3)
    _, told = run(rule, [(9.0, 1), *((value, 1) for value in wobble)])
    assert [notice.level for _, notice in told] == ["warn"]


@given(looks)
def test_quiet_hours_are_quiet_and_what_lasts_is_told_after_them(
    story: list[tuple[float | None, int]],
) -> None:
    """Nothing is told from 20:00 to 07:00; at the first look after them all is told."""
    rule = watch(quiet={"first": "20:00", "last": "07:00"})
    state, told = run(rule, story)
    for at_ms, _ in told:
        assert 7 <= datetime.fromtimestamp(at_ms / 1000 + 7 * 3600, UTC).hour < 20
    morning = BEGAN_MS + (sum(minutes for _, minutes in story) // 1440 + 1) * 1440 * MINUTE_MS
    state, _ = rule.step(state, state.value, morning)
    assert state.told == state.level


@given(looks, st.sampled_from(["day", "week", "month"]))
def test_once_per_period_is_once(story: list[tuple[float | None, int]], period: str) -> None:
    """In one period at most one occurrence is told; it is told to its end."""
    rule = watch(once_per=period)
    state, told = run(rule, story)
    begun: dict[str, set[str]] = {}
    for at_ms, notice in told:
        if notice.before == "ok":
            begun.setdefault(rule._period(at_ms), set()).add(notice.occurrence)
    assert all(len(occurrences) == 1 for occurrences in begun.values())
    assert state.told in {state.level, "ok"}


def test_the_time_axis_of_the_docstring() -> None:
    """The worked example: told are warn, critical, warn, ok."""
    story = [(float(value), 1) for value in (12, 9, 9, 4, 4, 5, 7, 12)]
    levels = [notice.level for _, notice in run(watch(hysteresis=1), story)[1]]
    assert levels == ["warn", "critical", "warn", "ok"]


def test_a_rule_by_ten_o_clock_is_judged_from_then_on() -> None:
    """Before its time of day there is nothing to judge, and at midnight it resolves."""
    rule = watch(by="10:00")
    assert not rule.is_due(BEGAN_MS)
    assert rule.is_due(BEGAN_MS + 120 * MINUTE_MS)
    assert not rule.is_due(BEGAN_MS + 16 * 60 * MINUTE_MS)
