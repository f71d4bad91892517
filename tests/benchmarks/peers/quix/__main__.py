"""Peer: Quix Streams, counting in its keyed state, as its documentation shows it.

Recommended settings: `processing_guarantee="exactly-once"`, the stronger one of the two it offers,
with its own commit interval of 5 s; state in RocksDB with changelog topics; JSON read by its own
deserializer. Counts the figures of the table that all peers share, in the state of the record's
key, which is the tenant: `group_by` would send every record through a topic first. The clock stops
when everything is committed; reading the counts, key by key, is left out. Runs in an environment
of its own (requirements.lock beside it).
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from quixstreams import Application, State

from tests.benchmarks.peers.counting import Clock, additions


def main(bootstrap: str, topic_name: str, count: int, directory: str) -> None:
    """Run until `count` events are counted, print the figures."""
    app = Application(
        broker_address=bootstrap,
        consumer_group=f"peer-{os.getpid()}",
        auto_offset_reset="earliest",
        processing_guarantee="exactly-once",
        state_dir=directory,
        loglevel="WARNING",
    )
    clock = Clock(count)
    counts: dict[str, int] = {}
    seen: list[str] = []

    def count_event(event: dict[str, Any], state: State) -> None:
        if event["type"] == "employee.upserted":
            state.set(f"department|{event['subject']}", event["data"]["department_id"])
        for key, number in additions(event, lambda who: state.get(f"department|{who}")):
            value = state.get(key)
            if value is None:
                seen.append(key)
            state.set(key, (value or 0) + number)
        if clock.tick():
            began = time.perf_counter()
            counts.update((key, state.get(key)) for key in seen)
            clock.leave_out(time.perf_counter() - began)
            app.stop()

    frame = app.dataframe(app.topic(topic_name, value_deserializer="json"))
    frame.update(count_event, stateful=True)
    app.run()
    clock.stop()
    clock.tell(counts)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
