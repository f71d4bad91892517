// How a figure of a report is written: exactly, and never a zero for what is not known.

import { el } from "./dom.js";

const LESS_IS_BETTER = new Set([
  "first_call_seconds_per_customer", "processing_seconds_per_order", "tasks_overdue", "tasks_completed_late",
  "calls_inbound_missed", "contracts_expired", "contracts_expired_unrenewed", "orders_pending",
]);
const PLAIN_RATIOS = new Set(["orders_per_customer"]);

/** Writer of the cells of reports. */
export class Writer {
  constructor({ numbers, days, say, language }) {
    Object.assign(this, { numbers, days, say });
    this.decimal = new Intl.NumberFormat(language, { maximumFractionDigits: 3 });
    this.brief = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  }

  /** Write a value with its unit. */
  value(value, unit, currency, name = "", isBare = false) {
    if (value === null || value === undefined) {
      return "–";
    }
    if (unit === "quantity" || unit === "days" || PLAIN_RATIOS.has(name)) {
      return this.numbers.minus(this.decimal.format(value));
    }
    if (unit === "ratio") {
      return `${this.numbers.minus(this.brief.format(value * 100))}\u00a0%`;
    }
    if (unit === "seconds" || unit === "seconds_mean") {
      return clockTime(Math.round(value));
    }
    const text = this.numbers.exact(value, unit, currency);
    const isOwn = isBare && unit.startsWith("money") && (currency ?? this.numbers.currency) === this.numbers.currency;
    return isOwn ? text.slice(0, text.lastIndexOf("\u00a0")) : text;
  }

  /** Write a value in a few characters, for marks in drawings. */
  short(value, unit, currency) {
    return this.numbers.text(value, unit, currency);
  }

  /** Write one cell of a report.
   *
   * Shape: (cell, column) -> {text, isUnknown, notes: [[class, text]], title}.
   */
  cell(cell, { unit, name, metric, isBare }) {
    const key = metric ?? name;
    const written = (value, currency) => this.value(value, unit, currency ?? cell.currency, key, isBare);
    if (cell.value === null || cell.value === undefined) {
      return { isUnknown: true, ...this.unknown(cell, unit), notes: [] };
    }
    const notes = (cell.others ?? []).map((one) => ["other", `+ ${written(one.value, one.currency)}`]);
    if (cell.late) {
      notes.push(["late", this.say("late", { change: signed(cell.late, written) })]);
    }
    if (cell.previous !== undefined) {
      notes.push(this.change(cell, written, LESS_IS_BETTER.has(key)));
    }
    const text = (cell.bound === "at_most" ? "≤\u00a0" : "") + written(cell.value);
    return { isUnknown: false, text, title: this.title(cell, written), notes };
  }

  unknown(cell, unit) {
    if (cell.why === "longer") {
      return { text: `> ${this.value(cell.more_than, unit)}`, title: this.say("why_longer") };
    }
    if (cell.why) {
      return { text: this.say(`short_${cell.why}`), title: this.say(`why_${cell.why}`) };
    }
    const isShare = unit === "ratio" || unit?.endsWith("_mean");
    return { text: "–", title: this.say(isShare ? "why_over_nothing" : "why_unknown") };
  }

  title(cell, written) {
    const parts = [];
    if (cell.parts?.denominator !== undefined) {
      const { numerator, denominator } = cell.parts;
      parts.push(this.say("of_parts", { part: this.plain(numerator), whole: this.plain(denominator) }));
    }
    if (cell.late) {
      parts.push(this.say("at_lock", { value: written(cell.value_at_lock) }));
    } else if (cell.locked) {
      parts.push(this.say("locked"));
    }
    if (cell.previous) {
      parts.push(this.say("before", { value: written(cell.previous.value) }));
    }
    return parts.join(" · ");
  }

  change(cell, written, isLessBetter) {
    const { change, change_ratio: ratio } = cell;
    if (!change) {
      return ["change", change === 0 ? "=" : this.say("nothing_before")];
    }
    const amount = ratio === null || ratio === undefined
      ? written(Math.abs(change))
      : this.value(Math.abs(ratio), "ratio");
    const isBetter = change > 0 !== isLessBetter;
    return [`change ${isBetter ? "better" : "worse"}`, `${change > 0 ? "▲" : "▼"} ${amount}`];
  }

  plain(value) {
    return this.numbers.minus(this.decimal.format(value));
  }
}

/** Write seconds as h:mm:ss, or m:ss. */
function clockTime(seconds) {
  const all = Math.abs(seconds);
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60), all % 60];
  const two = (number) => String(number).padStart(2, "0");
  const text = hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  return seconds < 0 ? `−${text}` : text;
}

function signed(value, written) {
  return value > 0 ? `+${written(value)}` : written(value);
}

/** Make or renew the inside of a place that shows a figure: its link, its text, its notes. */
export function showFigure(place, cell, column, { writer, link }) {
  const { text, title, isUnknown, notes } = writer.cell(cell, column);
  const signature = JSON.stringify([text, title, notes, cell.facts, link.at()]);
  if (place.dataset.written === signature) {
    return false;
  }
  const isNew = place.dataset.written === undefined;
  place.dataset.written = signature;
  place.dataset.value = JSON.stringify(cell.value ?? null);
  place.toggleAttribute("data-unknown", isUnknown);
  const old = place.querySelector(":scope > a, :scope > span");
  const tag = cell.facts ? "A" : "SPAN";
  const number = old?.tagName === tag ? old : el(tag.toLowerCase());
  number.className = "number";
  number.textContent = text;
  number.title = title;
  if (cell.facts) {
    link.dress(number, cell.facts);
  }
  const beside = notes.map(([kind, said]) => el("small", { class: kind }, said));
  if (number === old) {
    [...place.children].filter((child) => child !== old).forEach((child) => child.remove());
    place.append(...beside);
  } else {
    place.replaceChildren(number, ...beside);
  }
  return !isNew;
}
