// The last events in words: when, who, what, how much.

import { calm } from "./count.js";
import { make } from "./make.js";

const SHOWN = 12;
const PAUSE_MS = 2500;
const LATER = { "call.connected": "call.ended", "order.created": "order.approved" };
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
      : event.crossing
        ? `${event.crossing.threshold} %`
        : "";
  const isOfOne = event.employee && event.employee !== NOBODY;
  const ofMany = event.crossing ? (event.crossing.scope === "department" ? event.crossing.id : "") : null;
  const who = isOfOne ? name(event.employee) : (ofMany ?? say("nobody"));
  return { who, what, much };
}

/** The news of today: an earlier line about the same call or order gives way to the later one. */
export function news(events, isToday) {
  const told = new Set(events.map(({ type, subject }) => `${type} ${subject}`));
  return events.filter(
    ({ type, subject, at_ms: at }) => isToday(at) && !told.has(`${LATER[type]} ${subject}`),
  );
}

/** The ticker of a board: newest first, new lines slide in together, slowly enough to read. */
export class Ticker {
  constructor(list, words) {
    Object.assign(this, { list, ...words });
    this.lines = new Map();
    this.drawnAt = -Infinity;
  }

  /** Show events; not more often than a line can be read. */
  update(events, name) {
    clearTimeout(this.later);
    const wait = this.drawnAt + PAUSE_MS - performance.now();
    if (this.lines.size && wait > 0) {
      this.later = setTimeout(() => this.update(events, name), wait);
    } else {
      this.draw(events, name);
    }
  }

  draw(events, name) {
    this.drawnAt = performance.now();
    const told = news(events, (ms) => this.clock.isToday(ms))
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
      line.toggleAttribute("data-provisional", event.type === "call.connected");
      const when = make("time", "", this.clock.minutes(event.at_ms));
      when.dateTime = new Date(event.at_ms).toISOString();
      const parts = [when, " ", make("b", "", who), " ", make("span", "what", what)];
      line.replaceChildren(...parts, ...(much ? [" ", make("b", "", much)] : []));
    }
    return line;
  }

  appear(line) {
    const from = { opacity: 0.4, transform: "translateX(-12px)" };
    line.animate([from, { opacity: 1, transform: "none" }], {
      duration: APPEAR_MS,
      easing: "ease-out",
    });
  }
}
