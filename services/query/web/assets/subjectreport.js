// The report of a department or an employee: what is asked, and its blocks in sections.

import { Blocks } from "./blocks.js";
import { periodWords } from "./ranges.js";
import { partsWord, scopeWord } from "./scope.js";
import { choice } from "./sentence.js";

function common({ desk }) {
  const { place, say } = desk;
  return {
    period: periodWords(desk),
    compare: choice({
      name: "compare",
      label: say("comparison"),
      value: place.get("compare", "none"),
      options: [{ value: "none", text: say("compare_none") }, { value: "previous", text: say("compare_previous") }],
      chosen: (value) => place.set({ compare: value === "none" ? "" : value }),
    }),
    basis: choice({
      name: "basis",
      label: say("date_basis"),
      value: place.get("basis", "order_date"),
      options: [{ value: "order_date", text: say("basis_order_date") }, { value: "created_at", text: say("basis_created_at") }],
      chosen: (value) => place.set({ basis: value === "order_date" ? "" : value }),
    }),
  };
}

function asked({ place }) {
  return Object.fromEntries(["month", "from", "to", "compare", "basis"].map((name) => [name, place.get(name)]));
}

const chosenScope = (desk) => (scope) => desk.place.set({ ...scope, sub: "", list: "", customer: "" });

export const DEPARTMENT = {
  name: "department",
  idOf: "block",
  subject: "figures",
  question: (page) => ({
    department: page.scope.department || "all",
    sub: page.scope.department && page.scope.department !== "all" ? String(page.scope.sub) : "",
    ...asked(page.desk),
    metric: page.desk.place.get("metric"),
  }),
  sentence: (page) => {
    const { desk, scope, open } = page;
    return [desk.say("sentence_department"), {
      scope: scopeWord(desk, open, scope, ["company", "department"], chosenScope(desk)),
      parts: partsWord(desk, scope, (change) => desk.place.set(change)),
      ...common(page),
    }];
  },
  body: (page) => new Blocks(page),
};

/** Whose report it is where none is named: oneself, else the first person one may see. */
function person({ scope, open, desk }) {
  return scope.employee || (open.employees.includes(desk.me.employee) ? desk.me.employee : open.employees[0] ?? "");
}

export const EMPLOYEE = {
  name: "employee",
  idOf: "block",
  subject: "figures",
  question: (page) => ({ employee: person(page), ...asked(page.desk) }),
  sentence: (page) => {
    const { desk, open } = page;
    const scope = { employee: person(page), department: "" };
    return [desk.say("sentence_employee"), {
      scope: scopeWord(desk, open, scope, ["employee"], chosenScope(desk)),
      ...common(page),
    }];
  },
  body: (page) => new Blocks(page),
};
