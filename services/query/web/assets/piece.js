// What all tiles of a stored board have in common: a frame with a name, a place, an end.

import { make } from "./make.js";

const NOT_THERE = "–";

/** A tile. Subclasses fill `body` and say with `update()` what is known now. */
export class Piece {
  constructor(spec, wall) {
    this.spec = spec;
    this.wall = wall;
    this.say = wall.say;
    this.kpi = spec.metric ? wall.catalogue.get(spec.metric) : undefined;
    this.place = wall.placeOf(spec);
    this.polled = [];
    this.element = make("section", "piece");
    this.element.dataset.kind = spec.kind;
    this.element.dataset.tile = spec.id;
    this.element.dataset.metric = spec.metric ?? "";
    this.head = make("h2", "name", this.title());
    this.body = make("div", "body");
    this.element.append(this.head, this.body);
    this.element.setAttribute("aria-label", this.head.textContent);
    this.put();
  }

  /** Stand where the definition says; on a telephone the style sheet has its own order. */
  put() {
    const { x, y, w, h } = this.spec;
    const set = (name, value) => this.element.style.setProperty(name, value);
    set("--column", `${x + 1} / span ${w}`);
    set("--row", `${y + 1} / span ${h}`);
    set("--order", y * 100 + x);
    this.element.dataset.low = h < 2;
  }

  title() {
    const { spec } = this;
    if (spec.title) {
      return spec.title;
    }
    if (spec.metric && !this.kpi) {
      return spec.metric;
    }
    const label = this.kpi?.label ?? this.say(`kind.${spec.kind}`);
    const own = this.place.isOwn ? "" : ` · ${this.wall.nameOf(this.place)}`;
    const dated = this.kpi && spec.kind === "number" && !this.kpi.is_now;
    const period = dated ? ` ${this.say(`period.${spec.period ?? "day"}`)}` : "";
    return `${label}${period}${own}`;
  }

  /** Read a small document now and then, and soon after something of this tile changed. */
  poll(read, took, options) {
    const polled = this.wall.poll(read, took, options);
    polled.failed = () => this.element.toggleAttribute("data-unread", true);
    this.polled.push(polled);
    return polled;
  }

  /** Hear which figures have just changed. */
  changed(metrics) {
    if (this.spec.metric === undefined || metrics.has(this.spec.metric)) {
      this.polled.forEach((one) => one.soon());
    }
  }

  update() {}

  close() {
    this.polled.forEach((one) => one.close());
  }

  /** The value of the tile's figure, null where it is unknown. */
  live(metric = this.spec.metric) {
    const { figures, board } = this.wall;
    const isBegun = !board.is_usual || figures.anything;
    return isBegun ? (figures.at(this.place, metric) ?? null) : null;
  }

  note(text) {
    return make("p", "note", text);
  }
}

/** How many of some rows fit into a list without being cut; one is left for what is counted. */
export function fitting(list, count) {
  const tall = Number.parseFloat(getComputedStyle(list).fontSize) * 1.5;
  const room = Math.floor((list.parentElement?.clientHeight ?? 0) / tall);
  return !room || count <= room ? count : Math.max(1, room - 1);
}

/** Set text only where it is another, so that nothing is laid out for nothing. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

export { NOT_THERE };
