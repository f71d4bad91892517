// Days as words: 'today', 'last month', or from one day to another. Presets become days of the address.

import { addDays, addMonths, daysOfMonth, firstDayOf, weekStart } from "./days.js";
import { choice, dayWord, numberWord } from "./sentence.js";

const OWN = "own";

/** Return the presets of a day: name -> [first, last]. */
export function presets(today, firstDay) {
  const week = weekStart(today, firstDay);
  const month = today.slice(0, 7);
  return {
    today: [today, today],
    yesterday: [addDays(today, -1), addDays(today, -1)],
    this_week: [week, addDays(week, 6)],
    last_week: [addDays(week, -7), addDays(week, -1)],
    last_7: [addDays(today, -6), today],
    last_30: [addDays(today, -29), today],
    last_90: [addDays(today, -89), today],
    this_month: daysOfMonth(month),
    last_month: daysOfMonth(addMonths(month, -1)),
  };
}

/** The words for a range of days.
 *
 * Shape: `from` and `to` name the words of the address; `otherwise` is the preset where they are
 *        not there; `offered` are the presets in order; `most` the last day that may be chosen.
 */
export function rangeWords(desk, { name, label, from, to, otherwise, offered }) {
  const { place, say, days, today, language } = desk;
  const known = presets(today, firstDayOf(language));
  const [first, last] = [place.get(from) || known[otherwise][0], place.get(to) || known[otherwise][1]];
  const named = offered.find((one) => known[one][0] === first && known[one][1] === last);
  const words = [choice({
    name,
    label,
    value: named ?? OWN,
    options: [
      ...offered.map((one) => ({ value: one, text: say(`preset_${one}`) })),
      { value: OWN, text: say("preset_own") },
    ],
    chosen: (one) => {
      const isDefault = one === otherwise;
      const [a, b] = known[one] ?? [addDays(last, -13), last];
      place.set({ [from]: isDefault ? "" : a, [to]: isDefault ? "" : b, sort: "" });
    },
  })];
  if (!named) {
    const set = (changes) => place.set({ [from]: first, [to]: last, ...changes });
    words.push(
      " ",
      dayWord({ name: from, label: say("first_day_of", { name: label }), value: first, written: days.day(first), max: last, chosen: (day) => set({ [from]: day }) }),
      ` ${say("to_day")} `,
      dayWord({ name: to, label: say("last_day_of", { name: label }), value: last, written: days.day(last), min: first, chosen: (day) => set({ [to]: day }) }),
    );
  }
  return words;
}

/** The words for a month, or for any days. */
export function periodWords(desk) {
  const { place, say, days, today } = desk;
  const month = place.get("month") || today.slice(0, 7);
  const isOwn = Boolean(place.get("from") || place.get("to"));
  const known = presets(today, firstDayOf(desk.language));
  const months = Array.from({ length: 13 }, (_, back) => addMonths(today.slice(0, 7), -back));
  if (!months.includes(month)) {
    months.push(month);
  }
  const near = ["today", "yesterday", "this_week", "last_week", "last_30"];
  const first = place.get("from") || today;
  const last = place.get("to") || today;
  const named = isOwn && near.find((one) => known[one][0] === first && known[one][1] === last);
  const words = [choice({
    name: "period",
    label: say("period"),
    value: isOwn ? (named || OWN) : month,
    options: [
      { label: say("months"), options: months.map((one) => ({ value: one, text: say("in_month", { month: days.month(one) }) })) },
      { label: say("days"), options: [...near.map((one) => ({ value: one, text: say(`preset_${one}`) })), { value: OWN, text: say("preset_own") }] },
    ],
    chosen: (value) => {
      if (/^\d{4}-\d\d$/.test(value)) {
        place.set({ month: value === today.slice(0, 7) ? "" : value, from: "", to: "" });
      } else {
        const [a, b] = known[value] ?? daysOfMonth(month);
        place.set({ month: "", from: a, to: b });
      }
    },
  })];
  if (isOwn && !named) {
    words.push(
      " ",
      dayWord({ name: "from", label: say("first_day"), value: first, written: days.day(first), max: last, chosen: (day) => place.set({ from: day, to: last }) }),
      ` ${say("to_day")} `,
      dayWord({ name: "to", label: say("last_day"), value: last, written: days.day(last), min: first, chosen: (day) => place.set({ from: first, to: day }) }),
    );
  }
  return words;
}

/** The words for how long is observed: 4 to 84 days, or 1 to 12 weeks, until today or a day before. */
export function observedWords(desk) {
  const { place, say, days, today } = desk;
  const until = place.get("until") || today;
  const isWeeks = place.get("weeks") !== "";
  const value = isWeeks ? place.get("weeks") : place.get("days", "28");
  const set = (count, unit) => place.set({ days: unit === "days" ? count : "", weeks: unit === "weeks" ? count : "" });
  return [
    numberWord({
      name: "count", label: say("duration"), value, min: isWeeks ? 1 : 4, max: isWeeks ? 12 : 84,
      chosen: (count) => set(count, isWeeks ? "weeks" : "days"),
    }),
    " ",
    choice({
      name: "unit", label: say("duration_unit"), value: isWeeks ? "weeks" : "days",
      options: [{ value: "days", text: say("unit_days") }, { value: "weeks", text: say("unit_weeks") }],
      chosen: (unit) => set(unit === "weeks" ? "4" : "28", unit),
    }),
    ` ${say("until")} `,
    dayWord({
      name: "until", label: say("until_day"), value: until, written: until === today ? say("preset_today") : days.day(until), max: today,
      chosen: (day) => place.set({ until: day === today ? "" : day }),
    }),
  ];
}

/** The word for a value of a filter, such as a source. */
export function termWord(desk, { name, kind, label, all }) {
  const { place, words, say } = desk;
  return choice({
    name,
    label,
    value: place.get(name),
    options: [
      { value: "", text: all },
      ...words[kind].map(({ id, name: text }) => ({ value: id, text })),
      { value: "-", text: say("without_value") },
    ],
    chosen: (value) => place.set({ [name]: value }),
  });
}
