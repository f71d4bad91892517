// One row per person: what they do now, and their calls, appointments, orders and money so far.

import { el, renew } from "./dom.js";
import { Grid } from "./grid.js";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const GROUPS = [
  ["customers", "telesales", ["customers", "opportunities", "called", "not_called", "called_rate"]],
  ["calls_today", "calls", ["calls_attempted", "calls_outbound", "connect_rate_outbound", "talk_seconds_outbound", "calls_per_hour", "calls_inbound_answered", "calls_inbound_missed"]],
  ["appointments", "telesales", ["appointments", "no_appointment"]],
  ["orders", "telesales", ["orders", "no_order"]],
  ["money", "telesales", ["order_value", "collected", "debt"]],
];

/** The table of both reports, side by side. */
export class FloorTable {
  constructor(desk) {
    this.desk = desk;
    this.grid = new Grid(desk, "floor");
    this.element = this.grid.element;
  }

  update({ calls, telesales, only, text }) {
    const { desk } = this;
    const sources = { calls, telesales };
    const picked = GROUPS.flatMap(([group, source, names]) => names
      .map((name) => sources[source].columns.findIndex((column) => column.name === name))
      .filter((at) => at >= 0)
      .map((at) => ({ group, source, at })));
    const byId = Object.fromEntries(Object.entries(sources).map(([name, { rows }]) => [name, new Map(rows.map((row) => [row.id, row]))]));
    const rows = peopleOf(telesales.rows, calls.rows)
      .filter(({ id }) => !only || id === only)
      .filter((row) => isNamed(desk.rowName(row), text));
    const cells = (id) => picked.map(({ source, at }) => this.cell(byId[source].get(id)?.cells[at], sources[source].columns[at]));
    this.grid.update({
      caption: desk.say("supervisor"),
      head: desk.say("employee"),
      groups: [{ label: "", span: 1 }, ...GROUPS.map(([group]) => ({
        label: desk.say(`group_${group}`), span: picked.filter((one) => one.group === group).length,
      }))],
      columns: [
        { name: "now", label: desk.say("group_now"), isText: true, order: (row) => -(row.since ?? 0), write: (td, row) => this.writeNow(td, row) },
        ...picked.map(({ source, at }) => ({ ...sources[source].columns[at], isClocked: sources[source].columns[at].name === "calls_per_hour" })),
      ],
      rows: rows.map(({ id, ...row }) => {
        const live = byId.calls.get(id);
        return {
          id, name: desk.rowName({ id, ...row }), live, since: sinceOf(live),
          tone: live?.running.length ? "talking" : "", cells: [null, ...cells(id)],
        };
      }),
      total: only ? null : { name: desk.say("total"), cells: [null, ...picked.map(({ source, at }) => this.cell(sources[source].total.cells[at], sources[source].columns[at]))] },
      last: ({ id }) => id === "-",
    });
    this.written = { calls, telesales, only, text };
    this.drawnAt = desk.clock.now();
  }

  /** Calls per hour go on by the clock; who is not in a report has nothing there, not zero. */
  cell(cell, { name }) {
    if (!cell) {
      return { value: null };
    }
    if (name !== "calls_per_hour" || !cell.since) {
      return cell;
    }
    const hours = (this.desk.clock.now() - Date.parse(cell.since)) / HOUR_MS;
    const value = hours * HOUR_MS < MINUTE_MS ? null : Math.round((cell.parts.calls_attempted / hours) * 10) / 10;
    return { ...cell, value };
  }

  writeNow(td, { live }) {
    const { say, clock, days } = this.desk;
    const [call] = live?.running ?? [];
    const last = live?.last_call;
    const signature = JSON.stringify([call, last?.call_id, last?.provisional, this.desk.link.at()]);
    if (td.dataset.written === signature) {
      return;
    }
    td.dataset.written = signature;
    if (call) {
      const who = el("a", { class: "customer" }, call.phone ?? call.customer_id ?? "");
      if (call.customer_id) {
        this.desk.link.dressCustomer(who, call.customer_id);
      }
      const seconds = el("b", { class: "running", "data-since": call.talking_since ?? call.since });
      renew(
        td,
        el("span", { class: "sign", title: say("provisional") }, call.talking_since ? "◉" : "○"),
        ` ${say(call.talking_since ? "talking" : "ringing")} `, seconds, " ", call.customer_id ? who : el("span", {}, call.phone ?? ""),
      );
      this.tick();
    } else {
      renew(td, el("span", { class: "note" }, last
        ? say("last_call", { time: days.time(last.at), ago: days.ago(last.at, clock.now()) })
        : say("no_call_today")));
    }
  }

  /** Let the running seconds go on, and once in ten seconds what else goes by the clock. */
  tick() {
    const { writer, clock } = this.desk;
    for (const running of this.grid.table.querySelectorAll(".running")) {
      const seconds = Math.max(0, Math.floor((clock.now() - Date.parse(running.dataset.since)) / 1000));
      running.textContent = writer.value(seconds, "seconds");
    }
    if (this.written && clock.now() - this.drawnAt > 10_000) {
      this.update(this.written);
    }
  }
}

/** Return everybody who is in one of the reports, by the order of the first. */
function peopleOf(...reports) {
  const found = new Map();
  for (const rows of reports) {
    rows.forEach((row) => found.has(row.id) || found.set(row.id, row));
  }
  const last = found.get("-");
  if (last) {
    found.delete("-");
    found.set("-", last);
  }
  return [...found.values()];
}

function sinceOf(live) {
  const call = live?.running[0];
  return call ? Date.parse(call.since) : 0;
}

/** Say whether a name has a text in it, whatever its marks: 'tuan' finds 'Tuấn'. */
export function isNamed(name, text) {
  const plain = (one) => one.normalize("NFD").replace(/\p{M}/gu, "").replaceAll(/[đĐ]/g, "d").toLowerCase();
  return plain(name).includes(plain(text.trim()));
}
