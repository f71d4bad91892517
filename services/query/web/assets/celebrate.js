// What a board stops for: six seconds, one at a time, three at most before it shows its figures again,
// never in quiet hours.

import { calm } from "./count.js";
import { svg } from "./state.js";
import { make } from "./make.js";

const SHOWN_MS = 6000;
const PAUSE_MS = 1500;
const REST_MS = 90_000;
const MOST_WAITING = 3;
const REMEMBERED = 200;
const FRESH_MS = 60_000;
const KINDS = new Set(["kpi.target_crossed", "kpi.record", "kpi.first_of_day"]);
const RAYS = 12;

/** Say whether a moment of the day 'HH:MM' is quiet; the hours may go over midnight. */
export function isQuiet({ is_quiet: always, quiet_from: from, quiet_to: to } = {}, time = "") {
  if (always || !from || !to || from === to) {
    return Boolean(always);
  }
  return from < to ? from <= time && time < to : time >= from || time < to;
}

/** What waits to be celebrated.
 *
 * Laws: each event once; of a crowd the newest three wait, the rest is in the ticker; what is
 *       older than a minute is history.
 */
export class Moments {
  constructor() {
    this.seen = new Set();
    this.waiting = [];
  }

  /** Take an occurrence; returns whether it will be celebrated. */
  take(event, nowMs) {
    if (!KINDS.has(event.type) || this.seen.has(event.event_id)) {
      return false;
    }
    this.seen.add(event.event_id);
    if (this.seen.size > REMEMBERED) {
      this.seen.delete(this.seen.values().next().value);
    }
    if (nowMs - event.at_ms > FRESH_MS) {
      return false;
    }
    this.waiting.push(event);
    this.waiting.splice(0, this.waiting.length - MOST_WAITING);
    return true;
  }

  next() {
    return this.waiting.shift();
  }

  forget() {
    this.waiting = [];
  }
}

/** The overlay.
 *
 * Shape: `tell(event)` returns {who, what, much}; `quiet()` says whether to keep still now.
 * Laws:  a board is there for its figures: when nothing waits, or three were shown in a row, it rests.
 */
export class Party {
  constructor(element, { say, tell, quiet }) {
    Object.assign(this, { element, say, tell, quiet });
    this.moments = new Moments();
    this.isOn = false;
    this.row = 0;
  }

  take(event) {
    if (this.moments.take(event, Date.now()) && !this.isOn) {
      this.show();
    }
  }

  show() {
    const event = this.quiet() ? this.moments.forget() : this.moments.next();
    this.isOn = Boolean(event);
    if (!event) {
      return;
    }
    const { who, what, much } = this.tell(event);
    const isPart = event.crossing && event.crossing.threshold < 100;
    const occasion = this.say(isPart ? "kpi.part_crossed" : event.type);
    const parts = [burst(), make("p", "occasion", occasion)];
    parts.push(...[who && make("p", "hero-name", who)].filter(Boolean));
    const line = make("p", "figure-line");
    line.append(...[what && make("span", "what", what), much && make("b", "", much)].filter(Boolean));
    const card = make("div", "card");
    card.append(...parts, line);
    this.element.replaceChildren(card);
    this.element.dataset.type = event.type;
    this.element.hidden = false;
    if (!calm()) {
      card.animate([{ opacity: 0, transform: "scale(0.96)" }, { opacity: 1, transform: "none" }], {
        duration: 350,
        easing: "ease-out",
      });
    }
    setTimeout(() => this.end(), SHOWN_MS);
  }

  end() {
    this.element.hidden = true;
    this.element.replaceChildren();
    this.row += 1;
    const mayGoOn = this.row < MOST_WAITING && this.moments.waiting.length > 0;
    this.row = mayGoOn ? this.row : 0;
    setTimeout(() => this.show(), mayGoOn ? PAUSE_MS : REST_MS);
  }
}

/** A quiet burst: rays which open once. */
function burst() {
  const drawn = svg("svg", { class: "burst", viewBox: "-100 -100 200 200", "aria-hidden": "true" });
  for (let ray = 0; ray < RAYS; ray += 1) {
    const angle = (ray / RAYS) * 2 * Math.PI;
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    const line = svg("line", { x1: 62 * x, y1: 62 * y, x2: 92 * x, y2: 92 * y });
    line.dataset.ray = ray % 3;
    drawn.append(line);
  }
  drawn.append(svg("path", { d: "M0-34L10-11 34-8 16 9 21 33 0 21-21 33-16 9-34-8-10-11z" }));
  if (!calm()) {
    const opened = { opacity: 1, transform: "scale(1)" };
    drawn.animate([{ opacity: 0, transform: "scale(0.4) rotate(-20deg)" }, opened], {
      duration: 900,
      easing: "cubic-bezier(0.1, 0.8, 0.2, 1)",
    });
  }
  return drawn;
}
