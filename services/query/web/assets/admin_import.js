// A file of people or departments: looked at first, row by row; then all of it is taken, or nothing.

import { ask, field, h, table } from "./admin_parts.js";
import { send } from "./admin_service.js";

const COLUMNS = {
  people: "id, name, department_id, manager_id, extension, valid_from, active",
  departments: "id, name, parent_id, head_id, active",
};

/** Ask for a file, say what it would do, and take it when that was seen. */
export function importFile(office, what) {
  const { say } = office;
  let text = "";
  let looks = 0;
  const file = h("input", { type: "file", accept: ".csv,text/csv,text/plain", required: true });
  const seen = h("div", { class: "seen", "aria-live": "polite" });
  /** Look at the chosen file; an answer about one that was chosen before it says nothing any more. */
  const look = async () => {
    const mine = (looks += 1);
    text = "";
    const [given] = file.files;
    const { whole, shown } = given ? await looked(office, what, given) : { whole: "", shown: [] };
    if (mine === looks) {
      text = whole;
      seen.replaceChildren(...shown);
    }
  };
  file.addEventListener("change", look);
  return ask(office, {
    title: say(`import_${what}`),
    lead: say("import_lead", { columns: COLUMNS[what] }),
    parts: [field("file", say("file"), file), seen],
    label: say("take"),
    submit: async () => {
      if (!text) {
        await look();
        return false;
      }
      const told = await send("POST", `/v1/${what}/import`, text);
      await office.refresh(say("taken", { count: told.new + told.changed }));
      return true;
    },
  });
}

/** What a file would do: its text where there is something to take, and what is shown of it. */
async function looked(office, what, given) {
  const whole = await given.text();
  try {
    const told = await send("POST", `/v1/${what}/import?preview=true`, whole);
    return { whole: told.new + told.changed ? whole : "", shown: effects(office, told) };
  } catch (problem) {
    return { whole: "", shown: mistakes(office, problem) };
  }
}

function effects(office, told) {
  const { say } = office;
  const counts = h("p", { class: "good" },
    say("preview", { rows: told.rows, new: told.new, changed: told.changed, same: told.same }));
  if (!told.first.length) {
    return [counts, h("p", {}, say("nothing_new"))];
  }
  const rows = told.first.map((row) => h("tr", {}, h("td", { class: "number" }, String(row.line)),
    h("th", { scope: "row" }, row.name, h("span", { class: "id" }, row.id)),
    h("td", {}, say(`effect.${row.effect}`))));
  return [counts, table(say("preview_rows"), [say("line"), say("name"), say("effect")], rows)];
}

/** Why a row is wrong: the service's own words, in a language it does not speak those of the code. */
function reason({ say }, { code, detail }) {
  const said = say(`row.${code}`);
  return said === `row.${code}` ? detail : said;
}

function mistakes(office, problem) {
  const { say } = office;
  if (!problem.told?.rows) {
    return [h("p", { class: "wrong", role: "alert" }, office.explain(problem))];
  }
  const rows = problem.told.rows.map((row) => h("tr", {},
    h("td", { class: "number" }, String(row.line)), h("td", {}, h("code", {}, row.column)),
    h("td", {}, reason(office, row))));
  return [
    h("p", { class: "wrong", role: "alert" }, say("nothing_taken", { count: problem.told.wrong })),
    table(say("mistakes"), [say("line"), say("column"), say("reason")], rows),
  ];
}
