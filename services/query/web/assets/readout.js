// What is under the pointer or the keys in a drawing, in words and exact: also for who only hears.

import { el, put, renew } from "./dom.js";

/** The line of values above a drawing; the numbers are links.
 *
 * Laws: a number stays where it is and says another value, so that who goes from the drawing to a
 *       number, or stands on it while the answer changes, is on it still.
 */
export class Readout {
  constructor() {
    this.title = el("b");
    this.line = el("span", { class: "values" });
    this.numbers = [];
    this.element = el("p", { class: "readout", "aria-live": "polite" }, this.title, this.line);
  }

  /** Shape: lines are {label, tone, text, facts?}. */
  show(title, lines, link) {
    put(this.title, title);
    const kinds = JSON.stringify(lines.map(({ label, tone, facts }) => [label, tone, Boolean(facts)]));
    if (this.kinds !== kinds) {
      this.kinds = kinds;
      this.numbers = lines.map(({ facts }) => el(facts ? "a" : "span", { class: "number" }));
      renew(this.line, lines.map(({ label, tone }, at) => el(
        "span", { class: "entry" }, el("i", { class: `key ${tone}`, "aria-hidden": "true" }), `${label} `, this.numbers[at],
      )));
    }
    lines.forEach(({ text, facts }, at) => {
      put(this.numbers[at], text);
      if (facts) {
        link.dress(this.numbers[at], facts);
      }
    });
  }
}
