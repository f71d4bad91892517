// A big number: value, target bar with the tick of what is expected by now, status in words.

import { Counter, pulse } from "./count.js";
import { contextOf, othersText } from "./number_context.js";
import { LEVEL_SHAPES, icon } from "./levels.js";
import { levelOf, paceOf } from "./pace.js";
import { Piece, setText } from "./piece.js";
import { svg } from "./state.js";
import { make } from "./make.js";

const EXACT_MS = 8000;
const STATUS_SHAPES = {
  on_track: "M2 8.5l2-2 3 3 6-7 2 2-8 9z",
  behind_pace: "M1 6h14v4H1z",
  at_risk: "M6.5 1h3v9h-3zM6.5 12h3v3h-3z",
};

/** The tile of one figure. */
export class NumberPiece extends Piece {
  constructor(spec, wall) {
    super(spec, wall);
    this.shown = undefined;
    this.exactUntil = 0;
    const busy = (isBusy) => this.element.toggleAttribute("data-busy", isBusy);
    this.counter = new Counter((value) => this.write(value), busy);
    this.number = make("button", "number");
    this.number.type = "button";
    this.number.addEventListener("click", () => this.showExact());
    this.digits = make("span", "digits");
    this.suffix = make("span", "suffix");
    this.number.append(this.digits, this.suffix);
    this.level = make("span", "level");
    this.bar = targetBar();
    this.part = make("span", "part");
    this.due = make("span", "due");
    this.status = make("span", "status");
    this.context = make("span", "context");
    this.last = make("span", "last");
    this.amount = make("b", "");
    this.why = make("span", "why");
    this.when = make("time", "");
    this.foot = make("p", "foot");
    this.foot.append(this.part, this.due, this.context, this.status, this.last);
    this.body.append(this.number, this.bar, this.foot);
    this.head.append(this.level);
    this.isLive = (spec.period ?? "day") === "day";
    if (this.kpi) {
      this.aims = this.poll(() => wall.readAttainment(this), (found) => this.learn(found));
      this.aims.soon();
    }
    this.write(null);
  }

  learn(found) {
    this.found = found;
    this.element.toggleAttribute("data-unread", false);
    this.update();
  }

  changed(metrics) {
    if (!this.isLive) {
      super.changed(metrics);
    }
  }

  update() {
    if (!this.kpi) {
      const why = this.say("no_kpi", { name: this.spec.metric });
      setText(this.part, `${this.say("not_available")}: ${why}`);
      return;
    }
    const value = this.isLive ? this.live() : (this.found?.value ?? null);
    if (value !== this.shown) {
      const before = this.shown;
      this.shown = value;
      this.element.dataset.value = value ?? "";
      const exact = this.wall.numbers.exact(value, this.kpi.unit);
      const told = `${this.head.firstChild.textContent}: ${exact}`;
      for (const element of [this.element, this.number]) {
        element.title = exact;
        element.setAttribute("aria-label", told);
      }
      this.counter.to(value);
      if (before !== undefined && before !== null && value !== null) {
        this.note(value - before);
        pulse(this.element);
      }
    }
    this.stand(value);
  }

  /** Say how much it was that came or went, and when: of what is live alone. */
  note(difference) {
    if (!this.isLive) {
      return;
    }
    const { numbers, clock, figures } = this.wall;
    const sign = difference > 0 ? "+" : "";
    const isCorrected = this.place.isOwn && figures.restated.has(this.spec.metric);
    setText(this.amount, sign + numbers.text(difference, this.kpi.unit));
    setText(this.why, isCorrected ? ` ${this.say("restated")}` : "");
    setText(this.when, clock.minutes(clock.now()));
    if (!this.last.firstChild) {
      this.last.append(this.amount, this.why, " ", this.when);
    }
  }

  stand(value) {
    const pace = paceOf(value, this.found);
    const { text, share } = this.beside(value, pace);
    setText(this.context, text);
    const bar = pace ?? (share === null ? null : { part: share });
    this.element.toggleAttribute("data-no-target", !bar);
    this.bar.fill(bar);
    const { numbers } = this.wall;
    if (!pace) {
      setText(this.part, "");
      setText(this.due, "");
      this.mark("");
    } else {
      const target = numbers.text(this.found.target, this.kpi.unit);
      const part = numbers.text(pace.part, "ratio");
      setText(this.part, this.say("of_target", { part, target }));
      setText(this.due, pace.expected === null ? "" : this.expected(pace.expected));
      this.mark(pace.status ?? "");
    }
    this.warn(levelOf(value, this.spec));
  }

  /** What stands beside the number: other currencies always, else what gives it a meaning. */
  beside(value, pace) {
    const { figures, numbers, board } = this.wall;
    const { kpi, say, place } = this;
    const at = (metric) => (this.isLive ? figures.at(place, metric) : undefined);
    const others = this.isLive ? figures.othersAt(place, kpi.name) : this.found?.others;
    const { text, share } = contextOf(kpi.name, value, { at, unit: kpi.unit, numbers, say });
    const told = othersText(others, { unit: kpi.unit, numbers });
    if (told || pace) {
      return { text: told, share };
    }
    if (board.is_usual) {
      return { text: value === null ? say("will_appear") : text || (value ? "" : say("none_yet")), share };
    }
    return { text: text || (this.found || !this.aims ? say("no_target") : ""), share };
  }

  expected(share) {
    return this.say("expected", { part: this.wall.numbers.text(share, "ratio") });
  }

  mark(status) {
    if (this.element.dataset.status !== status) {
      this.element.dataset.status = status;
      const parts = status ? [icon(STATUS_SHAPES[status]), this.say(status)] : [];
      this.status.replaceChildren(...parts);
    }
  }

  warn(level) {
    if (this.element.dataset.level !== level) {
      this.element.dataset.level = level;
      const parts = level ? [icon(LEVEL_SHAPES[level]), this.say(level)] : [];
      this.level.replaceChildren(...parts);
    }
  }

  write(value) {
    const isExact = Date.now() < this.exactUntil;
    const unit = this.kpi?.unit ?? "count";
    const { numbers } = this.wall;
    this.number.classList.toggle("exact", isExact);
    const { digits, suffix } = isExact ? { digits: numbers.exact(value, unit), suffix: "" } : numbers.short(value, unit);
    this.element.toggleAttribute("data-unknown", value === null);
    setText(this.digits, digits);
    setText(this.suffix, suffix);
  }

  /** Show the number to its last digit for some seconds, or as before. */
  showExact() {
    this.exactUntil = Date.now() < this.exactUntil ? 0 : Date.now() + EXACT_MS;
    this.write(this.shown ?? null);
    setTimeout(() => this.write(this.shown ?? null), EXACT_MS + 50);
  }
}

/** A bar from nothing to the target, with a tick where one should be by now. */
function targetBar() {
  const drawn = svg("svg", { class: "target", "aria-hidden": "true" });
  const share = svg("rect", { class: "share", height: "100%", width: "0", rx: "2" });
  const tick = svg("rect", { class: "tick", y: "-35%", height: "170%", x: "0", rx: "1" });
  drawn.append(svg("rect", { class: "track", height: "100%", width: "100%", rx: "2" }), share, tick);
  drawn.fill = (pace) => {
    share.setAttribute("width", `${Math.min(1, Math.max(0, pace?.part ?? 0)) * 100}%`);
    const due = pace?.expected;
    tick.toggleAttribute("hidden", due === null || due === undefined);
    tick.setAttribute("x", `${Math.min(0.995, Math.max(0, due ?? 0)) * 100}%`);
  };
  return drawn;
}
