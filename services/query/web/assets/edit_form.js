// The panel of the editor: the fields of a tile and of the board, each a labelled control.

import { make } from "./make.js";

const METRIC_KINDS = new Set(["number", "leaderboard", "trend"]);
const UNIT_FACTOR = { ratio: 100 };
let serial = 0;

/** A labelled control; `put(value)` is called when it was changed. */
export function field(label, control) {
  serial += 1;
  const row = make("p", "field");
  const name = make("label", "", label);
  control.id = `field-${serial}`;
  name.htmlFor = control.id;
  row.append(name, control);
  return row;
}

export function choice(options, value, put) {
  const select = make("select", "");
  for (const [id, label] of options) {
    const option = make("option", "", label);
    option.value = id;
    select.append(option);
  }
  select.value = value;
  select.addEventListener("change", () => put(select.value));
  return select;
}

export function text(value, put, attributes = {}) {
  const input = make("input", "");
  Object.assign(input, { type: "text", autocomplete: "off", ...attributes });
  input.value = value ?? "";
  input.addEventListener("change", () => put(input.value));
  return input;
}

export function number(value, put, attributes = {}) {
  const write = (raw) => put(raw === "" ? null : Number(raw));
  return text(value ?? "", write, { type: "number", ...attributes });
}

export function tick(value, put) {
  const input = make("input", "");
  input.type = "checkbox";
  input.checked = value;
  input.addEventListener("change", () => put(input.checked));
  return input;
}

export function button(label, act, className = "") {
  const made = make("button", className, label);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

/** The figures that a kind of tile can show: [[name, label], ...]. */
export function metricsFor(kind, period, catalogue, hourly) {
  const good = ({ name, streamed, is_now: isNow, additivity }) => {
    if (kind === "trend") {
      return hourly.includes(name);
    }
    const now = isNow || additivity === "gauge" || additivity === "timed";
    return kind === "number" && period !== "day" ? !now : streamed;
  };
  return [...catalogue.values()].filter(good).map(({ name, label }) => [name, label]);
}

/** The fields of one tile. `put(change)` changes it; `place(change)` moves it where it fits. */
export function tileFields({ tile, board, say, catalogue, hourly, org, put, place, remove }) {
  const rows = [make("h2", "", say(`kind.${tile.kind}`))];
  const period = tile.period ?? "day";
  if (METRIC_KINDS.has(tile.kind)) {
    const metrics = metricsFor(tile.kind, period, catalogue, hourly);
    rows.push(field(say("metric"), choice(metrics, tile.metric, (metric) => put({ metric }))));
  }
  if (!["ticker", "clock"].includes(tile.kind)) {
    rows.push(field(say("title"), text(tile.title, (title) => put({ title }), { maxLength: 120 })));
  }
  if (tile.kind === "number") {
    const periods = ["day", "week", "month", "quarter"].map((name) => [name, say(`period.${name}`)]);
    rows.push(field(say("period"), choice(periods, period, (chosen) => put({ period: chosen }))));
  }
  if (!["ticker", "clock", "leaderboard"].includes(tile.kind)) {
    rows.push(field(say("scope"), scopeChoice(tile, board, org, say, put)));
  }
  if (tile.kind === "number") {
    rows.push(...thresholdFields(tile, catalogue.get(tile.metric), say, put));
  }
  if (tile.kind === "leaderboard") {
    const modes = ["value", "attainment", "improved"].map((name) => [name, say(`rank.${name}`)]);
    rows.push(field(say("rank_by_what"), choice(modes, tile.rank_by ?? "value", (mode) => put({ rank_by: mode }))));
    rows.push(field(say("top_n"), number(tile.top, (top) => put({ top }), { min: 1, max: 200 })));
  }
  rows.push(placeFields(tile, board, say, place), button(say("remove"), remove, "quiet"));
  return rows;
}

function thresholdFields(tile, kpi, say, put) {
  const factor = UNIT_FACTOR[kpi?.unit] ?? 1;
  const limit = (name) => {
    const shown = tile[name] === null || tile[name] === undefined ? null : tile[name] * factor;
    const set = (value) => put({ [name]: value === null ? null : value / factor });
    return number(shown, set, { step: "any" });
  };
  return [
    field(say("warn_at"), limit("warn")),
    field(say("critical_at"), limit("critical")),
    field(say("high_good"), tick(tile.is_high_good !== false, (good) => put({ is_high_good: good }))),
  ];
}

function placeFields(tile, board, say, place) {
  const set = make("fieldset", "place");
  set.append(make("legend", "", say("place")));
  const parts = [
    ["column", "x", 1, board.columns],
    ["row", "y", 1, board.rows],
    ["width", "w", 0, board.columns],
    ["height", "h", 0, board.rows],
  ];
  for (const [word, name, shift, most] of parts) {
    const put = (value) => place({ [name]: Math.round(value ?? 0) - shift });
    set.append(field(say(word), number(tile[name] + shift, put, { min: 1, max: most })));
  }
  return set;
}

/** Whose figures: the board's own, a department, an employee. */
function scopeChoice(tile, board, org, say, put) {
  const wide = board.scope === "company" ? [["company all", say("company")]] : [];
  const options = [
    ["", say("own_scope")],
    ...wide,
    ...org.departments.map(({ id, name }) => [`department ${id}`, name]),
    ...org.employees.filter(({ active }) => active).map(({ id, name }) => [`employee ${id}`, name]),
  ];
  const value = tile.scope ? `${tile.scope} ${tile.scope_id}` : "";
  return choice(options, value, (chosen) => {
    const at = chosen.indexOf(" ");
    const [scope, id] = [chosen.slice(0, at), chosen.slice(at + 1)];
    put(chosen ? { scope, scope_id: id, sub: scope === "department" } : { scope: null, scope_id: null, sub: false });
  });
}

/** The fields of the board itself. */
export function boardFields({ board, boards, say, org, put, remove }) {
  const quiet = board.celebrations ?? {};
  const celebrate = (change) => put({ celebrations: { ...quiet, ...change } });
  const scopes = [
    ["company all", say("company")],
    ...org.departments.map(({ id, name }) => [`department ${id}`, name]),
  ];
  const scope = choice(scopes, `${board.scope} ${board.scope_id}`, (chosen) => {
    const at = chosen.indexOf(" ");
    put({ scope: chosen.slice(0, at), scope_id: chosen.slice(at + 1), sub: true });
  });
  const named = (word, names) => names.map((name) => [name, say(`${word}.${name}`)]);
  const alerts = { show: "banner", ...board.alerts };
  const alarm = (change) => put({ alerts: { ...alerts, ...change } });
  const time = (of, set, name) => text(of[name], (value) => set({ [name]: value || null }), { type: "time" });
  return [
    make("h2", "", say("whole_board")),
    field(say("scope"), scope),
    field(say("columns"), number(board.columns, (columns) => put({ columns }), { min: 1, max: 48 })),
    field(say("rows"), number(board.rows, (rows) => put({ rows }), { min: 1, max: 48 })),
    field(say("theme"), choice(named("theme", ["dark", "light"]), board.theme, (theme) => put({ theme }))),
    field(say("language"), choice(named("language", ["", "en", "vi"]), board.language, (language) => put({ language }))),
    field(say("show_names"), tick(board.has_names !== false, (value) => put({ has_names: value }))),
    field(say("show_money"), tick(board.has_money !== false, (value) => put({ has_money: value }))),
    field(say("quiet"), tick(Boolean(quiet.is_quiet), (value) => celebrate({ is_quiet: value }))),
    field(say("quiet_from"), time(quiet, celebrate, "quiet_from")),
    field(say("quiet_to"), time(quiet, celebrate, "quiet_to")),
    field(say("alerts"), choice(named("alerts", ["banner", "mark", "off"]), alerts.show, (show) => alarm({ show }))),
    field(say("mark_from"), time(alerts, alarm, "quiet_from")),
    field(say("mark_to"), time(alerts, alarm, "quiet_to")),
    rotationFields(board, boards, say, put),
    button(say("delete_board"), remove, "quiet danger"),
  ];
}

function rotationFields(board, boards, say, put) {
  const set = make("fieldset", "rotation");
  set.append(make("legend", "", say("rotation")));
  const turns = board.rotation ?? [];
  for (const { id, name } of boards) {
    const turn = turns.find(({ board_id: other }) => other === id);
    const others = turns.filter(({ board_id: other }) => other !== id);
    const set_turn = (seconds) => put({ rotation: [...others, ...(seconds ? [{ board_id: id, seconds }] : [])] });
    const row = make("p", "turn");
    const seconds = number(turn?.seconds, set_turn, { min: 5, max: 3600, placeholder: "–" });
    seconds.setAttribute("aria-label", `${name}: ${say("rotation_seconds")}`);
    row.append(make("span", "", name), seconds, make("span", "unit", say("rotation_seconds")));
    set.append(row);
  }
  return set;
}
