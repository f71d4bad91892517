// The ranking on the screen: values follow at once, the order at most every two seconds.

import { calm } from "./count.js";
import { chosen, rank } from "./rank.js";
import { bar, make } from "./make.js";

const REORDER_MS = 2000;
const SLIDE_MS = 400;
const CROWD = 3;

/** The ranking panel of a board.
 *
 * Shape: `words` are {say, numbers}; the rest is which rows are shown (`top`, `around`), whether
 *        people are named and values told, and `moves`, who remembers the ranks of before.
 */
export class Ranking {
  constructor(list, { say, numbers }, options) {
    Object.assign(this, { list, say, numbers });
    this.options = { hasNames: true, hasValues: true, ...options };
    this.rows = new Map();
    this.order = [];
    this.orderedAt = -Infinity;
    this.moves = options.moves;
    this.more = make("li", "more");
    new ResizeObserver(() => this.fit()).observe(list);
  }

  /** Rank by another figure from now on. */
  by(kpi) {
    if (kpi !== this.kpi) {
      this.kpi = kpi;
      this.told = undefined;
      this.orderedAt = -Infinity;
    }
  }

  /** Show people [{id, name, value}]. */
  update(people) {
    const told = people.map(({ id, name, value }) => `${id} ${value} ${name}`).join();
    if (told === this.told) {
      return;
    }
    this.told = told;
    const now = performance.now();
    const faces = people.map(({ id }) => id).join(" ");
    const sameFaces = faces === this.faces;
    this.faces = faces;
    if (!sameFaces || now - this.orderedAt >= REORDER_MS) {
      this.reorder(people, now);
    } else {
      clearTimeout(this.later);
      this.later = setTimeout(
        () => this.reorder(this.latest, performance.now()),
        this.orderedAt + REORDER_MS - now,
      );
    }
    this.latest = people;
    const best = Math.max(...people.map(({ value }) => value), 0);
    people.filter(({ id }) => this.rows.has(id)).forEach((person) => this.write(person, best));
  }

  reorder(people, now) {
    clearTimeout(this.later);
    this.orderedAt = now;
    const before = new Map([...this.rows].map(([id, row]) => [id, row.offsetTop]));
    const ranked = rank(people, this.numbers.language);
    const gained = this.moves.note(ranked);
    this.order = chosen(ranked, this.options);
    const faces = new Set(this.order.map(({ id }) => id));
    [...this.rows.keys()].filter((id) => !faces.has(id)).forEach((id) => this.rows.delete(id));
    for (const person of this.order) {
      const row = this.rows.get(person.id) ?? this.makeRow(person.id);
      row.dataset.rank = person.rank ?? "";
      row.place.textContent = person.rank ?? "";
      row.toggleAttribute("data-me", person.id === this.options.around);
      this.writeMove(row.move, person.value && !person.isUnnamed ? gained.get(person.id) : null);
    }
    this.arrange();
    this.fit();
    this.slide(before);
  }

  arrange() {
    const wanted = this.order.map(({ id }) => this.rows.get(id));
    if (!wanted.length) {
      this.list.replaceChildren(make("li", "more", this.say("no_people")));
    } else if (wanted.some((row, index) => this.list.children[index] !== row)) {
      this.list.replaceChildren(...wanted, this.more);
    }
  }

  makeRow(id) {
    const row = make("li", "row");
    row.dataset.employee = id;
    row.tabIndex = 0;
    row.place = make("span", "rank");
    row.move = make("span", "move");
    row.who = make("span", "who");
    row.amount = make("span", "value");
    row.digits = make("span", "digits");
    row.suffix = make("span", "suffix");
    row.bar = bar();
    row.amount.append(row.digits, row.suffix);
    row.append(row.place, row.move, row.who, row.amount, row.bar);
    this.rows.set(id, row);
    return row;
  }

  write({ id, name, value }, best) {
    const row = this.rows.get(id);
    const { digits, suffix } = this.numbers.short(value, this.kpi.unit);
    const exact = this.numbers.exact(value, this.kpi.unit);
    const told = this.options.hasNames ? name : this.say("colleague");
    const isTold = this.options.hasValues;
    row.dataset.value = isTold ? (value ?? "") : "";
    row.toggleAttribute("data-empty", !value);
    row.who.textContent = told;
    row.digits.textContent = isTold ? digits : "";
    row.suffix.textContent = isTold ? suffix : "";
    row.bar.fill(best > 0 ? value / best : 0);
    row.title = isTold ? exact : "";
    const place = this.say("tied", { rank: row.place.textContent });
    const said = [told, row.title, row.move.title].filter(Boolean).join(", ");
    row.setAttribute("aria-label", `${place}: ${said}`);
  }

  /** Mark who moved; nobody is marked for not having begun. */
  writeMove(element, gained) {
    if (gained === null) {
      element.textContent = element.title = "";
      return;
    }
    const direction = gained > 0 ? "up" : gained < 0 ? "down" : "same";
    const words = { up: "moved_up", down: "moved_down", same: "unmoved" };
    const count = Math.abs(gained);
    element.dataset.move = direction;
    element.textContent = { up: `▲${count}`, down: `▼${count}`, same: "=" }[direction];
    element.title = this.say(words[direction], { count });
  }

  /** Show as many rows as fit; the rest is counted, never cut in half. */
  fit() {
    const rows = this.order.map(({ id }) => this.rows.get(id));
    rows.forEach((row) => row.removeAttribute("hidden"));
    this.more.hidden = true;
    const room = this.list.clientHeight;
    const [least] = getComputedStyle(this.list).gridAutoRows.match(/[\d.]+px/) ?? ["0"];
    const tall = Number.parseFloat(least);
    const bounded = getComputedStyle(this.list.closest(".board, .stage > .grid") ?? this.list).overflowY === "hidden";
    if (!bounded || !tall || rows.length * tall <= room + 1) {
      return;
    }
    const shown = Math.max(CROWD, Math.floor(room / tall) - 1);
    rows.slice(shown).forEach((row) => row.setAttribute("hidden", ""));
    this.more.textContent = this.say("more", { count: rows.length - shown });
    this.more.hidden = false;
  }

  slide(before) {
    if (calm()) {
      return;
    }
    for (const [id, row] of this.rows) {
      const distance = (before.get(id) ?? row.offsetTop) - row.offsetTop;
      if (distance && !row.hidden) {
        row.animate([{ transform: `translateY(${distance}px)` }, { transform: "none" }], {
          duration: SLIDE_MS,
          easing: "cubic-bezier(0.2, 0, 0, 1)",
        });
      }
    }
  }
}
