// Who is on the telephone, since when: a hollow mark, because a running call is provisional. How
// many is live; who it is is a small document, read again whenever that number moved.

import { Piece, fitting, setText } from "./piece.js";
import { make } from "./make.js";

export const RUNNING = "calls_running";

/** The tile of the calls that go on. */
export class CallsPiece extends Piece {
  constructor(spec, wall) {
    super(spec, wall);
    this.count = make("b", "count");
    this.head.append(" ", this.count);
    this.list = make("ul", "calls");
    this.body.append(this.list);
    this.calls = [];
    const options = { everyMs: 30_000, leastMs: 1500 };
    this.poll(() => wall.readCalls(this), (found) => this.learn(found), options).soon();
  }

  changed(metrics) {
    if (metrics.has(RUNNING)) {
      this.polled.forEach((one) => one.soon());
    }
  }

  learn({ calls, total }) {
    this.calls = calls;
    this.total = total;
    this.element.toggleAttribute("data-unread", false);
    this.arrange();
    this.update();
  }

  arrange() {
    const names = this.wall.board.has_names !== false;
    const rows = this.calls.map((call) => {
      const row = make("li", "call");
      row.dataset.call = call.call_id;
      row.toggleAttribute("data-ringing", !call.talking_since);
      const name = names ? (call.name ?? this.say("nobody")) : this.say("anonymous");
      row.time = make("b", "time");
      row.since = Date.parse(call.talking_since ?? call.since);
      row.append(make("span", "mark"), make("span", "who", name), row.time);
      return row;
    });
    const shown = fitting(this.list, rows.length);
    this.rows = rows.splice(0, shown);
    const more = rows.length ? [make("li", "note", this.say("more", { count: rows.length }))] : [];
    const unnamed = this.total > this.calls.length ? this.say("calls_unnamed", { count: this.total }) : "";
    const none = this.rows.length ? unnamed : unnamed || this.say("nobody_calls");
    this.list.replaceChildren(...this.rows, ...more, ...(none ? [make("li", "note", none)] : []));
  }

  update() {
    const { numbers, clock } = this.wall;
    const running = this.live(RUNNING) ?? this.total ?? null;
    this.element.dataset.value = running ?? "";
    setText(this.count, numbers.text(running, "count"));
    for (const row of this.rows ?? []) {
      const seconds = Math.max(0, Math.floor((clock.now() - row.since) / 1000));
      const ringing = row.hasAttribute("data-ringing");
      setText(row.time, ringing ? this.say("ringing") : numbers.text(seconds, "seconds"));
    }
  }
}
