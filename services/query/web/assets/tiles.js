// The tiles: name, number, what stands beside it, and the last change.

import { Counter, pulse } from "./count.js";
import { svg } from "./state.js";

const EXACT_MS = 8000;

/** Make an element with a class and text. */
export function make(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** A thin bar: a part of a whole, 0..1. */
export function bar() {
  const drawn = svg("svg", { class: "bar", "aria-hidden": "true" });
  const share = svg("rect", { class: "share", height: "100%", width: "0", rx: "2" });
  drawn.append(svg("rect", { height: "100%", width: "100%", rx: "2" }), share);
  drawn.fill = (part) => share.setAttribute("width", `${Math.min(1, Math.max(0, part)) * 100}%`);
  return drawn;
}

/** One tile of a board. */
export class Tile {
  constructor(tile, kpi, hero, words) {
    Object.assign(this, { tile, kpi, hero, ...words });
    this.previous = null;
    this.exactUntil = 0;
    this.counter = new Counter((value) => this.write(value));
    this.element = make("button", hero ? "tile hero" : "tile");
    this.element.type = "button";
    this.element.dataset.metric = tile.metric;
    this.number = make("span", "number");
    this.digits = make("span", "digits");
    this.suffix = make("span", "suffix");
    this.number.append(this.digits, this.suffix);
    this.bar = bar();
    this.context = make("span", "context");
    this.last = make("span", "last");
    const line = make("span", "words");
    line.append(this.context, this.last);
    this.foot = make("span", "foot");
    this.foot.append(this.bar, line);
    this.element.append(make("span", "name", this.label()), this.number, this.foot);
    this.element.addEventListener("click", () => this.showExact());
    this.write(null);
  }

  label() {
    const name = this.kpi?.label ?? this.tile.metric;
    return this.hero ? this.say("today", { label: name }) : name;
  }

  /** Show what is known now. */
  update(figures) {
    if (!this.kpi) {
      this.unavailable();
      return;
    }
    const value = figures.anything ? figures.value(this.tile.metric) : null;
    this.element.toggleAttribute("data-empty", !value);
    if (value !== this.previous) {
      this.change(value, figures);
    }
    this.beside(figures, value);
  }

  change(value, figures) {
    const from = this.previous;
    this.previous = value;
    const exact = this.numbers.exact(value, this.kpi.unit);
    this.element.dataset.value = value ?? "";
    this.element.title = exact;
    this.element.setAttribute("aria-label", `${this.label()}: ${exact}`);
    this.counter.to(value);
    if (from !== null && value !== null) {
      this.note(value - from, figures);
      pulse(this.element);
    }
  }

  note(difference, figures) {
    const sign = difference > 0 ? "+" : "";
    const amount = make("b", "", sign + this.numbers.text(difference, this.kpi.unit));
    const when = make("time", "", this.clock.minutes(this.clock.now()));
    const why = figures.restated.has(this.tile.metric) ? ` ${this.say("restated")}` : "";
    this.last.replaceChildren(amount, why, " ", when);
  }

  beside(figures, value) {
    const { whole, per, beside } = this.tile;
    const all = whole ? figures.value(whole) : 0;
    this.element.toggleAttribute("data-no-bar", !all);
    this.bar.fill(all ? value / all : 0);
    this.context.textContent = this.besideText(figures, value, { all, per, beside, whole });
  }

  besideText(figures, value, { all, per, beside, whole }) {
    if (value === null) {
      return this.say("will_appear");
    }
    const others = figures.others.get(this.tile.metric);
    if (others?.length) {
      const written = others.map((one) => this.numbers.text(one.value, this.kpi.unit, one.currency));
      return `+ ${written.join(" + ")}`;
    }
    if (beside && figures.value(beside)) {
      return this.say("open_now", { value: this.numbers.text(figures.value(beside), this.kpi.unit) });
    }
    if (!value) {
      return this.say("none_yet");
    }
    if (whole && all) {
      const part = this.numbers.text(value / all, "ratio");
      return this.say(`share.${whole}`, { part, whole: this.numbers.text(all, this.kpi.unit) });
    }
    if (per && figures.value(per)) {
      const mean = this.numbers.text(value / figures.value(per), this.kpi.unit);
      return this.say("per_call", { mean });
    }
    return "";
  }

  unavailable() {
    this.write(null);
    this.element.toggleAttribute("data-no-bar", true);
    this.element.toggleAttribute("data-empty", true);
    this.context.textContent = `${this.say("not_available")}: ${this.say("no_kpi", { name: this.tile.metric })}`;
  }

  write(value) {
    const exact = Date.now() < this.exactUntil;
    this.number.classList.toggle("exact", exact);
    const unit = this.kpi?.unit ?? "count";
    const { digits, suffix } = exact
      ? { digits: this.numbers.exact(value, unit), suffix: "" }
      : this.numbers.short(value, unit);
    this.element.toggleAttribute("data-unknown", value === null);
    this.digits.textContent = digits;
    this.suffix.textContent = suffix;
  }

  showExact() {
    const shown = Date.now() < this.exactUntil;
    this.exactUntil = shown ? 0 : Date.now() + EXACT_MS;
    this.write(this.previous);
    setTimeout(() => this.write(this.previous), EXACT_MS + 50);
  }
}
