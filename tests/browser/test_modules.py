"""The pages' pure modules, run in Chromium from the files as they are; no service needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

WEB = Path(__file__).parents[2] / "services" / "query" / "web"
ORIGIN = "http://pages.test"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html"}
pytestmark = pytest.mark.browser
Run = Callable[..., Any]


def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    file = WEB / path.lstrip("/")
    if path == "/":
        route.fulfill(body="<!doctype html><title>modules</title>", content_type="text/html")
    else:
        route.fulfill(body=file.read_text(), content_type=TYPES[file.suffix])


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """Give a page that serves the modules from disk."""
    context = browser.new_context(locale="en-GB")
    opened = context.new_page()
    opened.route(f"{ORIGIN}/**", _serve)
    opened.goto(f"{ORIGIN}/")
    yield opened
    context.close()


@pytest.fixture
def run(page: Page) -> Run:
    """Give a function that runs an expression over a module's exports (`m`)."""

    def evaluate(module: str, expression: str, argument: Any = None) -> Any:
        code = (
            f"async (given) => {{ const m = await import('/assets/{module}.js');"
            f" const words = await import('/assets/words.js');"
            f" return ({expression}); }}"
        )
        return page.evaluate(code, argument)

    return evaluate


NUMBERS = "new m.Numbers(given[0], given[4] || 'VND', words.speaker(given[0]))"
FIXED = "\u00a0"


@pytest.mark.parametrize(
    ("language", "label"), [("en", "Orders (trial)"), ("vi", "Đơn hàng (thử nghiệm)")]
)
def test_a_figure_on_trial_says_so_in_its_name(
    page: Page, run: Run, language: str, label: str
) -> None:
    """Wherever a board names it; a figure that everybody has is named as it is."""
    names = {"label_en": "Orders", "label_vi": "Đơn hàng"}
    trial = {"department_id": "sales", "from": "2026-11-01"}
    kpis = [{"name": "orders", **names, "trial": trial}, {"name": "others", **names}]
    page.route(f"{ORIGIN}/v1/catalogue", lambda route: route.fulfill(json={"kpis": kpis}))
    found = run(
        "service", "[...(await m.readCatalogue(given)).values()].map((k) => k.label)", language
    )
    page.unroute(f"{ORIGIN}/v1/catalogue")
    assert found == [label, names[f"label_{language}"]]


@pytest.mark.parametrize(
    ("figure", "short", "exact"),
    [
        (("en", 0, "count"), "0", "0"),
        (("en", 9_999, "count"), "9,999", "9,999"),
        (("en", 12_345, "count"), "12.3 K", "12,345"),
        (("en", 1_234_567, "money"), "1.23 M\u202f₫", "1,234,567 ₫"),
        (("vi", 84_200_000, "money"), "84,2 Tr\u202f₫", "84.200.000 ₫"),
        (("vi", 1_234_567_890, "money"), "1,23 T\u202f₫", "1.234.567.890 ₫"),
        (("en", -500_000, "money"), "−500 K\u202f₫", "−500,000 ₫"),
        (("en", 0.8412, "ratio"), "84 %", "84.12 %"),
        (("en", 45, "seconds"), "45 s", "45 s"),
        (("en", 754, "seconds"), "12:34 min", "12 min 34 s"),
        (("en", 12_312, "seconds"), "3:25 h", "3 h 25 min 12 s"),
        (("vi", 12_312, "seconds"), "3:25 giờ", "3 giờ 25 phút 12 giây"),
        (("en", 3_600 * 123, "seconds"), "123 h", "123 h 0 min 0 s"),
        (("en", None, "money"), "–", "–"),
    ],
)
def test_numbers(run: Run, figure: tuple[str, float | None, str], short: str, exact: str) -> None:
    """A figure has at most four significant characters on a board and is exact on demand."""
    given = list(figure)
    written = run("numbers", f"{NUMBERS}.text(given[1], given[2])", given)
    assert written.replace(FIXED, " ") == short
    written = run("numbers", f"{NUMBERS}.exact(given[1], given[2])", given)
    assert written.replace(FIXED, " ") == exact
    assert len(re.sub(r"[^\d]", "", short)) <= 4


def test_minor_units(run: Run) -> None:
    """Money is divided by its own minor unit: none for VND, cents for USD."""
    given = ["en", 123_456, "money", None, "USD"]
    assert run("numbers", f"{NUMBERS}.exact(given[1], given[2])", given) == f"1,234.56{FIXED}$"
    assert run("numbers", f"{NUMBERS}.text(given[1], given[2])", given) == f"1,235{FIXED}$"


LIVE = {"state": "live", "lag": {"events": 0, "seconds": 0.2}}


@pytest.mark.parametrize(
    ("known", "state"),
    [
        ({"startedAt": 0, "now": 9_000}, "connecting"),
        ({"startedAt": 0, "now": 10_001}, "not_available"),
        ({"missing": True, "startedAt": 0, "now": 1}, "not_available"),
        ({"refused": True, "beat": LIVE, "heardAt": 0, "now": 1}, "no_right"),
        ({"beat": LIVE, "heardAt": 0, "now": 10_000, "anything": True}, "live"),
        ({"beat": LIVE, "heardAt": 0, "now": 10_000, "anything": False}, "no_data"),
        ({"beat": LIVE, "heardAt": 0, "now": 10_001, "anything": True}, "stale"),
        ({"beat": {**LIVE, "state": "catching_up"}, "heardAt": 0, "now": 1}, "catching_up"),
        ({"beat": {**LIVE, "state": "recovering"}, "heardAt": 0, "now": 1}, "recovering"),
        ({"beat": {**LIVE, "state": "stale"}, "heardAt": 0, "now": 1}, "stale"),
    ],
)
def test_states(run: Run, known: dict[str, Any], state: str) -> None:
    """Each state follows from what was heard and when; silence beats what was said before it."""
    assert run("state", "m.judge(given)", known) == state


def test_catching_up_says_how_far(run: Run) -> None:
    """A board that catches up says how many events and how long it is behind."""
    beat = {"state": "catching_up", "lag": {"events": 12_300, "seconds": 95.4}}
    code = (
        "(await import('/assets/numbers.js')).Numbers, m.describe('catching_up', given,"
        " words.speaker('en'), new (await import('/assets/numbers.js')).Numbers('en', 'VND',"
        " words.speaker('en')), null).detail"
    )
    detail = run("state", code, {"beat": beat, "lastFigure": 0})
    assert detail.replace(FIXED, " ") == "12.3 K events, 1:35 min behind"


def test_ties_share_a_rank(run: Run) -> None:
    """Equal values have equal ranks, the next one counts on: 1, 1, 3; names break no tie."""
    people = [{"id": str(n), "name": f"P{n}", "value": value} for n, value in enumerate([5, 9, 9])]
    rows = run("rank", "m.rank(given, 'en')", people)
    assert [(row["id"], row["rank"]) for row in rows] == [("1", 1), ("2", 1), ("0", 3)]


def test_waiting_doubles_with_chance(run: Run) -> None:
    """Attempts to reconnect wait longer and longer, at most 20 s, never all at one moment."""
    code = "[0, 1, 2, 9].map((n) => [m.waitBefore(n, () => 0), m.waitBefore(n, () => 1)])"
    assert run("feed", code) == [[500, 1000], [1000, 2000], [2000, 4000], [10_000, 20_000]]


def test_tiles_prefer_figures_with_data(run: Run) -> None:
    """A call centre's board shows inbound calls, an empty one the usual eight, hero first."""
    code = (
        "(() => { const all = new Map(m.CANDIDATES.map((tile) => [tile.metric, {streamed: true}]));"
        " return m.chooseTiles(all, (metric) => given.includes(metric)).map((t) => t.metric); })()"
    )
    assert len(run("choice", code, [])) == 8
    assert run("choice", code, [])[0] == "revenue"
    everything = run("choice", "m.CANDIDATES.map((tile) => tile.metric)")
    assert set(run("choice", code, everything)) == set(run("choice", code, []))
    inbound = ["calls_inbound_answered", "talk_seconds_inbound"]
    chosen = run("choice", code, inbound)
    assert chosen[0] == "calls_inbound_answered"
    assert set(inbound) < set(chosen)


def test_rows_of_tiles_are_full(run: Run) -> None:
    """However many tiles there are, each row of six columns is filled."""
    for spans in run("choice", "[1, 2, 3, 4, 5, 6, 7, 8].map((count) => m.spansOf(count))"):
        filled = 0
        for span in spans:
            filled += span
            assert filled <= 6
            filled %= 6
        assert filled == 0


def test_news_of_today_without_repetition(run: Run) -> None:
    """A running call gives way to its end, an order to its approval; yesterday is no news."""
    told = [("call.ended", "c1", 5), ("call.connected", "c2", 5), ("call.connected", "c1", 5)]
    told += [("order.approved", "o1", 5), ("order.created", "o1", 5), ("order.created", "o2", 1)]
    given = [{"type": kind, "subject": one, "at_ms": at} for kind, one, at in told]
    news = run("ticker", "m.news(given, (ms) => ms === 5).map((e) => e.type + e.subject)", given)
    assert news == ["call.endedc1", "call.connectedc2", "order.approvedo1"]


def test_departments_as_a_tree(run: Run) -> None:
    """Teams stand under their department; a circle of parents is listed, not followed for ever."""
    found = [("b", None), ("a", None), ("a1", "a"), ("x", "y"), ("y", "x")]
    given = [{"id": one, "name": one, "parent_id": parent} for one, parent in found]
    tree = run("organisation", "m.asTree(given, 'en').map((one) => [one.id, one.depth])", given)
    assert tree == [["a", 0], ["a1", 1], ["b", 0], ["x", 0], ["y", 0]]


def test_both_languages_say_the_same(run: Run) -> None:
    """Every word exists in English and Vietnamese, with the same slots."""
    slots = (
        "Object.fromEntries(Object.entries(words.LANGUAGES[given]).map(([name, text]) =>"
        " [name, (text.match(/\\{\\w+\\}/g) || []).sort()]))"
    )
    assert run("words", slots, "en") == run("words", slots, "vi")


def test_a_feed_that_is_denied_is_not_opened_again(run: Run, page: Page) -> None:
    """The closing event ends it, and so does a refusal; a mere end is tried again."""
    opened: list[str] = []

    def serve(route: Route) -> None:
        name = route.request.url.rpartition("/")[2]
        opened.append(name)
        if name == "forbidden":
            route.fulfill(status=403, body="{}", content_type="application/problem+json")
            return
        body = f"retry: 1\n\nevent: {name}\ndata: {{}}\n\n"
        route.fulfill(body=body, content_type="text/event-stream")

    page.route(f"{ORIGIN}/v1/**", serve)
    over = (
        "await new Promise((resolve) => new m.Feed(() => given,"
        " { heard: () => {}, lost: () => true, denied: () => resolve(true) }).open())"
    )
    assert run("feed", over, "/v1/denied")
    assert run("feed", over, "/v1/forbidden")
    beats = (
        "await new Promise((resolve) => { let beats = 0; const feed = new m.Feed(() => given,"
        " { heard: () => { beats += 1; if (beats === 3) { feed.close(); resolve(beats); } } });"
        " feed.open(); })"
    )
    assert run("feed", beats, "/v1/heartbeat") == 3
    assert opened == ["denied", "forbidden", "forbidden", *["heartbeat"] * 3]


def test_the_administration_has_every_word_in_both_languages(run: Run) -> None:
    """Both languages have the same words with the same slots; why a row is wrong is said in each.

    The service speaks English, so the codes of rows have words in Vietnamese alone.
    """
    slots = (
        "Object.fromEntries(Object.entries(m.LANGUAGES[given]).map(([name, text]) =>"
        " [name, [...text.matchAll(/\\{(\\w+)\\}/g)].map((one) => one[1]).sort()]))"
    )
    english, vietnamese = run("admin_words", slots, "en"), run("admin_words", slots, "vi")
    assert len(english) > 250
    both = [
        {name: found for name, found in words.items() if not name.startswith("row.")}
        for words in (english, vietnamese)
    ]
    plural = {name: found for name, found in both[0].items() if not name.endswith(".one")}
    assert plural == both[1]
