// The audit trail: who did what, when; newest first, by days, actions and people.

import { button, empty, h, label, select, table } from "./admin_parts.js";
import { read } from "./admin_service.js";

const ACTIONS = ["look", "list", "export", "stream", "refused", "login", "grant", "change", "key",
  "setting", "target", "lock", "pseudonym", "erase"];
const WEEK = 6;

export class Audit {
  constructor(office) {
    this.office = office;
    this.say = office.say;
  }

  async open() {
    const { office, say } = this;
    const { today } = office.company;
    const from = this.day("from", say("from"), before(today, WEEK));
    const to = this.day("to", say("to"), today);
    const action = select([["", say("all_actions")], ...ACTIONS.map((one) => [one, say(`did.${one}`)])],
      office.state("action"), { "aria-label": say("action"), onchange: () => this.filter("action", action.value) });
    const people = office.people.map(({ id, name }) => [id, name]);
    const actor = select([["", say("everybody")], ...people], office.state("actor"),
      { "aria-label": say("who"), onchange: () => this.filter("actor", actor.value) });
    this.list = h("div", {});
    this.file = h("a", { class: "file", download: "" }, say("as_file"));
    await this.load();
    return [
      h("header", { class: "title" }, h("h1", {}, say("tab.audit")),
        h("span", { class: "line" }, this.file)),
      h("div", { class: "filters", role: "search" }, from, to, action, actor),
      this.list,
    ];
  }

  day(name, said, first) {
    const { office } = this;
    const input = h("input", { type: "date", value: office.state(name) || first,
      max: office.company.today, onchange: () => this.filter(name, input.value) });
    return h("label", { class: "inline" }, said, input);
  }

  async filter(name, value) {
    this.office.keep(name, value);
    await this.load().catch((problem) => this.office.toast(this.office.explain(problem), true));
  }

  query(cursor) {
    const { office } = this;
    const { today } = office.company;
    const asked = { from: office.state("from") || before(today, WEEK), to: office.state("to") || today,
      action: office.state("action"), actor: office.state("actor"), cursor };
    return new URLSearchParams(Object.entries(asked).filter(([, value]) => value));
  }

  async load() {
    const { say } = this;
    const told = await read(`/v1/audit?${this.query("")}`);
    this.file.href = `/v1/audit.csv?${this.query("")}`;
    if (!told.rows.length) {
      this.list.replaceChildren(empty(say("nothing_done"), say("nothing_done_why")));
      return;
    }
    const heads = ["time", "who", "action", "whose", "details"].map((one) => say(one));
    const sheet = table(say("tab.audit"), heads, told.rows.map((row) => this.row(row)));
    const count = h("p", { class: "hint rows" });
    const more = button(say("more_rows"), async () => {
      const next = await read(`/v1/audit?${this.query(this.next)}`);
      const rows = next.rows.map((row) => this.row(row));
      label(heads, rows);
      sheet.querySelector("tbody").append(...rows);
      this.step(next, count, more, sheet);
    });
    this.list.replaceChildren(sheet, count, more);
    this.step(told, count, more, sheet);
  }

  step(told, count, more, sheet) {
    this.next = told.next;
    more.hidden = !told.next;
    const shown = sheet.querySelectorAll("tbody tr").length;
    count.textContent = this.say("rows_of", { shown, total: told.total });
  }

  row(row) {
    const { office, say } = this;
    const locale = office.language === "vi" ? "vi-VN" : "en-GB";
    const at = new Intl.DateTimeFormat(locale, { dateStyle: "short", timeStyle: "medium",
      timeZone: office.company.time_zone }).format(new Date(row.at));
    const who = row.actor.kind === "administrator" ? say("operator") : row.actor_name || row.actor.id;
    const times = row.times > 1 ? h("span", { class: "tag" }, say("times", { count: row.times })) : null;
    return h("tr", { class: row.action === "refused" ? "denied" : "" },
      h("td", { class: "day" }, h("time", { dateTime: row.at }, at)),
      h("th", { scope: "row" }, who, h("span", { class: "id" }, row.address)),
      h("td", {}, say(`did.${row.action}`), " ", times),
      h("td", {}, this.whose(row)), h("td", {}, this.details(row)));
  }

  whose({ scope, scope_id: id, subject }) {
    const { office, say } = this;
    if (scope === "employee") {
      return office.personName(id) || say("subject.employee");
    }
    if (scope === "department") {
      return office.departmentName(id) || say("subject.department");
    }
    return scope === "company" || !scope ? say(`subject.${subject}`) : `${say(`subject.${subject}`)} ${id}`;
  }

  details({ details }) {
    const { say } = this;
    if (details.permission) {
      const right = say(`grant.${details.permission}`);
      return say(details.granted ? "did_grant" : "did_revoke", { right });
    }
    if (details.code) {
      const why = say(`code.${details.code}`);
      return why === `code.${details.code}` ? details.code : why;
    }
    const change = details.change ? say(`change.${details.change}`) : "";
    return [change.replace(/^change\./, ""), details.metrics, details.metric, details.period, details.scopes]
      .filter(Boolean).join(" · ");
  }
}

function before(day, days) {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return date.toISOString().slice(0, 10);
}
