// The lifecycle matrix: one row per day of creation, one column per day until converted, as heat.

import { el, renew } from "./dom.js";
import { walkWithArrows } from "./gridkeys.js";

const SHADES = 5;

/** The heat table (D-95): exact, or cumulative with the share of what was created. */
export class Heat {
  constructor(desk) {
    this.desk = desk;
    this.table = el("table", { class: "heat" });
    this.element = el("div", { class: "gridbox", tabindex: "0", role: "group" }, this.table);
    walkWithArrows(this.table);
  }

  update({ rows, total, created, converted }, isCumulative) {
    const { desk } = this;
    const { say, days } = desk;
    const which = isCumulative ? "cumulative" : "exact";
    const signature = JSON.stringify([rows, total, created, which, desk.link.at()]);
    if (signature === this.written) {
      return;
    }
    this.written = signature;
    const most = Math.max(1, ...rows.flatMap((row) => row[which].map((value) => this.weight(value, row, isCumulative))));
    this.element.setAttribute("aria-label", say("matrix"));
    const heads = total.exact.map((_, lag) => el("th", { scope: "col", class: "figure" }, String(lag)));
    const body = [...rows].reverse().map((row) => el(
      "tr",
      { "data-id": row.day },
      el("th", { scope: "row" }, `${days.weekday(row.day)} ${days.short(row.day)}`),
      this.sum(row.created, row.facts, "created"),
      this.sum(row.converted, `${row.facts}&converted=true`, "converted"),
      row[which].map((value, lag) => this.cell(value, row, lag, isCumulative, most)),
    ));
    renew(
      this.table,
      el("caption", { class: "heard-only" }, say("matrix")),
      el("thead", {},
        el("tr", { class: "groups" }, el("td"), el("td"), el("td"), el("th", { colspan: String(heads.length), scope: "colgroup", class: "group" }, say(isCumulative ? "by_day" : "on_day"))),
        el("tr", {}, el("th", { scope: "col", class: "text" }, say("fact_created_at")), el("th", { scope: "col", class: "figure" }, say("created_short")), el("th", { scope: "col", class: "figure" }, say("converted_short")), heads)),
      el("tbody", {}, body),
      el("tfoot", {}, el("tr", { class: "total" },
        el("th", { scope: "row" }, el("span", { class: "name" }, say("total")), el("small", { class: "note", title: say("recounted_why") }, say("recounted"))),
        this.sum(created, total.facts, "created"),
        this.sum(converted, `${total.facts}&converted=true`, "converted"),
        total[which].map((value, lag) => this.cell(value, total, lag, isCumulative, 0)))),
    );
  }

  weight(value, row, isCumulative) {
    return isCumulative ? (row.created ? (value ?? 0) / row.created : 0) : (value ?? 0);
  }

  sum(value, facts, column) {
    const td = el("td", { class: "figure", "data-column": column, "data-value": JSON.stringify(value) });
    td.append(this.number(value, facts));
    return td;
  }

  cell(value, row, lag, isCumulative, most) {
    const td = el("td", { class: "figure", "data-column": String(lag), "data-value": JSON.stringify(value) });
    if (value === null) {
      td.classList.add("after");
      td.title = this.desk.say("not_yet");
      td.append(el("span", { class: "heard-only" }, this.desk.say("not_yet")));
      return td;
    }
    if (most && value) {
      td.dataset.shade = String(Math.max(1, Math.ceil((this.weight(value, row, isCumulative) / most) * SHADES)));
    }
    td.append(this.number(value, `${row.facts}&lag=${lag}${isCumulative ? "&cumulative=true" : ""}`));
    if (isCumulative && row.created) {
      td.append(el("small", { class: "share" }, this.desk.writer.value(value / row.created, "ratio")));
    }
    return td;
  }

  number(value, facts) {
    const { numbers, link } = this.desk;
    if (!facts || facts.startsWith("undefined") || facts.startsWith("null")) {
      return el("span", { class: "number" }, numbers.whole.format(value));
    }
    const anchor = el("a", { class: value ? "number" : "number none" }, numbers.whole.format(value));
    link.dress(anchor, facts);
    return anchor;
  }
}
