// The five steps from a new customer to revenue as linked bars, with both conversion rates.

import { Piece, setText } from "./piece.js";
import { svg } from "./state.js";
import { make } from "./make.js";

export const STEPS = ["customers_new", "interactions", "tasks_completed", "orders", "revenue"];
const RATES = [
  ["conversion_rate_cohort", "rate_cohort"],
  ["conversion_rate_period", "rate_period"],
];

/** Every figure that the funnel follows. */
export const FUNNEL = [...STEPS, ...RATES.map(([metric]) => metric), "sales", "orders_approved"];

/** How wide the bars are, 0..1 of the widest count.
 *
 * Laws: revenue is money and has no place among counts: its bar is the part of the orders' value
 *       that was approved, of the bar of the orders.
 */
export function widthsOf(values, { sales, revenue }) {
  const counts = values.slice(0, 4).map((value) => Math.max(0, value ?? 0));
  const most = Math.max(...counts, 1);
  const widths = counts.map((count) => count / most);
  const approved = sales > 0 ? Math.min(1, Math.max(0, (revenue ?? 0) / sales)) : 0;
  return [...widths, widths[3] * approved];
}

/** The tile of the funnel. */
export class FunnelPiece extends Piece {
  constructor(spec, wall) {
    super(spec, wall);
    this.shape = svg("svg", { class: "links", viewBox: "0 0 100 100", preserveAspectRatio: "none" });
    this.shape.setAttribute("aria-hidden", "true");
    this.list = make("ol", "steps");
    const hasMoney = wall.board.has_money !== false;
    this.steps = STEPS.filter((name) => hasMoney || name !== "revenue").map((name) => {
      const step = make("li", "step");
      const kpi = wall.catalogue.get(name);
      const row = { name, kpi, step, number: make("b", "", "") };
      step.append(row.number, make("span", "label", kpi?.label ?? name));
      return row;
    });
    this.list.append(...this.steps.map(({ step }) => step));
    const flow = make("div", "flow");
    flow.append(this.shape, this.list);
    this.rates = RATES.map(([metric, word]) => {
      const rate = make("span", "rate");
      const number = make("b", "");
      rate.append(number, ` ${this.say(word)}`);
      return { metric, rate, number };
    });
    const foot = make("p", "foot");
    foot.append(...this.rates.map(({ rate }) => rate));
    this.body.append(flow, foot);
  }

  update() {
    const { numbers } = this.wall;
    const values = this.steps.map(({ name }) => this.live(name));
    const known = values.map((value) => value ?? "").join();
    if (known !== this.known) {
      this.known = known;
      this.element.dataset.value = known;
      this.steps.forEach(({ number, kpi }, at) => {
        setText(number, numbers.text(values[at], kpi?.unit ?? "count"));
      });
      this.draw(widthsOf(STEPS.map((name) => this.live(name)), this.worth()));
    }
    for (const { metric, number } of this.rates) {
      setText(number, numbers.text(this.live(metric), "ratio"));
    }
  }

  worth() {
    return { sales: this.live("sales"), revenue: this.live("revenue") };
  }

  /** Bars one under the other, each linked with the next. */
  draw(widths) {
    const count = this.steps.length;
    const tall = 100 / count;
    const wide = (at) => (widths[at] ? Math.max(1.5, widths[at] * 100) : 0);
    const parts = [];
    for (let at = 0; at < count; at += 1) {
      const [top, bottom] = [at * tall, at * tall + tall * 0.68];
      if (at + 1 < count) {
        const next = (at + 1) * tall;
        const d = `M0 ${bottom}H${wide(at)}L${wide(at + 1)} ${next}H0z`;
        parts.push(svg("path", { class: "link", d }));
      }
      const bar = { class: "step-bar", x: 0, y: top, width: wide(at), height: bottom - top };
      parts.push(svg("rect", bar));
    }
    this.shape.replaceChildren(...parts);
  }
}
