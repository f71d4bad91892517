"""The edge of the importers: files, posting under back-pressure, resuming, showing progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from rich.console import Console
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from schemas.rejection import Rejection
from services.ingestor.importers.admin import NewTenant, tenant_of, write_key
from services.ingestor.importers.command import Import, run
from services.ingestor.importers.feed import Feed, batches, paced_size
from services.ingestor.importers.formats import FORMATS, InputError, digest, input_files, read_items
from services.ingestor.importers.poster import Poster, PostError
from services.ingestor.importers.progress import Bar, Lines, shown
from services.ingestor.importers.resume import Mark, ResumeState
from services.ingestor.translate.item import Event, Item, Unreadable

URL = "http://ingestor"
KEY = "sp_acme_0a1b_secret"
CALL_HEAD = (
    "Call Id,Agent,Date,Time,Topic,Answered (Y/N),Resolved,Speed of answer in seconds,"
    "AvgTalkDuration,Satisfaction rating\r\n"
)
CALL = "ID1,Diane,2021-01-01,09:12:58,Contract,Y,Y,109,00:02:23,3\r\n"


class ScriptedDoor:
    """A door that answers as told, in turn, and then takes everything; it keeps what it took."""

    def __init__(self, *answers: Callable[[list[Event]], Response]) -> None:
        self.answers = list(answers)
        self.taken: list[Event] = []
        self.requests: list[int] = []

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        events = orjson.loads(await request.body())
        self.requests.append(len(events))
        if self.answers:
            return self.answers.pop(0)(events)
        self.taken += events
        return JSONResponse({"accepted": len(events), "rejected": []}, 202)

    def client(self) -> httpx.AsyncClient:
        """Return a client that reaches this door."""
        route = Route("/v1/events", self.answer, methods=["POST"])
        return httpx.AsyncClient(transport=httpx.ASGITransport(Starlette(routes=[route])))


def refuse(
    status: int, retry_after: str | None = None, **body: Any
) -> Callable[[list[Event]], Response]:
    headers = {"Retry-After": retry_after} if retry_after is not None else None
    return lambda _: JSONResponse(body, status, headers)


def post_events(count: int) -> list[Event]:
    return [{"id": str(number)} for number in range(count)]


async def test_back_pressure_is_waited_out() -> None:
    """After 429 and 503 the same batch is sent again, until it is taken."""
    door = ScriptedDoor(refuse(503, "soon"), refuse(429, "0"), refuse(503, "0"))
    async with door.client() as client:
        assert await Poster(client, URL, KEY).post(post_events(3)) == []
    assert door.requests == [3, 3, 3, 3]
    assert door.taken == post_events(3)


async def test_nobody_answers_for_too_long() -> None:
    """After the time to give up the reason is named."""
    door = ScriptedDoor(refuse(503, "60", detail="Kafka is away"))
    async with door.client() as client:
        with pytest.raises(PostError, match="Kafka is away"):
            await Poster(client, URL, KEY, give_up_s=5).post(post_events(1))


async def test_a_batch_that_is_too_large_is_cut_and_keeps_its_order() -> None:
    """Each half is sent by itself; the places of refused events are of the whole."""
    rejected = {"index": 0, "id": "1", "code": "naive_time", "detail": "d", "pointer": "/time"}
    door = ScriptedDoor(
        refuse(413, detail="too many"),
        lambda events: JSONResponse({"accepted": len(events), "rejected": []}, 202),
        lambda events: JSONResponse({"accepted": 1, "rejected": [rejected]}, 202),
    )
    async with door.client() as client:
        (refused,) = await Poster(client, URL, KEY).post(post_events(3))
    assert door.requests == [3, 1, 2]
    assert (refused.place, refused.code, refused.pointer) == (1, "naive_time", "/time")


async def test_one_event_that_is_too_large_is_refused_alone() -> None:
    """There is nothing left to cut."""
    door = ScriptedDoor(refuse(413, title="too large"))
    async with door.client() as client:
        (refused,) = await Poster(client, URL, KEY).post(post_events(1))
    assert (refused.code, refused.detail) == ("too_large", "too large")


async def test_a_wrong_key_ends_the_import() -> None:
    """What waiting cannot put right is said at once."""
    door = ScriptedDoor(refuse(401, detail="unknown key"))
    async with door.client() as client:
        with pytest.raises(PostError, match="401: unknown key"):
            await Poster(client, URL, KEY).post(post_events(1))
    assert door.requests == [1]


async def test_a_feed_writes_in_order_counts_what_was_refused_and_marks_each_batch() -> None:
    """Unreadable and foreign items are named and counted; all others arrive in their order."""
    bad = Unreadable("f.csv:3", Rejection("invalid_field", "no date", "/date"))
    items: list[Item] = [{"id": "0"}, bad, {"id": "2", "tenantid": "other"}, {"id": "3"}]
    door, said = ScriptedDoor(), StringIO()
    marks: list[Mark] = []
    async with door.client() as client:
        poster = Poster(client, URL, KEY)
        feed = Feed(poster, "acme", Lines(said, "t", 4), size=2, on_batch=marks.append)
        outcome = await feed.run(items)
    assert outcome == (4, 2)
    assert [event["id"] for event in door.taken] == ["0", "3"]
    assert {event["tenantid"] for event in door.taken} == {"acme"}
    assert marks == [Mark(2, 1), Mark(4, 2)]
    assert "refused: f.csv:3 invalid_field /date no date" in said.getvalue()
    assert "refused: item 3 wrong_tenant" in said.getvalue()


async def test_a_feed_goes_on_after_its_mark() -> None:
    """What was acknowledged is not sent again; what was refused stays counted."""
    door = ScriptedDoor()
    async with door.client() as client:
        feed = Feed(Poster(client, URL, KEY), "acme", Lines(StringIO(), "t", 5), rate=1e9)
        outcome = await feed.run(post_events(5), Mark(3, 1))
    assert outcome == (5, 1)
    assert [event["id"] for event in door.taken] == ["3", "4"]


async def test_only_the_first_refusals_are_printed() -> None:
    """A file of the wrong kind does not fill the screen."""
    bad = Unreadable("f:1", Rejection("not_json", "x"))
    said = StringIO()
    async with ScriptedDoor().client() as client:
        feed = Feed(Poster(client, URL, KEY), "acme", Lines(said, "t", 50))
        outcome = await feed.run([bad] * 50)
    assert outcome == (50, 50)
    assert said.getvalue().count("refused: ") == 21


@pytest.mark.parametrize(("rate", "size"), [(0, 500), (20, 2), (3, 1), (1000, 100), (1e6, 500)])
def test_a_paced_batch_is_a_tenth_of_a_second(rate: float, size: int) -> None:
    """Slow replays come evenly, fast ones in full batches."""
    assert paced_size(rate, 500) == size


def test_batches_cover_a_sequence_once() -> None:
    """Nothing is lost or doubled at the cuts."""
    items: Sequence[Item] = post_events(7)
    assert [len(batch) for batch in batches(items, 3)] == [3, 3, 1]
    assert [one for batch in batches(items, 3) for one in batch] == items


def test_a_mark_is_kept_until_the_import_is_done(tmp_path: Path) -> None:
    """Each import has its own mark; a finished one is forgotten; a damaged file is the start."""
    path = tmp_path / "deep" / "imports.json"
    one, other = ResumeState(path, "one"), ResumeState(path, "other")
    assert one.load() == Mark()
    one.save(Mark(500, 2))
    other.save(Mark(7, 0))
    assert one.load() == Mark(500, 2)
    one.forget()
    one.forget()
    assert (one.load(), other.load()) == (Mark(), Mark(7, 0))
    path.write_text('{"one": "x"}')
    assert one.load() == Mark()
    path.write_text("{")
    assert one.load() == Mark()


def test_a_data_set_without_its_files_or_columns_is_named(tmp_path: Path) -> None:
    """The person reads which file or column is missing."""
    with pytest.raises(InputError, match="unknown format 'xls'"):
        input_files("xls", tmp_path)
    with pytest.raises(InputError, match=r"sales_teams\.csv"):
        input_files("maven-crm", tmp_path)
    file = tmp_path / "call_center.csv"
    file.write_text("Call Id,Agent\r\n")
    with pytest.raises(InputError, match="no column 'Date'"):
        list(read_items("pwc-calls", tmp_path, "UTC"))
    file.write_bytes(CALL_HEAD.encode() + b"\xff\xfe\r\n")
    with pytest.raises(InputError, match="not a UTF-8 CSV file"):
        list(read_items("pwc-calls", tmp_path, "UTC"))


def test_a_file_with_a_byte_order_mark_or_named_itself_is_read(tmp_path: Path) -> None:
    """Spreadsheets write a mark before the heading; a single file needs no folder."""
    file = tmp_path / "export.csv"
    file.write_text(CALL_HEAD + CALL, encoding="utf-8-sig", newline="")
    assert len(list(read_items("pwc-calls", file, "UTC"))) == 3
    assert digest([file]) == digest([file])
    assert digest([file]) != digest([file, file])
    assert set(FORMATS) == {
        "maven-crm",
        "olist-funnel",
        "pwc-calls",
        "fivetran-hubspot",
        "fivetran-salesforce",
        "jsonl",
    }


def test_a_tenant_is_read_from_its_key() -> None:
    """A key names its tenant; what is no key is said to be none."""
    assert tenant_of("sp_my-shop_0a_ff") == "my-shop"
    with pytest.raises(PostError, match="sp_<tenant>"):
        tenant_of("secret")


async def test_an_admin_that_refuses_or_is_away_is_named() -> None:
    """The answer of the administration is shown; so is that there is none."""
    wish = NewTenant("acme", "UTC", "USD", "US")
    refusing = httpx.MockTransport(lambda _: httpx.Response(401, text="wrong token"))
    async with httpx.AsyncClient(transport=refusing) as client:
        with pytest.raises(PostError, match="401: wrong token"):
            await write_key(client, URL, "token", wish)
    async with httpx.AsyncClient() as client:
        with pytest.raises(PostError, match="does not answer"):
            await write_key(client, "http://127.0.0.1:1", "token", wish)


def test_progress_is_plain_lines_where_there_is_no_terminal() -> None:
    """A pipe gets a line for each tenth and nothing that moves the cursor."""
    said = StringIO()
    with shown(said, "import", 20) as show:
        for done in range(21):
            show.update(done)
    lines = said.getvalue().splitlines()
    assert len(lines) == 11
    assert lines[-1] == "import: 20 of 20"
    assert "\x1b" not in said.getvalue()


def test_progress_is_a_bar_on_a_terminal() -> None:
    """A terminal gets a bar, and lines above it."""
    said = StringIO()
    with Bar(Console(file=said, force_terminal=True), "import", 4) as bar:
        bar.update(4)
        bar.say("refused: one")
    assert "refused: one" in said.getvalue()
    assert "4/4" in said.getvalue()


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"format_name": "xls"}, "unknown format"),
        ({"path": Path("nowhere")}, "no file"),
        ({"key": ""}, "name a key"),
        ({"key": "", "tenant": "acme"}, "--admin-token"),
        ({"as_of": date(2026, 1, 1)}, "--admin-token"),
    ],
)
def test_what_cannot_be_imported_is_said_in_one_line(
    tmp_path: Path, changes: dict[str, Any], error: str
) -> None:
    """A wrong file, format or key: exit code 2 and a reason, nothing sent."""
    file = tmp_path / "calls.csv"
    file.write_text(CALL_HEAD + CALL)
    given: dict[str, Any] = {
        "format_name": "pwc-calls",
        "path": file,
        "ingestor_url": URL,
        "key": KEY,
        "resume_state": tmp_path / "imports.json",
    }
    said = StringIO()
    assert run(Import(**(given | changes)), said) == 2
    assert error in said.getvalue()


def test_a_shift_needs_a_date_to_start_from(tmp_path: Path) -> None:
    """A file without any date cannot be moved."""
    file = tmp_path / "empty.jsonl"
    file.write_text('{"id": "1"}\n{\n')
    job = Import(
        format_name="jsonl",
        path=file,
        ingestor_url=URL,
        key=KEY,
        admin_token="x",
        as_of=date(2026, 1, 1),
    )
    said = StringIO()
    assert run(job, said) == 2
    assert "no date in the data" in said.getvalue()
