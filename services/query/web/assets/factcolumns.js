// What is shown of a fact in a list, by its kind: the columns, and how each is written. Pure but for
// the elements it makes.

import { el } from "./dom.js";

const STATES = { approved: "order_approved", rejected: "order_rejected", revoked: "order_revoked" };

/** Return the columns of a list: those of its kind, or of all kinds that are in it.
 *
 * Shape: [{name, label, isFigure, write(fact, desk) -> text or element}].
 */
export function columnsOf(kinds, column) {
  if (kinds.size > 1) {
    return MIXED;
  }
  const [kind] = kinds;
  if (kind === "customer" && column === "not_called") {
    return TO_CALL;
  }
  return COLUMNS[kind] ?? MIXED;
}

const text = (name, label, write) => ({ name, label, write });
const figure = (name, label, write) => ({ name, label, write, isFigure: true });
const day = (name, label = name) => text(name, `fact_${label}`, (fact, { days }) => fact[name] && days.day(fact[name]));
const moment = (name, label = name) =>
  text(name, `fact_${label}`, (fact, { days }) => fact[name] && days.instant(fact[name]));
const money = (name) =>
  figure(name, `fact_${name}`, (fact, { writer }) =>
    fact[name] === null || fact[name] === undefined ? "" : writer.value(fact[name], "money", fact.currency ?? undefined));
const seconds = (name) =>
  figure(name, `fact_${name}`, (fact, { writer }) => (fact[name] === null ? "" : writer.value(fact[name], "seconds")));
const person = (name, label = name) =>
  text(name, `fact_${label}`, (fact, desk) => (fact.former ? desk.say("former", { number: fact.former }) : desk.person(fact[name])));
const customerLink = (id, words, desk) => {
  if (!id) {
    return "";
  }
  const anchor = el("a", { class: "customer" }, words || id);
  desk.link.dressCustomer(anchor, id);
  return anchor;
};
const customer = text("customer_id", "fact_customer", (fact, desk) => customerLink(fact.customer_id, fact.customer_name, desk));
const customerName = text("name", "fact_customer", (fact, desk) => customerLink(fact.id, fact.name, desk));
const phones = text("phones", "fact_phones", (fact, desk) => phoneLinks(fact.phones ?? [], desk));
const sources = text("source_ids", "fact_sources", (fact, desk) =>
  (fact.source_ids ?? []).map((id) => desk.word("sources", id)).join(", "));
const stage = text("stage", "fact_stage", (fact, desk) => (fact.stage ? desk.word("stages", fact.stage) : ""));
const id = text("id", "fact_id", (fact) => fact.id);

const COLUMNS = {
  customer: [
    customerName, phones, sources, stage, person("owner_id"), person("creator_id"), moment("created_at"),
    day("last_contact"), figure("times", "fact_times", (fact) => fact.times ?? ""),
  ],
  contact: [text("name", "fact_name", (fact) => fact.name), phones, customer],
  call: [
    moment("started_at"), text("direction", "fact_direction", (fact, { say }) => say(`direction_${fact.direction}`)),
    person("employee_id", "agent"), customer,
    text("phone", "fact_phones", (fact, desk) => phoneLinks([fact.phone ?? fact.number].filter(Boolean), desk)),
    seconds("talk_seconds"), seconds("wait_seconds"),
  ],
  email: [moment("opened_at"), moment("clicked_at"), person("employee_id"), customer, text("recipient", "fact_recipient", (fact) => fact.recipient)],
  message: [moment("sent_at"), text("channel", "fact_channel", (fact) => fact.channel), person("employee_id"), customer, text("status", "fact_status", (fact, { say }) => say(`message_${fact.status}`))],
  note: [moment("created_at", "at"), person("author_id", "author"), customer],
  task: [
    text("title", "fact_title", (fact) => fact.title ?? fact.id), text("type", "fact_type", (fact, desk) => desk.word("types", fact.type)),
    text("status", "fact_status", (fact, { say }) => say(`task_${fact.status}`)), moment("start"), moment("due_at"),
    text("assignees", "fact_assignees", (fact, desk) => (fact.assignees ?? []).map((one) => desk.person(one)).join(", ")), customer,
  ],
  opportunity: [moment("created_at"), moment("closed_at"), text("outcome", "fact_outcome", (fact, { say }) => (fact.outcome ? say(`outcome_${fact.outcome}`) : "")), customer, text("campaign", "fact_campaign", (fact, desk) => desk.word("campaigns", fact.campaign)), money("amount")],
  order: [
    day("order_day"), text("id", "fact_order", (fact) => fact.id), customer, person("owner_id"),
    text("approval", "fact_approval", (fact, { say }) => say(orderState(fact))), money("amount"), money("paid"),
    moment("created_at"), moment("approved_at"),
  ],
  payment: [moment("paid_at"), id, text("order_id", "fact_order", (fact) => fact.order_id), customer, person("employee_id"), money("amount"), moment("reversed_at")],
  contract: [moment("created_at"), id, customer, person("owner_id"), day("effective_from"), day("effective_to"), money("amount")],
  voucher: [day("voucher_date"), id, text("direction", "fact_direction", (fact, { say }) => say(`voucher_${fact.direction}`)), text("reason", "fact_reason", (fact) => fact.reason), customer],
};

const MIXED = [
  day("day"), text("kind", "fact_kind", (fact, { say }) => say(`kind_${fact.kind}`)), person("employee_id"),
  text("customer_id", "fact_customer", (fact, desk) => (fact.kind === "customer" ? customerLink(fact.id, fact.name, desk) : customerLink(fact.customer_id, fact.customer_name, desk))),
  text("what", "fact_what", (fact, { writer }) => fact.title ?? fact.recipient ?? (fact.amount ? writer.value(fact.amount, "money", fact.currency) : (fact.talk_seconds ? writer.value(fact.talk_seconds, "seconds") : fact.id))),
];

const TO_CALL = [
  customerName, phones,
  text("age", "fact_age", (fact, { days, clock }) => days.ago(fact.created_at, clock.now())),
  sources, stage, person("owner_id"), day("last_contact"),
];

/** Return the word for the state of an order. */
export function orderState(fact) {
  return fact.cancelled_at ? "order_cancelled" : (STATES[fact.approval] ?? "order_pending");
}

/** Numbers to call and to copy; a masked number is neither. */
export function phoneLinks(numbers, desk) {
  return el("span", { class: "phones" }, numbers.map((number) => phoneLink(number, desk)));
}

function phoneLink(number, { say }) {
  const dialled = number.replace(/[^\d+]/g, "");
  if (number.includes("•") || dialled.length < 3) {
    return el("span", { class: "masked", title: number.includes("•") ? say("masked") : null }, number);
  }
  const copy = el("button", { type: "button", class: "copy", "aria-label": say("copy_number", { number }), title: say("copy") }, "⧉");
  copy.addEventListener("click", async () => {
    const worked = await navigator.clipboard.writeText(dialled).then(() => true, () => false);
    copy.textContent = worked ? "✓" : "✕";
    copy.title = say(worked ? "copied" : "copy_refused");
  });
  return el("span", { class: "phone" }, el("a", { href: `tel:${dialled}` }, number), copy);
}
