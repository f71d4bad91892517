// The form of an alert: what it asks, and what is sent. Limits are typed as they are shown.

import { field, h, select, tick } from "./admin_parts.js";
import { minorDigits } from "./numbers.js";

const RULES = ["value", "silence", "age"];
const WINDOWS = ["today", "week", "month", "now"];
const OPERATORS = ["<", "<=", ">", ">="];
const PERIODS = ["", "day", "week", "month"];
const PERCENT = 100;

/** The unit in which the limits of an alert are shown. */
export function shownUnit({ rule, metric }, kpis) {
  if (rule === "silence") {
    return "minutes";
  }
  return rule === "age" ? "count" : kpis.get(metric)?.unit ?? "count";
}

/** By how much a limit as it is typed is more than as it is kept: percents, whole money. */
export function scaleOf(unit, currency) {
  if (unit === "ratio") {
    return 1 / PERCENT;
  }
  return unit === "money" || unit === "money_mean" ? 10 ** minorDigits(currency) : 1;
}

export function placeName(office, row) {
  const name = office.placeName(row, office.say("company_whole"));
  return row.sub ? office.say("with_below", { name }) : name;
}

/** Make the fields of an alert; `row` is one that is there already.
 *
 * Shape: {parts, controls}; what does not belong to the rule that is chosen is hidden.
 */
export function alertForm(office, kpis, row) {
  const { say, language } = office;
  const given = row ?? { rule: "value", metric: "calls_attempted", scope: "company",
    scope_id: "all", sub: false, window: "today", operator: "<" };
  const order = new Intl.Collator(language, { numeric: true }).compare;
  const named = [...kpis.values()].filter((one) => one.alertable || one.name === given.metric)
    .map((one) => [one.name, one[`label_${language}`]])
    .sort((one, other) => order(one[1], other[1]));
  const number = (value) => h("input", { type: "number", step: "any", inputMode: "decimal",
    value: value ?? "" });
  const time = (value) => h("input", { type: "time", value: value ?? "" });
  const typed = (name) => {
    const value = given[name];
    const scale = scaleOf(shownUnit(given, kpis), office.company.currency);
    return value === undefined || value === null ? "" : Number((value / scale).toFixed(6));
  };
  const controls = {
    name: h("input", { value: given.name ?? "", required: true, maxLength: 256 }),
    rule: select(RULES.map((one) => [one, say(`rule.${one}`)]), given.rule),
    metric: select(named, given.metric),
    place: placeSelect(office, given),
    sub: tick("sub", say("sub_too"), given.sub),
    window: select(WINDOWS.map((one) => [one, say(`window.${one}`)]), given.window),
    days: h("input", { type: "number", min: 1, max: 89, step: 1, value: given.days ?? 7 }),
    operator: select(OPERATORS.map((one) => [one, say(`operator.${one}`)]), given.operator),
    warn: number(typed("warn")),
    critical: number(typed("critical")),
    hysteresis: number(typed("hysteresis") || ""),
    by: time(given.by),
    once_per: select(PERIODS.map((one) => [one, say(`once.${one || "always"}`)]), given.once_per ?? ""),
    first: time(given.quiet?.first),
    last: time(given.quiet?.last),
    mails: h("input", { value: (given.mails ?? []).join(", "), autocomplete: "off", maxLength: 1024 }),
  };
  const rows = {
    name: field("name", say("name"), controls.name),
    rule: field("rule", say("rule"), controls.rule),
    metric: field("metric", say("figure"), controls.metric),
    place: field("scope_id", say("place"), controls.place),
    sub: h("div", { class: "field", "data-field": "sub", "data-hint": "" }, controls.sub,
      h("span", { class: "hint" })),
    window: field("window", say("window"), controls.window),
    days: field("days", say("days_old"), controls.days),
    operator: field("operator", say("bad_when"), controls.operator),
    warn: field("warn", say("warn_at"), controls.warn),
    critical: field("critical", say("critical_at"), controls.critical),
  };
  const more = h("details", { class: "more", open: hasMore(given) }, h("summary", {}, say("more_of_it")),
    field("hysteresis", say("hysteresis"), controls.hysteresis, say("hysteresis_hint")),
    field("by", say("judged_from"), controls.by, say("judged_from_hint")),
    field("once_per", say("once_per"), controls.once_per),
    h("div", { class: "pair" }, field("first", say("quiet_from"), controls.first),
      field("last", say("quiet_until"), controls.last)),
    field("mails", say("mails"), controls.mails, say("mails_hint")));
  const fit = () => {
    const rule = controls.rule.value;
    rows.metric.hidden = rule === "age";
    rows.window.hidden = rule !== "value";
    rows.days.hidden = rule !== "age";
    rows.sub.hidden = !controls.place.value.startsWith("department ");
    const unit = shownUnit({ rule, metric: controls.metric.value }, kpis);
    for (const level of ["warn", "critical"]) {
      rows[level].dataset.hint = say(`typed.${unit}`, { currency: office.company.currency });
      rows[level].querySelector(".hint").textContent = rows[level].dataset.hint;
    }
  };
  for (const one of ["rule", "metric", "place"]) {
    controls[one].addEventListener("change", fit);
  }
  fit();
  return { parts: [...Object.values(rows), more], controls, kpis };
}

function hasMore({ hysteresis, by, once_per: once, quiet, mails }) {
  return Boolean(hysteresis || by || once || quiet || mails?.length);
}

function placeSelect(office, { scope, scope_id: id }) {
  const { say } = office;
  const options = (kind, found) => found.map(([key, label, depth = 0]) =>
    [`${kind} ${key}`, label, depth]);
  const made = select([["company all", say("company_whole")],
    ...options("department", office.departmentOptions(scope === "department" ? id : undefined))],
  `${scope} ${id}`);
  const people = options("employee", office.personOptions(scope === "employee" ? id : undefined));
  made.append(h("optgroup", { label: say("tab.people") }, people.map(([value, label]) =>
    h("option", { value, selected: value === `${scope} ${id}` }, label))));
  return made;
}

/** Read the form into what is sent; what the form does not ask stays as it was.
 *
 * Units: a ratio as 0..1, money in minor units, as `/v1/alerts` has them.
 */
export function bodyOf({ controls, kpis }, row, currency) {
  const rule = controls.rule.value;
  const [scope, ...id] = controls.place.value.split(" ");
  const metric = rule === "age" ? null : controls.metric.value;
  const scale = scaleOf(shownUnit({ rule, metric }, kpis), currency);
  const limit = ({ value }) => (value === "" ? null : Number((Number(value) * scale).toFixed(9)));
  const mails = controls.mails.value.split(/[\s,;]+/).filter(Boolean);
  const { first, last } = controls;
  return {
    name: controls.name.value.trim(),
    rule,
    metric,
    scope,
    scope_id: id.join(" "),
    sub: scope === "department" && controls.sub.querySelector("input").checked,
    window: rule === "value" ? controls.window.value : "today",
    operator: controls.operator.value,
    warn: limit(controls.warn),
    critical: limit(controls.critical),
    hysteresis: limit(controls.hysteresis) ?? 0,
    by: controls.by.value || null,
    days: rule === "age" ? Number(controls.days.value) : null,
    working_hours: rule === "silence" ? row?.working_hours ?? null : null,
    quiet: first.value || last.value ? { first: first.value, last: last.value } : null,
    once_per: controls.once_per.value || null,
    mails: mails.length ? mails : null,
  };
}
