// What a list is called: the figure it stands behind, whose it is, and when.

import { read } from "./service.js";

/** Learn the names of figures, sources, stages and campaigns, once. */
export async function readTerms(desk) {
  desk.terms ??= Promise.all([read("/v1/catalogue"), read("/v1/words")]);
  try {
    const [catalogue, words] = await desk.terms;
    desk.kpis ??= new Map(catalogue.kpis.map((kpi) => [kpi.name, kpi]));
    desk.columns ??= catalogue.reports;
    desk.words = words;
  } catch (error) {
    desk.terms = null;
    throw error;
  }
  const named = new Map(["sources", "groups", "stages", "campaigns"].map((kind) =>
    [kind, new Map(desk.words[kind].map(({ id, name }) => [id, name]))]));
  desk.word = (kind, id) => (id ? (named.get(kind)?.get(id) ?? id) : "–");
}

/** Return the title of a list. */
export function titleOf(desk, address, found) {
  const asked = new URLSearchParams(address.split("?")[1]);
  if (found.metric) {
    return titled(desk, labelOf(desk, found), subjectOf(desk, found), found.from, found.to, asked.get("dimension"));
  }
  const report = address.match(/reports\/([a-z-]+)\//)[1];
  const name = asked.get("column") ?? (asked.has("lag") ? (asked.get("cumulative") ? "cumulative" : "exact") : asked.get("converted") ? "converted" : "created");
  const subject = asked.get("subject") ?? "customer";
  const columns = desk.columns.filter((one) => one.report === report);
  const of = columns.find((one) => one.subject === subject) ?? columns[0];
  const column = of?.columns.find((one) => one.name === name);
  const label = column?.[`label_${desk.language}`] ?? name;
  const row = asked.get("row");
  const whose = row && row !== "total" ? desk.person(row === "-" ? "" : row) : "";
  const created = asked.get("created");
  const lag = asked.has("lag") ? desk.say("lag_day", { day: asked.get("lag") }) : "";
  return [label, lag, whose, created ? desk.days.day(created) : ""].filter(Boolean).join(" · ");
}

function labelOf(desk, { metric }) {
  return desk.kpis.get(metric)?.[`label_${desk.language}`] ?? metric;
}

function subjectOf(desk, { scope, id }) {
  if (scope === "company") {
    return "";
  }
  const name = id === "-" ? "" : id;
  return scope === "employee" ? desk.person(name) : desk.department(name);
}

function titled(desk, label, whose, from, to, dimension) {
  const part = (dimension ?? "").split(",").filter((one) => one && !one.startsWith("currency:"))
    .map((one) => partName(desk, one)).join(", ");
  const when = from ? desk.days.range(from, to) : "";
  return [label, part, whose, when].filter(Boolean).join(" · ");
}

function partName(desk, part) {
  const [kind, value] = [part.slice(0, part.indexOf(":")), decodeURIComponent(part.slice(part.indexOf(":") + 1).replaceAll("+", " "))];
  const words = { source: "sources", first_source: "sources", stage: "stages", campaign: "campaigns" }[kind];
  if (!value) {
    return desk.say("without_value");
  }
  return words ? desk.word(words, value) : value;
}
