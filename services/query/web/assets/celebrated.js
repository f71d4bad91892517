// What a celebration says: who, what, how much. No name and no amount where a board shows none.

/** The words of an event.
 *
 * Shape: known is {catalogue, numbers, place, hasNames, hasMoney, personOf(id), nameOf({scope, id})}.
 */
export function celebrated(event, known) {
  const { catalogue, numbers, place, hasNames, hasMoney, personOf, nameOf } = known;
  if (event.crossing) {
    const { metric, scope, id, threshold } = event.crossing;
    const isNamed = scope !== "employee" || hasNames;
    return {
      who: isNamed ? nameOf({ scope, id }) : "",
      what: catalogue.get(metric)?.label ?? metric,
      much: numbers.text(threshold / 100, "ratio"),
    };
  }
  const isPerson = hasNames && event.employee && event.employee !== "-";
  const where = nameOf(event.department ? { scope: "department", id: event.department } : place);
  const who = isPerson ? personOf(event.employee) : where;
  const kpi = catalogue.get(event.metric);
  if (event.type === "kpi.first_of_day" || !kpi) {
    return { who, what: isPerson ? where : "", much: "" };
  }
  const isTold = hasMoney || !kpi.unit.startsWith("money");
  return { who, what: kpi.label, much: isTold ? numbers.text(event.value, kpi.unit) : "" };
}
