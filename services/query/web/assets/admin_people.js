// People: who works where since when; joining, moving, leaving, and files of them.

import { importFile } from "./admin_import.js";
import { ask, button, confirm, empty, field, h, select, table, tick } from "./admin_parts.js";
import { path, send } from "./admin_service.js";

const OTHERS = "other_department_ids";

export class People {
  constructor(office) {
    this.office = office;
    this.say = office.say;
  }

  async open() {
    const { office, say } = this;
    const add = button(say("add_person"), () => this.add(), "primary");
    const file = button(say("import_file"), () => importFile(office, "people"));
    if (!office.people.length) {
      return [h("h1", {}, say("tab.people")), empty(say("nobody_yet"), say("nobody_yet_why"), add, file)];
    }
    this.list = h("div", {});
    const search = h("input", { type: "search", value: office.state("q"), "aria-label": say("search"),
      placeholder: say("search_people"), oninput: () => this.filter("q", search.value) });
    search.dataset.focus = "search";
    const places = select([["", say("all_departments")], ...office.departmentOptions()],
      office.state("department"), { "aria-label": say("department"),
        onchange: () => this.filter("department", places.value) });
    const left = h("input", { type: "checkbox", checked: office.state("left") === "1",
      onchange: () => this.filter("left", left.checked ? "1" : "") });
    const here = office.people.filter((one) => one.active).length;
    this.draw();
    return [
      h("header", { class: "title" }, h("h1", {}, say("tab.people")),
        h("span", { class: "count" }, say("count_people", { count: here })),
        h("span", { class: "line" }, file, add)),
      h("div", { class: "filters", role: "search" }, search, places,
        h("label", { class: "tick" }, left, h("span", {}, say("show_left")))),
      this.list,
    ];
  }

  filter(name, value) {
    this.office.keep(name, value);
    this.draw();
  }

  draw() {
    const { office, say } = this;
    const words = office.state("q").toLocaleLowerCase(office.language);
    const department = office.state("department");
    const found = office.people.filter((one) =>
      (office.state("left") === "1" || one.active)
      && (!department || [one.department_id, ...one.other_department_ids].includes(department))
      && (!words || `${one.name} ${one.id} ${one.extension ?? ""}`.toLocaleLowerCase(office.language)
        .includes(words)));
    const heads = ["name", "department", "manager", "extension", "since", "rights"].map((one) => say(one));
    const rows = found.map((person) => this.row(person));
    this.list.replaceChildren(found.length
      ? table(say("tab.people"), heads, rows)
      : empty(say("nobody_found"), say("nobody_found_why")));
  }

  row(person) {
    const { office, say } = this;
    const name = h("button", { type: "button", class: "link", onclick: () => this.edit(person) },
      person.name);
    name.dataset.focus = `person-${person.id}`;
    const signs = person.active ? null : h("span", { class: "sign" }, say("has_left"));
    const since = person.places.at(-1)?.valid_from;
    const others = person.other_department_ids.map((one) => office.departmentName(one)).join(", ");
    return h("tr", { class: person.active ? "" : "gone" },
      h("th", { scope: "row" }, name, signs, h("span", { class: "id" }, person.id)),
      h("td", {}, office.departmentName(person.department_id) || h("span", { class: "none" }, "–"),
        others ? h("span", { class: "id" }, say("also_in", { names: others })) : null),
      h("td", {}, office.personName(person.manager_id) || h("span", { class: "none" }, "–")),
      h("td", {}, person.extension ?? h("span", { class: "none" }, "–")),
      h("td", { class: "day" }, since ? office.day(since) : ""),
      h("td", {}, person.grants.length
        ? person.grants.map((one) => h("span", { class: "tag" }, say(`grant.${one}`)))
        : h("span", { class: "none" }, say("no_rights"))));
  }

  fields(person) {
    const { office, say } = this;
    const id = h("input", { required: true, maxLength: 128, autocomplete: "off", spellcheck: false });
    const name = h("input", { value: person?.name ?? "", required: true, maxLength: 256 });
    const nowhere = [["", say("none")]];
    const department = select([...nowhere, ...office.departmentOptions(person?.department_id)],
      person?.department_id ?? "");
    const manager = select([...nowhere, ...office.personOptions(person?.manager_id, person?.id)],
      person?.manager_id ?? "");
    const extension = h("input", { value: person?.extension ?? "", maxLength: 256, autocomplete: "off" });
    const from = h("input", { type: "date", value: office.company.today });
    return [
      ...(person ? [] : [field("id", say("person_id"), id, say("id_hint"))]),
      field("name", say("name"), name),
      field("department_id", say("department"), department),
      field("manager_id", say("manager"), manager, say("manager_hint")),
      field("extension", say("extension"), extension, say("extension_hint")),
      field("valid_from", say("valid_from"), from, say("valid_from_hint")),
      this.others(person),
    ];
  }

  /** The departments where somebody is besides; they open boards and count no figures. */
  others(person) {
    const { office, say } = this;
    const now = person?.other_department_ids ?? [];
    const known = new Map(office.departmentOptions());
    now.forEach((id) => known.set(id, office.departmentName(id)));
    const boxes = [...known].map(([id, name]) => {
      const box = tick("other_department_ids", name, now.includes(id));
      box.querySelector("input").value = id;
      return box;
    });
    return h("fieldset", { class: "field", "data-field": "other_department_ids",
      "data-hint": say("other_departments_hint") },
    h("legend", {}, say("other_departments")), h("div", { class: "ticks" }, boxes),
    h("span", { class: "hint" }, say("other_departments_hint")));
  }

  add() {
    const { office, say } = this;
    return ask(office, {
      title: say("add_person"), parts: this.fields(), label: say("add"),
      submit: async (form) => {
        const given = values(form);
        await send("POST", "/v1/people", given);
        await office.refresh(say("person_added", { name: given.name }));
      },
    });
  }

  edit(person) {
    const { office, say } = this;
    const places = [...person.places].reverse().map((place) => h("li", {},
      h("time", {}, office.day(place.valid_from)), " ",
      [place.department_id, ...place.other_department_ids].filter(Boolean)
        .map((one) => office.departmentName(one)).join(", ") || say("no_department"),
      place.manager_id ? ` · ${office.personName(place.manager_id)}` : ""));
    const history = h("details", { class: "history" }, h("summary", {}, say("places")),
      h("ol", {}, places));
    const parts = person.is_pseudonymous ? [h("p", {}, say("is_pseudonymous"))] : this.fields(person);
    return ask(office, {
      title: person.name, lead: person.id, parts: [...parts, history], label: say("save"),
      extra: this.ways(person),
      submit: async (form) => {
        const given = differing(values(form), person);
        if (Object.keys(given).length) {
          await send("PATCH", path("v1", "people", person.id), given);
          await office.refresh(say("person_saved", { name: given.name ?? person.name }));
        }
      },
    });
  }

  ways(person) {
    const { office, say } = this;
    const { id, name } = person;
    const patch = (given, said) => async () => {
      await send("PATCH", path("v1", "people", id), given);
      closeAll();
      await office.refresh(say(said, { name }));
    };
    if (person.active) {
      return [button(say("leave"), () => confirm(office, {
        title: say("leave_title", { name }), text: say("leave_text", { name }), label: say("leave"),
        act: patch({ active: false }, "left_now") }), "danger")];
    }
    const back = button(say("come_back"), () => office.attempt(patch({ active: true }, "back_now")));
    if (person.is_pseudonymous) {
      return [back];
    }
    return [back, button(say("unname"), () => confirm(office, {
      title: say("unname_title", { name }), text: say("unname_text", { name }), label: say("unname"),
      act: async () => {
        await send("POST", `${path("v1", "people", id)}/pseudonym`);
        closeAll();
        await office.refresh(say("unnamed_now"));
      } }), "danger")];
  }
}

function closeAll() {
  document.querySelectorAll("dialog").forEach((one) => one.close());
}

/** What stands in the fields; an empty one is null. */
function values(form) {
  const told = new FormData(form);
  const others = told.getAll(OTHERS).sort();
  told.delete(OTHERS);
  const found = [...told].map(([name, text]) => [name, text.trim() || null]);
  return { ...Object.fromEntries(found), [OTHERS]: others };
}

/** Only what differs; the day goes along where the place or the extension does. */
function differing(given, person) {
  const { valid_from: from, ...rest } = given;
  const changed = Object.entries(rest).filter(([name, value]) =>
    name === OTHERS ? String(value) !== String(person[name]) : value !== (person[name] ?? null));
  const dated = changed.some(([name]) => name !== "name");
  return Object.fromEntries(dated && from ? [...changed, ["valid_from", from]] : changed);
}
