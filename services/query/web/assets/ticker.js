// The last events in words: when, who, what, how much.

import { calm } from "./count.js";
import { make } from "./tiles.js";

const SHOWN = 12;
const APPEAR_MS = 400;
const NOBODY = "-";

/** Say what an occurrence was: {who, what, much}, or null for what is nobody's news. */
export function tell(event, name, say, numbers) {
  const unanswered = event.type === "call.ended" && !event.seconds;
  const word = unanswered ? "call.unanswered" : event.type;
  const what = say(word);
  if (what === word) {
    return null;
  }
  const much = event.amount
    ? numbers.text(event.amount, "money", event.currency || undefined)
    : event.seconds
      ? numbers.text(event.seconds, "seconds")
      : "";
  const who = event.employee && event.employee !== NOBODY ? name(event.employee) : say("nobody");
  return { who, what, much };
}

/** The ticker of a board: newest first, a new line slides in once. */
export class Ticker {
  constructor(list, words) {
    Object.assign(this, { list, ...words });
    this.lines = new Map();
  }

  update(events, name) {
    const told = events
      .map((event) => ({ event, words: tell(event, name, this.say, this.numbers) }))
      .filter(({ words }) => words)
      .slice(0, SHOWN);
    if (!told.length) {
      this.list.replaceChildren(make("li", "none", this.say("nothing_happened")));
      this.lines.clear();
      return;
    }
    const fresh = told.filter(({ event }) => !this.lines.has(event.event_id));
    const first = this.lines.size === 0;
    const lines = new Map(
      told.map(({ event, words }) => [event.event_id, this.line(event, words)]),
    );
    this.lines = lines;
    const wanted = [...lines.values()];
    if (wanted.some((line, index) => this.list.children[index] !== line)) {
      this.list.replaceChildren(...wanted);
    }
    if (!first && !calm()) {
      fresh.forEach(({ event }) => this.appear(lines.get(event.event_id)));
    }
  }

  line(event, { who, what, much }) {
    const line = this.lines.get(event.event_id) ?? make("li", "line");
    const text = `${who}|${what}|${much}`;
    if (line.dataset.text !== text) {
      line.dataset.text = text;
      line.dataset.event = event.event_id;
      const when = make("time", "", this.clock.minutes(event.at_ms));
      when.dateTime = new Date(event.at_ms).toISOString();
      const parts = [when, " ", make("b", "", who), " ", make("span", "what", what)];
      line.replaceChildren(...parts, ...(much ? [" ", make("b", "", much)] : []));
    }
    return line;
  }

  appear(line) {
    line.animate([{ opacity: 0, transform: "translateX(-12px)" }, { opacity: 1, transform: "none" }], {
      duration: APPEAR_MS,
      easing: "ease-out",
    });
  }
}
