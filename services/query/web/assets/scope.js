// Whose figures: the company, a department, a person; only whom one may ask for can be chosen.

import { asTree } from "./organisation.js";
import { choice } from "./sentence.js";

const NO_BREAK = "\u00a0";

/** Return the scope of an address as {department, employee, sub}, a default where it has none.
 *
 * Laws: the default is the most that one may see: the company, else the topmost department, else
 *       oneself.
 */
export function scopeOf({ place, org, language }, open) {
  const department = place.get("department");
  const employee = place.get("employee");
  const sub = place.get("sub") !== "false";
  if (department || employee) {
    return { department, employee, sub };
  }
  if (open.company) {
    return { department: "all", employee: "", sub };
  }
  const [topmost] = departmentsOf({ org, language }, open);
  return topmost
    ? { department: topmost.id, employee: "", sub }
    : { department: "", employee: open.employees[0] ?? "", sub };
}

/** Say whether a department has any below it. */
export function hasParts(org, department) {
  return org.departments.some(({ parent_id: parent }) => parent === department);
}

/** The control that names the scope.
 *
 * Shape: `kinds` are those offered: 'company', 'department', 'employee'.
 */
export function scopeWord(desk, open, scope, kinds, chosen) {
  const { say } = desk;
  const value = scope.employee ? `employee:${scope.employee}` : `department:${scope.department}`;
  const options = [];
  if (kinds.includes("company") && open.company) {
    options.push({ value: "department:all", text: say("whole_company") });
  }
  if (kinds.includes("department")) {
    options.push({ label: say("departments"), options: departmentOptions(desk, open, scope.department) });
  }
  if (kinds.includes("employee")) {
    options.push(...personOptions(desk, open));
  }
  const known = options.flatMap((one) => one.options ?? one).some((one) => one.value === value);
  if (!known) {
    options.unshift({ value, text: scope.employee ? desk.person(scope.employee) : desk.department(scope.department) });
  }
  return choice({
    name: "scope",
    label: say("whose"),
    value,
    options: options.filter((one) => one.options?.length !== 0),
    chosen: (text) => {
      const [kind, id] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
      chosen({ department: kind === "department" ? id : "", employee: kind === "employee" ? id : "" });
    },
  });
}

/** The departments that one may ask for, as a tree; those below whom one may not see move up. */
function departmentsOf({ org, language }, open) {
  const allowed = new Set(open.departments);
  return asTree(org.departments.filter(({ id }) => allowed.has(id)), language);
}

function departmentOptions({ org, language }, open, chosen) {
  return departmentsOf({ org, language }, open)
    .map(({ id, name, depth }) => ({ value: `department:${id}`, text: (id === chosen ? "" : NO_BREAK.repeat(depth * 2)) + name }));
}

function personOptions(desk, open) {
  const { org, language, me, say } = desk;
  const allowed = new Set(open.employees);
  const people = org.employees.filter(({ id }) => allowed.has(id));
  const places = asTree(org.departments, language);
  const known = new Set(places.map(({ id }) => id));
  const option = ({ id, name }) => ({
    value: `employee:${id}`,
    text: id === me.employee ? say("me_named", { name }) : name,
  });
  const within = (test) =>
    people.filter(({ department_id: id }) => test(id))
      .sort((one, other) => one.name.localeCompare(other.name, language))
      .map(option);
  return [
    ...places.map(({ id, name }) => ({ label: name, options: within((department) => department === id) })),
    { label: say("no_place"), options: within((department) => !known.has(department)) },
  ].filter(({ options }) => options.length);
}

/** The control that says whether departments below count, where there are any. */
export function partsWord(desk, scope, chosen) {
  if (scope.employee || !hasParts(desk.org, scope.department)) {
    return [];
  }
  return [" ", choice({
    name: "sub",
    label: desk.say("with_parts_label"),
    value: String(scope.sub),
    options: [
      { value: "true", text: desk.say("with_parts") },
      { value: "false", text: desk.say("without_parts") },
    ],
    chosen: (value) => chosen({ sub: value === "true" ? "" : "false" }),
  })];
}
