"""The pure modules of stored boards and their editor, run in Chromium as they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.test_modules import Run, page, run

__all__ = ["page", "run"]
pytestmark = pytest.mark.browser
A = {"id": "a", "x": 0, "y": 0, "w": 4, "h": 2}
B = {"id": "b", "x": 4, "y": 0, "w": 4, "h": 2}
BOARD = {"columns": 12, "rows": 4, "tiles": [A, B]}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"x": 8}, [8, 0]),
        ({"x": 2}, [0, 0]),
        ({"x": -1}, [0, 0]),
        ({"y": 3}, [0, 0]),
        ({"y": 2}, [0, 2]),
    ],
)
def test_a_tile_moves_only_where_it_fits(
    run: Run, change: dict[str, int], place: list[int]
) -> None:
    """Never onto another tile and never over the edge; what does not fit changes nothing."""
    code = "(({x, y}) => [x, y])(m.placed(given[0], 'a', given[1]).tiles[0])"
    assert run("edit_grid", code, [BOARD, change]) == place


def test_a_new_tile_takes_the_first_room(run: Run) -> None:
    """The first free place of its size, a smaller one if need be, none on a full board."""
    find = "m.freePlace(given[0], given[1])"
    assert run("edit_grid", find, [BOARD, [3, 2]]) == {"x": 8, "y": 0, "w": 3, "h": 2}
    assert run("edit_grid", find, [BOARD, [12, 4]]) == {"x": 0, "y": 2, "w": 12, "h": 2}
    full = {"columns": 8, "rows": 2, "tiles": [A, B]}
    assert run("edit_grid", find, [full, [1, 1]]) is None


def test_undo_and_redo(run: Run) -> None:
    """What was done is taken back and done again; a new change ends what could be redone."""
    code = (
        "(() => { const h = new m.History(1); h.do(2); h.do(2); h.do(3); h.undo();"
        " const back = h.board; h.redo(); const again = h.board; h.undo(); h.do(9);"
        " return [back, again, h.board, h.redo(), h.undo(), h.board]; })()"
    )
    assert run("edit_history", code) == [2, 3, 9, False, True, 2]


@pytest.mark.parametrize(
    ("value", "target", "expected", "found"),
    [
        (71, 100, 66, [0.71, 0.66, "on_track"]),
        (64, 100, 70, [0.64, 0.7, "behind_pace"]),
        (50, 100, 70, [0.5, 0.7, "at_risk"]),
        (0, 100, 0, [0, 0, "on_track"]),
        (120, 100, None, [1.2, None, "on_track"]),
        (5, 0, 0, None),
        (None, 100, 50, None),
    ],
)
def test_pace(
    run: Run, value: float | None, target: float, expected: float | None, found: list[Any] | None
) -> None:
    """The status follows from what is expected by now; without a target there is none."""
    code = "((p) => p && [p.part, p.expected, p.status])(m.paceOf(given[0], given[1]))"
    assert run("pace", code, [value, {"target": target, "expected": expected}]) == found


@pytest.mark.parametrize(
    ("value", "more", "level"),
    [
        (5, {"warn": 10, "critical": 3}, "warn"),
        (2, {"warn": 10, "critical": 3}, "critical"),
        (10, {"warn": 10, "critical": 3}, ""),
        (12, {"warn": 10, "critical": 20, "is_high_good": False}, "warn"),
        (0, {}, ""),
        (None, {"warn": 10}, ""),
    ],
)
def test_thresholds(run: Run, value: float | None, more: dict[str, Any], level: str) -> None:
    """A level is passed on its bad side; an unknown figure warns of nothing."""
    assert run("pace", "m.levelOf(given[0], given[1])", [value, more]) == level


@pytest.mark.parametrize(
    ("hours", "time", "quiet"),
    [
        ({}, "12:00", False),
        ({"is_quiet": True}, "12:00", True),
        ({"quiet_from": "22:00", "quiet_to": "07:00"}, "23:30", True),
        ({"quiet_from": "22:00", "quiet_to": "07:00"}, "06:59", True),
        ({"quiet_from": "22:00", "quiet_to": "07:00"}, "07:00", False),
        ({"quiet_from": "12:00", "quiet_to": "13:00"}, "12:30", True),
        ({"quiet_from": "12:00", "quiet_to": "13:00"}, "13:00", False),
    ],
)
def test_quiet_hours(run: Run, hours: dict[str, Any], time: str, quiet: bool) -> None:
    """Quiet hours may go over midnight; the end is not quiet any more."""
    assert run("celebrate", "m.isQuiet(given[0], given[1])", [hours, time]) is quiet


def test_a_crowd_of_moments_does_not_stop_the_board(run: Run) -> None:
    """Each moment once, at most the newest three wait, and history is not celebrated."""
    code = (
        "(() => { const moments = new m.Moments(); const at = (id, ms) =>"
        " moments.take({event_id: id, type: 'kpi.record', at_ms: ms}, 100000);"
        " const taken = [at('a', 99000), at('a', 99000), at('old', 1000), at('b', 99000),"
        " at('c', 99000), at('d', 99000)]; const order = [];"
        " for (let one; (one = moments.next()); ) order.push(one.event_id);"
        " return [taken, order]; })()"
    )
    taken, order = run("celebrate", code)
    assert taken == [True, False, False, True, True, True]
    assert order == ["b", "c", "d"]


@pytest.mark.parametrize(
    ("hour", "opened", "happened", "reloads"),
    [(4, 0, 0, True), (5, 0, 0, False), (4, 9_000, 0, False), (4, 0, 9_990, False)],
)
def test_a_clean_start_at_night(
    run: Run, hour: int, opened: int, happened: int, reloads: bool
) -> None:
    """At four, in a quiet minute, on a page that has been open for hours; never else."""
    given = {
        "hour": hour,
        "openedMs": opened * 1000,
        "happenedMs": happened * 1000,
        "nowMs": 10_000_000,
    }
    assert run("keeper", "m.isTimeToReload(given)", given) is reloads


def test_the_picture_moves_and_comes_back(run: Run) -> None:
    """Nine places within one step, each once: nothing burns in, nothing wanders off."""
    places = run("keeper", "[...Array(10).keys()].map((turn) => m.placeAt(turn))")
    assert len({tuple(each) for each in places[:9]}) == 9
    assert all(abs(part) <= 1 for each in places for part in each)
    assert places[0] == places[9] == [0, 0]


def test_the_course_of_a_day_adds_up(run: Run) -> None:
    """Sums grow hour by hour up to now; the axis shows the working day and what lies beside it."""
    hours = [0] * 24
    hours[9], hours[10] = 3, 4
    assert run("line_chart", "m.sumsOf(given, 8, 10.5)", hours) == [
        [8, 0],
        [9, 0],
        [10, 3],
        [10.5, 7],
    ]
    assert run("line_chart", "m.hoursShown(given, given, 10.5)", hours) == [8, 18]
    hours[22] = 1
    assert run("line_chart", "m.hoursShown(given, given, 10.5)", hours) == [8, 23]
    assert run("line_chart", "[1, 7, 12, 340, 9999].map(m.roundTop)") == [1, 8, 15, 400, 10000]
    assert run("piece_trend", "m.upTo(given, 9.5)", hours) == 2


def test_ranks_that_do_not_shame(run: Run) -> None:
    """Who has no figure stands last without a rank; the top keeps its ties; around are five."""
    people = [{"id": f"p{n}", "name": f"P{n}", "value": v} for n, v in enumerate([7, 9, 9, None])]
    ranked = run("rank", "m.rank(given, 'en').map((row) => [row.id, row.rank])", people)
    assert ranked == [["p1", 1], ["p2", 1], ["p0", 3], ["p3", None]]
    top = "m.chosen(m.rank(given, 'en'), {top: 1}).map((row) => row.id)"
    assert run("rank", top, people) == ["p1", "p2"]
    many = [{"id": f"p{n}", "name": f"P{n}", "value": 20 - n} for n in range(9)]
    around = "m.chosen(m.rank(given, 'en'), {around: 'p8'}).map((row) => row.rank)"
    assert run("rank", around, many) == [5, 6, 7, 8, 9]


def test_moves_since_the_full_hour_survive_a_reload(run: Run) -> None:
    """A rank is compared with the beginning of the hour, also by a page opened meanwhile."""
    code = (
        "(() => { const kept = {}; const storage = { getItem: (k) => kept[k] ?? null,"
        " setItem: (k, v) => { kept[k] = v; } }; let hour = 9;"
        " const look = (ids) => Object.fromEntries(new m.HourMoves(() => hour, storage, 'k')"
        ".note(ids.map((id, at) => ({ id, rank: at + 1 }))));"
        " const first = look(['a', 'b']); const moved = look(['b', 'a']); hour = 10;"
        " return [first, moved, look(['b', 'a'])]; })()"
    )
    assert run("rank", code) == [{"a": 0, "b": 0}, {"b": 1, "a": -1}, {"b": 0, "a": 0}]


def test_a_funnel_shows_revenue_as_part_of_the_orders(run: Run) -> None:
    """Counts share one scale; the bar of revenue is the approved part of the orders' bar."""
    given = [[10, 40, None, 20, 600], {"sales": 1200, "revenue": 600}]
    widths = run("piece_funnel", "m.widthsOf(given[0], given[1])", given)
    assert widths == [0.25, 1, 0, 0.5, 0.25]


@pytest.mark.parametrize("words", ["words_board", "words_alerts"])
def test_both_languages_of_boards_say_the_same(run: Run, words: str) -> None:
    """Every word of boards and alerts exists in English and Vietnamese, with the same slots."""
    slots = (
        "Object.fromEntries(Object.entries(m.LANGUAGES[given]).map(([name, text]) =>"
        " [name, (text.match(/\\{\\w+\\}/g) || []).sort()]))"
    )
    assert run(words, slots, "en") == run(words, slots, "vi")


_USUAL = (
    "await (async () => { const { CANDIDATES } = await import('/assets/choice.js');"
    " const named = (name) => [name, {streamed: true}];"
    " const catalogue = new Map(CANDIDATES.map(({ metric }) => named(metric)));"
    " const board = m.usualBoard({id: 'north', name: 'North', catalogue, asked: given, rank: ''},"
    " {hasData: () => false, people: new Map()});"
    " return board; })()"
)


@pytest.mark.parametrize("count", range(1, 9))
def test_the_usual_board_is_a_whole_board(run: Run, count: int) -> None:
    """Whatever tiles are asked for: every cell of the grid is taken once, the hero first."""
    metrics = run("choice", "m.CANDIDATES.map((one) => one.metric)")[:count]
    board = run("usual", _USUAL, metrics)
    cells = [
        (x, y)
        for tile in board["tiles"]
        for x in range(tile["x"], tile["x"] + tile["w"])
        for y in range(tile["y"], tile["y"] + tile["h"])
    ]
    assert len(cells) == len(set(cells)) == board["columns"] * board["rows"]
    numbers = [tile for tile in board["tiles"] if tile["kind"] == "number"]
    assert [tile["metric"] for tile in numbers] == metrics
    assert numbers[0]["h"] == max(tile["h"] for tile in numbers)
    ranking = board["tiles"][-2]
    assert (ranking["metric"], ranking["offered"]) == (metrics[0], metrics)


def test_what_stands_beside_a_number(run: Run) -> None:
    """A part of a whole, a mean, what is open; what is not followed says nothing; money apart."""
    with_words = "{numbers: new n.Numbers('en', 'VND', say), say}"
    code = (
        "await (async () => { const n = await import('/assets/numbers.js');"
        f" const say = words.speaker('en'); const known = {with_words};"
        " const told = (metric, value, values, unit = 'count') => m.contextOf(metric, value,"
        " {...known, unit, at: (name) => values[name]});"
        " return [told('revenue', 71, {sales: 100}, 'money'), told('revenue', 71, {}, 'money'),"
        " told('talk_seconds_outbound', 120, {calls_outbound: 2}, 'seconds'),"
        " told('orders', 3, {}),"
        " m.othersText([{value: 1250, currency: 'USD'}], {unit: 'money', numbers: known.numbers})];"
        " })()"
    )
    sales, alone, calls, plain, others = run("number_context", code)
    assert (sales["text"], sales["share"]) == ("71\u00a0% of 100\u00a0₫ sales", 0.71)
    assert alone == plain == {"text": "", "share": None}
    assert calls["text"] == "avg 1:00\u00a0min"
    assert others == "+ 12.5\u00a0$"


def test_a_number_that_moves_all_the_time_does_not_count(run: Run) -> None:
    """It counts to what comes after a while; what comes at once after it is shown at once."""
    code = (
        "(async () => { const drawn = [], busy = [];"
        " const one = new m.Counter((value) => drawn.push(value), (is) => busy.push(is));"
        " one.to(0); await new Promise((done) => setTimeout(done, 1100));"
        " one.to(1000); await new Promise((done) => setTimeout(done, 600));"
        " const counted = drawn.length; one.to(2000);"
        " return [counted > 3, drawn.slice(counted), drawn.at(counted - 1), busy]; })()"
    )
    assert run("count", code) == [True, [2000], 1000, [False, False, True]]


def test_a_board_shows_its_figures_between_celebrations(run: Run) -> None:
    """Three in a row at most, then it rests; what comes meanwhile waits, and is shown after it."""
    code = (
        "(() => { const later = [], told = [], real = window.setTimeout;"
        " window.setTimeout = (then, ms) => later.push([then, ms]);"
        " const board = document.createElement('div');"
        " const says = { say: (word) => word, tell: () => ({}), quiet: () => false };"
        " const party = new m.Party(board, says);"
        " const take = (name) =>"
        "  party.take({ type: 'kpi.record', event_id: name, at_ms: Date.now() });"
        " ['a', 'b', 'c', 'd'].forEach(take);"
        " for (let at = 0; at < 7; at += 1) {"
        "  const [then, ms] = later.shift(); told.push([ms, board.hidden]); then();"
        "  if (at === 4) take('e'); }"
        " told.push(board.hidden); window.setTimeout = real; return told; })()"
    )
    shown, pause, rest = [6000, False], [1500, True], [90_000, True]
    assert run("celebrate", code) == [shown, pause, shown, pause, shown, rest, shown, True]
