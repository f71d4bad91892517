// Alerts: what is watched and how it stands, live; made, changed, tried and taken care of here.

import { alertForm, bodyOf, placeName, shownUnit } from "./admin_alert_form.js";
import { ask, button, confirm, empty, h, table } from "./admin_parts.js";
import { path, read, send } from "./admin_service.js";
import { Feed } from "./feed.js";
import { LEVEL_SHAPES, icon } from "./levels.js";
import { Numbers } from "./numbers.js";
import { speaker as sharedSpeaker } from "./words.js";

const RANK = { critical: 0, warn: 1, ok: 2 };
const HISTORY = 50;
const MINUTE_S = 60;
const SIGNS = { "<": "<", "<=": "≤", ">": ">", ">=": "≥" };

export class Alerts {
  constructor(office) {
    this.office = office;
    this.say = office.say;
    this.numbers = new Numbers(office.language, office.company.currency || "VND",
      sharedSpeaker(office.language));
  }

  async open() {
    const { say } = this;
    const [alerts, catalogue] = await Promise.all([read("/v1/alerts"), read("/v1/catalogue")]);
    this.kpis = new Map(catalogue.kpis.map((one) => [one.name, one]));
    this.rows = new Map(alerts.rows.map((row) => [row.id, row]));
    this.list = h("div", { class: "watched" });
    this.draw();
    this.follow();
    const make = button(say("new_alert"), () => this.edit(), "primary");
    make.dataset.focus = "new-alert";
    return [
      h("header", { class: "title" }, h("h1", {}, say("tab.alerts")), make),
      h("p", { class: "lead" }, say("alerts_lead")),
      this.list,
    ];
  }

  /** Hear how alerts stand while the tab is open; a lost stream is tried again by the feed. */
  follow() {
    this.leave();
    this.feed = new Feed(() => "/v1/alerts/stream", {
      heard: (name, told) => this.take(name, told),
      lost: async () => true,
      denied: () => this.leave(),
    });
    this.feed.open();
  }

  leave() {
    this.feed?.close();
  }

  take(name, { rows, gone = [] }) {
    if (!["snapshot", "change"].includes(name)) {
      return;
    }
    if (name === "snapshot") {
      this.rows.clear();
    }
    gone.forEach((id) => this.rows.delete(id));
    rows.forEach((row) => this.rows.set(row.id, row));
    this.draw();
  }

  draw() {
    const { office, say } = this;
    const order = new Intl.Collator(office.language, { numeric: true }).compare;
    const rows = [...this.rows.values()].sort((one, other) =>
      RANK[one.state] - RANK[other.state] || order(one.name, other.name));
    const drawn = JSON.stringify(rows);
    if (drawn === this.drawn && this.list.childElementCount) {
      return;
    }
    this.drawn = drawn;
    const focused = this.list.contains(document.activeElement) && document.activeElement.dataset.focus;
    const heads = ["stands", "name", "watches", "limits", ""].map((one) => (one ? say(one) : ""));
    if (rows.length) {
      this.list.replaceChildren(table(say("tab.alerts"), heads, rows.map((row) => this.row(row))));
    } else {
      this.list.replaceChildren(empty(say("no_alerts"), say("no_alerts_why")));
    }
    if (focused) {
      this.list.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
    }
  }

  row(row) {
    const { say } = this;
    const act = (word, what, kind = "quiet") => {
      const made = button(say(word), what, kind);
      made.dataset.focus = `${word} ${row.id}`;
      made.setAttribute("aria-label", say(`${word}_of`, { name: row.name }));
      return made;
    };
    const isOpen = row.state !== "ok" && !row.acknowledged_at;
    const name = h("button", { type: "button", class: "link", "data-focus": `edit ${row.id}`,
      onclick: () => this.edit(row) }, row.name);
    return h("tr", { "data-level": row.state },
      h("td", {}, this.stand(row)),
      h("th", { scope: "row" }, name, h("span", { class: "id" }, row.id)),
      h("td", {}, this.subject(row), h("span", { class: "id" }, placeName(this.office, row))),
      h("td", {}, ...["warn", "critical"].filter((level) => row[level] !== null).map((level) =>
        h("span", { class: "tag" }, `${say(level)} ${SIGNS[row.operator]} ${this.text(row, row[level])}`))),
      h("td", {}, h("span", { class: "line" },
        isOpen ? act("take_care", () => this.acknowledge(row), "") : null,
        act("try_alert", () => this.test(row)),
        act("alert_history", () => this.history(row)))));
  }

  stand(row) {
    const { office, say } = this;
    const sign = h("b", { class: "standing" },
      ...(row.state in LEVEL_SHAPES ? [icon(LEVEL_SHAPES[row.state])] : []), say(`state.${row.state}`));
    const said = [row.state !== "ok" && row.value !== null ? this.text(row, row.value) : "",
      row.since ? say("since_when", { time: office.moment(row.since) }) : "",
      row.acknowledged_by ? say("taken_by", { name: office.personName(row.acknowledged_by) }) : ""];
    return [sign, h("span", { class: "id" }, said.filter(Boolean).join(" · "))];
  }

  subject(row) {
    const metric = this.label(row.metric);
    if (row.rule === "age") {
      return this.say("rule_age_of", { days: row.days });
    }
    return row.rule === "silence" ? this.say("rule_silence_of", { metric })
      : this.say(`window_of.${row.window}`, { metric });
  }

  label(metric) {
    return this.kpis.get(metric)?.[`label_${this.office.language}`] ?? metric ?? "";
  }

  text(row, value) {
    const unit = shownUnit(row, this.kpis);
    return unit === "minutes" ? this.numbers.text(value * MINUTE_S, "seconds")
      : this.numbers.text(value, unit);
  }

  edit(row) {
    const { office, say } = this;
    const form = alertForm(office, this.kpis, row);
    const away = row && button(say("delete_alert"), () => confirm(office, {
      title: say("delete_alert_title", { name: row.name }),
      text: say("delete_alert_text"),
      label: say("delete_alert"),
      act: async () => {
        await send("DELETE", path("v1", "alerts", row.id));
        document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
        await office.refresh(say("alert_deleted", { name: row.name }));
      },
    }), "danger");
    return ask(office, {
      title: row ? row.name : say("new_alert"), lead: say("alert_lead"), label: say("save"),
      parts: form.parts, extra: away ? [away] : [],
      submit: async () => {
        const body = bodyOf(form, row, office.company.currency);
        await send("PUT", path("v1", "alerts", row?.id ?? newId(body.name)), body);
        await office.refresh(say("alert_saved", { name: body.name }));
      },
    });
  }

  acknowledge({ id, occurrence, name }) {
    return this.office.attempt(
      () => send("POST", path("v1", "alerts", id, "acknowledge"), { occurrence }),
      this.say("alert_taken", { name }));
  }

  test({ id, name }) {
    return this.office.attempt(() => send("POST", path("v1", "alerts", id, "test")),
      this.say("alert_tried", { name }));
  }

  async history(row) {
    const { office, say } = this;
    try {
      const told = await read(`${path("v1", "alerts", row.id, "history")}?limit=${HISTORY}`);
      const heads = ["time", "stands", "value", "told"].map((one) => say(one));
      const lines = told.rows.map((one) => h("tr", {},
        h("th", { scope: "row" }, office.moment(one.at)),
        h("td", {}, say(`state.${one.state}`)),
        h("td", {}, one.value === null ? "–" : this.text(row, one.value)),
        h("td", {}, say(one.told ? "yes" : "no"))));
      const parts = lines.length ? [table(say("alert_history"), heads, lines)]
        : [h("p", {}, say("no_history"))];
      await ask(office, { title: say("history_title", { name: row.name }), parts });
    } catch (problem) {
      office.toast(office.explain(problem), true);
    }
  }
}

/** An id that says what it is of; the end keeps two of one name apart. */
function newId(name) {
  const plain = name.normalize("NFD").toLowerCase().replace(/\p{M}/gu, "").replace(/đ/g, "d")
    .replace(/[^a-z0-9]+/g, "-");
  return `${plain.replace(/^-|-$/g, "").slice(0, 40) || "alert"}-${crypto.randomUUID().slice(0, 6)}`;
}
