"""Configuration documents: the last event about one holds, in the fold, the recount and answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.configuration import DOCUMENTS, Document
from schemas.envelope import LogEvent
from services.aggregator.core.tenant import Tenant
from services.query.configuration import Configuration
from services.verify.recount import Recount

SIGN_HUNG, SIGN_TAKEN = "sign.hung", "sign.taken_down"
Said = tuple[str, str, dict[str, Any]]
STORY: tuple[Said, ...] = (
    (SIGN_HUNG, "door", {"text": "Open", "size": 1.5}),
    (SIGN_HUNG, "door", {"text": "Open", "size": 1.5}),
    (SIGN_TAKEN, "window", {}),
    (SIGN_HUNG, "window", {"text": "Mở cửa"}),
    (SIGN_HUNG, "door", {"text": "Closed"}),
    (SIGN_TAKEN, "window", {}),
    (SIGN_HUNG, "roof", {"text": "Hi"}),
)


@pytest.fixture(autouse=True)
def signs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be documents that exist in tests only."""
    monkeypatch.setitem(DOCUMENTS, SIGN_HUNG, Document("sign"))
    monkeypatch.setitem(DOCUMENTS, SIGN_TAKEN, Document("sign", removes=True))


def folded(story: tuple[Said, ...]) -> tuple[Tenant, list[str]]:
    """Fold events of a story; return the tenant and what each event did."""
    tenant = Tenant("acme")
    outcomes = []
    for number, (kind, subject, data) in enumerate(story):
        event = LogEvent(str(number), "test", kind, 0, subject, "acme", data)
        outcomes.append(tenant.apply(event))
    return tenant, outcomes


def recounted(story: tuple[Said, ...], spill: Path) -> dict[tuple[str, str], str]:
    """Recount events of a story; return (hash, field) -> value of what is kept of the tenant."""
    recount = Recount(spill)
    records = []
    for number, (kind, subject, data) in enumerate(story):
        event = {
            "specversion": "1.0",
            "id": str(number),
            "source": "test",
            "type": kind,
            "time": "2026-03-02T03:00:00.000Z",
            "subject": subject,
            "tenantid": "acme",
            "data": data,
        }
        records.append((number, 0, "acme", orjson.dumps(event).decode()))
    recount.load(records)
    recount.recompute()
    rows = recount.rows("SELECT hash, field, value FROM tenant_values")
    return {(row[0], row[1]): row[2] for row in rows}


def test_the_last_event_about_a_document_holds() -> None:
    """A document is what was said of it last; the same again, or nothing to remove, is nothing."""
    tenant, outcomes = folded(STORY)
    assert tenant.documents == {"sign:door": {"text": "Closed"}, "sign:roof": {"text": "Hi"}}
    assert tenant.changed_documents == {"sign:door", "sign:window", "sign:roof"}
    assert outcomes == [
        *("applied", "unchanged", "unchanged", "applied"),
        *("applied", "applied", "applied"),
    ]
    assert tenant.configured == outcomes.count("applied")


@pytest.mark.parametrize("length", range(len(STORY) + 1))
def test_the_recount_keeps_the_same_documents(length: int, tmp_path: Path) -> None:
    """After each event the recount has the documents and the count of the fold, byte for byte."""
    tenant, _ = folded(STORY[:length])
    expected = {("config", n): orjson.dumps(d).decode() for n, d in tenant.documents.items()}
    if tenant.configured:
        expected["meta", "configured"] = str(tenant.configured)
    assert recounted(STORY[:length], tmp_path) == expected


def test_documents_are_read_by_kind() -> None:
    """A document is found by kind and id, also one with a colon in its id."""
    flat = [b"sign:door", b'{"text":"Open"}', b"rule:a:b", b'{"n":1}']
    read = Configuration.read(b"2", flat)
    assert read.of("sign") == {"door": {"text": "Open"}}
    assert read.of("rule") == {"a:b": {"n": 1}}
    assert read.of("none") == {}
