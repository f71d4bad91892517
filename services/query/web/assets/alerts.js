// Open alerts on a page: what is wrong, how badly, since when. Calm: one line, gone when it is over.

import { LEVEL_SHAPES, icon } from "./levels.js";
import { setText } from "./piece.js";
import { make } from "./make.js";

const SHOWN = 3;
const MINUTE_S = 60;
const TAKE_AT = 4;

/** Say what an alert is about: {what, how}.
 *
 * Shape: row as the stream tells it; known is {say, numbers, catalogue, nameOf({scope, id})}; the
 *        page's own place has the name ''.
 */
export function tellAlert(row, { say, numbers, catalogue, nameOf }) {
  const where = nameOf({ scope: row.scope, id: row.scope_id });
  const text = (value) =>
    row.unit === "minutes" ? numbers.text(value * MINUTE_S, "seconds") : numbers.text(value, row.unit);
  const label = catalogue.get(row.metric)?.label ?? row.metric ?? "";
  const isLonger = row.rule === "value" && ["week", "month"].includes(row.window);
  const metric = isLonger ? say(`window.${row.window}`, { metric: label }) : label;
  const how = say(`alert.${row.rule}`, { metric, value: text(row.value), limit: text(row.limit) });
  return { what: where ? `${row.name} · ${where}` : row.name, how };
}

/** The line of open alerts.
 *
 * Shape: `known` as in `tellAlert`, with `clock`; `isMark()` says whether only their number is shown;
 *        `take(row)` is called by who may take care of one (`may_take`): it is gone when the stream
 *        says so.
 * Laws:  an alert stays the same element while it is open, so that it can be read; a screen reader
 *        hears when one comes, gets worse or ends, not each of its values.
 */
export class AlertLine {
  constructor(element, known, { isMark = () => false, take = null } = {}) {
    Object.assign(this, { element, isMark, mayTake: take, ...known });
    this.list = make("ol", "open");
    this.rest = make("p", "rest");
    this.spoken = make("span", "heard-only");
    this.spoken.setAttribute("role", "status");
    this.element.setAttribute("aria-label", this.say("alerts"));
    this.element.replaceChildren(this.list, this.rest, this.spoken);
    this.clear();
  }

  /** Take what the stream tells: all that is open. */
  take({ rows, more }) {
    const before = this.signs;
    this.rows = rows;
    this.more = more;
    this.signs = rows.map(({ occurrence, state }) => `${occurrence} ${state}`).join();
    this.draw();
    if (this.signs !== before) {
      const told = rows.map((row) => `${this.say(row.state)}: ${tellAlert(row, this).what}`);
      setText(this.spoken, told.join(", ") || this.say("all_over"));
    }
  }

  /** Show none: the right to look is gone, or another board comes. */
  clear() {
    this.rows = [];
    this.more = 0;
    this.signs = "";
    setText(this.spoken, "");
    this.draw();
  }

  draw() {
    const isMark = this.isMark();
    const count = this.rows.length + this.more;
    const shown = isMark ? [] : this.rows.slice(0, SHOWN);
    const left = count - shown.length;
    this.drawnAs = isMark;
    this.element.hidden = !count;
    this.element.toggleAttribute("data-mark", isMark);
    this.element.dataset.count = count;
    const items = shown.map((row) => this.item(row));
    if (items.some((item, at) => this.list.children[at] !== item) || this.list.children.length > items.length) {
      this.list.replaceChildren(...items);
    }
    this.drawRest(isMark, count, left);
  }

  drawRest(isMark, count, left) {
    const word = isMark ? (count === 1 ? "one_open" : "many_open") : "alerts_more";
    const text = left ? this.say(word, { count: isMark ? count : left }) : "";
    const worst = isMark && this.rows.length ? this.rows[0].state : "";
    if (this.rest.dataset.text !== `${text}${worst}`) {
      this.rest.dataset.text = `${text}${worst}`;
      this.rest.dataset.level = worst;
      this.rest.replaceChildren(...(worst ? [icon(LEVEL_SHAPES[worst])] : []), text);
    }
    this.rest.hidden = !text;
  }

  /** See whether quiet hours began or ended. */
  tick() {
    if (this.rows.length && this.drawnAs !== this.isMark()) {
      this.draw();
    }
  }

  item(row) {
    const old = [...this.list.children].find(({ dataset }) => dataset.alert === row.id);
    const item = old ?? this.blank(row.id);
    const [sign, what, how, since] = item.firstChild.children;
    if (item.dataset.level !== row.state) {
      item.dataset.level = row.state;
      sign.replaceChildren(icon(LEVEL_SHAPES[row.state]), this.say(row.state));
    }
    const told = tellAlert(row, this);
    setText(what, told.what);
    setText(how, told.how);
    item.title = `${told.what}: ${told.how}`;
    const at = Date.parse(row.since);
    const time = this.clock.isToday(at) ? this.clock.minutes(at) : this.clock.date(at);
    setText(since, this.say("alert_since", { time }));
    since.dateTime = row.since;
    item.row = row;
    const button = item.firstChild.children[TAKE_AT];
    button?.toggleAttribute("hidden", !row.may_take);
    return item;
  }

  blank(id) {
    const item = make("li", "alert");
    item.dataset.alert = id;
    const told = make("p", "told");
    told.append(make("b", "sign"), make("span", "what"), make("span", "how"), make("time", "since"));
    if (this.mayTake) {
      told.append(this.taking(item));
    }
    item.append(told);
    return item;
  }

  taking(item) {
    const button = make("button", "take", this.say("alert_take"));
    button.type = "button";
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await this.mayTake(item.row);
      } catch (error) {
        button.disabled = false;
        setText(this.spoken, this.say("not_taken", { why: error.message }));
        button.title = error.message;
      }
    });
    return button;
  }
}
