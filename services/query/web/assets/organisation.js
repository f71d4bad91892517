// The tree of departments, pure: who is under whom, in the order a person would list them.

/** The ids of a department and of everything below it; an unlucky circle ends by itself. */
export function departmentsUnder(departments, id) {
  const inside = new Set([id]);
  for (let grown = true; grown; ) {
    const more = departments.filter((one) => inside.has(one.parent_id) && !inside.has(one.id));
    more.forEach((one) => inside.add(one.id));
    grown = more.length > 0;
  }
  return inside;
}

/** Departments as an indented list: [{...department, depth}], parents before children, by name. */
export function asTree(departments, language) {
  const known = new Set(departments.map(({ id }) => id));
  const byName = (one, other) => one.name.localeCompare(other.name, language, { numeric: true });
  const listed = new Set();
  const below = (parent, depth) =>
    departments
      .filter((one) => (known.has(one.parent_id) ? one.parent_id : null) === parent)
      .filter(({ id }) => !listed.has(id))
      .sort(byName)
      .flatMap((one) => {
        listed.add(one.id);
        return [{ ...one, depth }, ...below(one.id, depth + 1)];
      });
  const roots = below(null, 0);
  const circles = departments.filter(({ id }) => !listed.has(id)).sort(byName);
  return [...roots, ...circles.map((one) => ({ ...one, depth: 0 }))];
}

/** How many active people work in a department, departments below it included. */
export function headcount(org, id) {
  const inside = departmentsUnder(org.departments, id);
  return org.employees.filter((person) => person.active && inside.has(person.department_id)).length;
}
