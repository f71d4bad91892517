"""From which sources a tenant hears: counted event by event, never without end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.aggregator.core.heard import MOST, Heard
from services.query.quality import sources

EVENTS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1000)))


@given(EVENTS, st.integers(0, 10))
def test_it_does_not_matter_how_the_log_is_cut(events: list[tuple[str, int]], cut: int) -> None:
    """What was kept and read back goes on as if it had been heard at once."""
    whole, first = Heard({}), Heard({})
    for event in events:
        whole.hear(*event)
    for event in events[:cut]:
        first.hear(*event)
    rest = Heard(first.sources)
    for event in events[cut:]:
        rest.hear(*event)
    assert rest.sources == whole.sources
    for source in set("abc") & whole.sources.keys():
        times = [at for name, at in events if name == source]
        assert whole.sources[source] == (len(times), max(times))


def test_who_was_silent_longest_is_forgotten() -> None:
    """A sender that names each event another source does not push out who is heard all the time."""
    heard = Heard({"crm": (7, 0)})
    for number in range(3 * MOST):
        heard.hear(f"once-{number}", number)
        heard.hear("crm", number)
    assert len(heard.sources) == MOST
    assert heard.sources["crm"] == (7 + 3 * MOST, 3 * MOST - 1)
    assert "once-0" not in heard.sources


def test_sources_are_told_the_last_heard_first() -> None:
    """What we write ourselves is no source; nothing was heard of where nothing was kept."""
    kept = b'{"crm":[3,1000],"/query":[9,9000],"pbx":[1,2000],"salespulse":[2,8000]}'
    assert [(row["source"], row["events"], row["last_at"]) for row in sources(kept)] == [
        ("pbx", 1, "1970-01-01T00:00:02.000Z"),
        ("crm", 3, "1970-01-01T00:00:01.000Z"),
    ]
    assert sources(None) == []
