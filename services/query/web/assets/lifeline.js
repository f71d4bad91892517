// A customer's journey: who it is, the stages as a bar, and all that happened as a vertical time line.

import { el, put } from "./dom.js";
import { phoneLinks } from "./factcolumns.js";
import { Followed } from "./follow.js";

const SHAPES = {
  call: "☎", order: "◆", payment: "●", customer: "○", task: "☐", appointment: "☐", email: "✉",
  message: "✉", note: "✎", opportunity: "◇", contract: "▣", voucher: "▤",
};

/** The journey of one customer, followed while it is open. */
export class Lifeline {
  constructor(desk, id, { named, failed }) {
    Object.assign(this, { desk, named });
    this.profile = el("dl", { class: "profile" });
    this.stages = el("ol", { class: "stages", "aria-label": desk.say("stages_so_far") });
    this.line = el("ol", { class: "lifeline" });
    this.note = el("p", { class: "note" });
    this.element = el("div", { class: "journey" }, this.profile, this.stages, this.line, this.note);
    this.followed = new Followed({
      idOf: "row",
      changed: (document) => this.draw(document),
      denied: failed,
    });
    this.followed.open(`/v1/customers/${encodeURIComponent(id)}/journey/stream`);
  }

  close() {
    this.followed.close();
  }

  draw({ customer, stages, rows, owners, truncated }) {
    const { desk } = this;
    this.named(customer.name || customer.id);
    this.drawProfile(customer, owners);
    this.drawStages(stages);
    let day = "";
    const items = [];
    for (const event of [...rows].reverse()) {
      const of = desk.days.dayOf(event.at);
      if (of !== day) {
        day = of;
        items.push(el("li", { class: "day" }, `${desk.days.weekday(of)} ${desk.days.day(of)}`));
      }
      items.push(this.item(event));
    }
    this.line.replaceChildren(...items);
    put(this.note, truncated ? desk.say("truncated") : "");
  }

  drawProfile(customer, owners) {
    const { desk } = this;
    const { say, days, word, person } = desk;
    const entries = [
      ["fact_phones", phoneLinks(customer.phones ?? [], desk)],
      ["fact_stage", customer.stage ? word("stages", customer.stage) : "–"],
      ["fact_owner_id", person.call(desk, customer.owner_id)],
      ["fact_sources", (customer.source_ids ?? []).map((id) => word("sources", id)).join(", ") || "–"],
      ["fact_created_at", customer.created_at ? days.instant(customer.created_at) : "–"],
      ["fact_last_contact", customer.last_contact ? days.day(customer.last_contact) : "–"],
      owners.length > 1 ? ["owners_so_far", owners.map(({ owner_id: id }) => person.call(desk, id)).join(" → ")] : null,
    ];
    this.profile.replaceChildren(...entries.filter(Boolean).flatMap(([label, value]) =>
      [el("dt", {}, say(label)), el("dd", {}, value)]));
  }

  drawStages(stages) {
    const { desk } = this;
    const all = stages.reduce((sum, { seconds }) => sum + Math.max(1, seconds), 0);
    this.stages.replaceChildren(...stages.map(({ stage, seconds, to }, at) => {
      const name = stage ? desk.word("stages", stage) : desk.say("no_stage");
      const lasted = desk.writer.short(seconds, "seconds");
      const item = el("li", { class: to ? "" : "now", title: `${name}: ${lasted}`, "data-tone": String(at % 4) },
        el("span", { class: "name" }, name), el("small", {}, longLasted(seconds, desk)));
      item.style.flexGrow = String(Math.max(0.06, seconds / all));
      return item;
    }));
  }

  item(event) {
    const { desk } = this;
    const time = el("time", { datetime: event.at }, desk.days.time(event.at));
    const what = desk.say(`did_${event.kind}_${event.what}`);
    const details = detailsOf(event, desk);
    return el(
      "li",
      { "data-kind": event.kind },
      time,
      el("span", { class: "shape", "aria-hidden": "true" }, SHAPES[event.kind] ?? "•"),
      el("span", { class: "what" }, what, details ? el("b", {}, ` ${details}`) : null),
      el("span", { class: "who" }, event.employee_id ? desk.person(event.employee_id) : ""),
    );
  }
}

function longLasted(seconds, { say, numbers }) {
  const days = Math.floor(seconds / 86_400);
  return days >= 2 ? say("days_long", { count: numbers.whole.format(days) }) : numbers.text(seconds, "seconds");
}

function detailsOf(event, { writer, word }) {
  const parts = [];
  if (event.amount !== null && event.amount !== undefined) {
    parts.push(writer.value(event.amount, "money", event.currency));
  }
  if (event.talk_seconds) {
    parts.push(writer.value(event.talk_seconds, "seconds"));
  }
  if (event.stage) {
    parts.push(word("stages", event.stage));
  }
  if (event.title) {
    parts.push(event.title);
  }
  return parts.join(" · ");
}
