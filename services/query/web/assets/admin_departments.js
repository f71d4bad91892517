// Departments: the tree, who leads each, and how it changes.

import { importFile } from "./admin_import.js";
import { ask, button, confirm, empty, field, h, select } from "./admin_parts.js";
import { path, send } from "./admin_service.js";
import { asTree, departmentsUnder } from "./organisation.js";

export class Departments {
  constructor(office) {
    this.office = office;
    this.say = office.say;
  }

  async open() {
    const { office, say } = this;
    const add = button(say("add_department"), () => this.add(null), "primary");
    const file = button(say("import_file"), () => importFile(office, "departments"));
    const open = office.departments.filter((one) => one.active);
    const closed = office.departments.filter((one) => !one.active);
    if (!office.departments.length) {
      return [h("h1", {}, say("tab.departments")),
        empty(say("no_departments"), say("no_departments_why"), add, file)];
    }
    const shut = closed.length ? h("details", { class: "closed" },
      h("summary", {}, say("closed_departments", { count: closed.length })), this.tree(closed)) : null;
    return [
      h("header", { class: "title" }, h("h1", {}, say("tab.departments")),
        h("span", { class: "count" }, say("count_departments", { count: open.length })),
        h("span", { class: "line" }, file, add)),
      this.tree(open),
      ...(shut ? [shut] : []),
    ];
  }

  /** The tree as a nested list, which is read aloud as one. */
  tree(departments) {
    const root = h("ul", { class: "tree" });
    const lists = [root];
    for (const one of asTree(departments, this.office.language)) {
      lists.length = one.depth + 1;
      const item = h("li", {}, this.line(one));
      lists[one.depth].append(item);
      const below = h("ul", {});
      lists.push(below);
      item.append(below);
    }
    root.querySelectorAll("ul:empty").forEach((one) => one.remove());
    return root;
  }

  line(one) {
    const { office, say } = this;
    const name = h("button", { type: "button", class: "link", onclick: () => this.edit(one) }, one.name);
    name.dataset.focus = `department-${one.id}`;
    const head = one.head_id
      ? say("led_by", { name: office.personName(one.head_id) })
      : say("led_by_nobody");
    const more = one.active
      ? button(say("add_below"), () => this.add(one.id), "quiet")
      : null;
    more?.setAttribute("aria-label", say("add_below_of", { name: one.name }));
    return h("div", { class: "row" }, h("span", { class: "who" }, name,
      h("span", { class: "id" }, one.id)), h("span", { class: one.head_id ? "" : "none" }, head),
    h("span", { class: "number" }, say("count_people", { count: one.people })), more);
  }

  fields(one, parent) {
    const { office, say } = this;
    const below = one ? departmentsUnder(office.departments, one.id) : new Set();
    const id = h("input", { required: true, maxLength: 128, autocomplete: "off", spellcheck: false });
    const name = h("input", { value: one?.name ?? "", required: true, maxLength: 256 });
    const above = office.departmentOptions(one?.parent_id).filter(([key]) => !below.has(key));
    const where = select([["", say("at_the_top")], ...above], one?.parent_id ?? parent ?? "");
    const head = select([["", say("nobody")], ...office.personOptions(one?.head_id)],
      one?.head_id ?? "");
    return [
      ...(one ? [] : [field("id", say("department_id"), id, say("id_hint"))]),
      field("name", say("name"), name),
      field("parent_id", say("below"), where, one ? say("below_hint") : ""),
      field("head_id", say("head"), head, say("head_hint")),
    ];
  }

  add(parent) {
    const { office, say } = this;
    return ask(office, {
      title: say("add_department"), parts: this.fields(null, parent), label: say("add"),
      submit: async (form) => {
        const given = values(form);
        await send("POST", "/v1/departments", given);
        await office.refresh(say("department_added", { name: given.name }));
      },
    });
  }

  edit(one) {
    const { office, say } = this;
    const change = (given, said) => async () => {
      await send("PATCH", path("v1", "departments", one.id), given);
      document.querySelectorAll("dialog").forEach((dialog) => dialog.close());
      await office.refresh(say(said, { name: one.name }));
    };
    const way = one.active
      ? button(say("close_department"), () => confirm(office, {
        title: say("close_department_title", { name: one.name }), text: say("close_department_text"),
        label: say("close_department"), act: change({ active: false }, "department_closed") }), "danger")
      : button(say("open_department"), () =>
        office.attempt(change({ active: true }, "department_saved")));
    return ask(office, {
      title: one.name, lead: one.id, parts: this.fields(one), label: say("save"), extra: [way],
      submit: async (form) => {
        const given = Object.fromEntries(Object.entries(values(form))
          .filter(([name, value]) => value !== (one[name] ?? null)));
        if (Object.keys(given).length) {
          await send("PATCH", path("v1", "departments", one.id), given);
          await office.refresh(say("department_saved", { name: given.name ?? one.name }));
        }
      },
    });
  }
}

function values(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, text]) => [name, text.trim() || null]));
}
