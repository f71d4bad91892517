// Rights: one line a person, one column a right. Granting the wide ones and taking back ask once.

import { button, confirm, empty, h, select } from "./admin_parts.js";
import { path, send } from "./admin_service.js";

export const PERMISSIONS = ["kpi", "employee_kpi", "department_kpi", "telesales", "view_all",
  "export", "phones", "administer"];
const WIDE = new Set(["view_all", "administer", "phones"]);
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class Grants {
  constructor(office) {
    this.office = office;
    this.say = office.say;
  }

  async open() {
    const { office, say } = this;
    const here = office.people.filter((one) => one.active);
    if (!here.length) {
      const away = button(say("to_people"), () => {
        office.keep("tab", "people", { steps: true });
        office.open();
      }, "primary");
      return [h("h1", {}, say("tab.grants")), empty(say("nobody_yet"), say("grants_need_people"), away)];
    }
    this.list = h("div", {});
    const search = h("input", { type: "search", value: office.state("q"), "aria-label": say("search"),
      placeholder: say("search_people"), oninput: () => this.filter("q", search.value) });
    search.dataset.focus = "search";
    const options = PERMISSIONS.map((one) => [one, say(`grant.${one}`)]);
    const holds = select([["", say("with_any_right")], ...options, ["-", say("without_right")]],
      office.state("holds"), { "aria-label": say("rights"),
        onchange: () => this.filter("holds", holds.value) });
    this.draw();
    const meanings = h("dl", { class: "meanings" }, PERMISSIONS.map((one) => h("div", {},
      h("dt", {}, say(`grant.${one}`)), h("dd", {}, say(`grant.${one}.why`)))));
    return [
      h("header", { class: "title" }, h("h1", {}, say("tab.grants"))),
      h("p", { class: "lead" }, say("grants_lead")),
      h("div", { class: "filters", role: "search" }, search, holds),
      this.list,
      h("details", { class: "closed" }, h("summary", {}, say("what_rights_mean")), meanings),
    ];
  }

  filter(name, value) {
    this.office.keep(name, value);
    this.draw();
  }

  draw() {
    const { office, say } = this;
    const words = office.state("q").toLocaleLowerCase(office.language);
    const holds = office.state("holds");
    const fits = ({ grants }) =>
      !holds || (holds === "-" ? !grants.length : grants.includes(holds));
    const found = office.people.filter((one) => one.active && fits(one)
      && (!words || `${one.name} ${one.id}`.toLocaleLowerCase(office.language).includes(words)));
    if (!found.length) {
      this.list.replaceChildren(empty(say("nobody_found"), say("nobody_found_why")));
      return;
    }
    const heads = PERMISSIONS.map((one) => h("th", { scope: "col", class: "turned",
      title: say(`grant.${one}.why`) }, h("span", {}, say(`grant.${one}`))));
    const body = h("tbody", { onkeydown: (event) => this.move(event) },
      found.map((person) => this.row(person)));
    this.list.replaceChildren(h("div", { class: "sheet", role: "region", tabindex: "0",
      "aria-label": say("tab.grants") },
    h("table", { class: "grants" }, h("caption", { class: "heard-only" }, say("grants_lead")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, say("name")), heads)), body)));
  }

  row(person) {
    const { office, say } = this;
    const place = office.departmentName(person.department_id) || say("no_department");
    const cells = PERMISSIONS.map((permission) => {
      const box = h("input", { type: "checkbox", checked: person.grants.includes(permission),
        "aria-label": `${person.name}: ${say(`grant.${permission}`)}`,
        onchange: () => this.change(person, permission, box) });
      box.dataset.focus = `grant-${person.id}-${permission}`;
      return h("td", { class: "mark" }, h("label", {}, box));
    });
    return h("tr", {}, h("th", { scope: "row" }, person.name, h("span", { class: "id" }, place)), cells);
  }

  async change(person, permission, box) {
    const { office, say } = this;
    const granted = box.checked;
    const name = { name: person.name, right: say(`grant.${permission}`) };
    const act = async () => {
      const where = `${path("v1", "people", person.id)}/grants/${permission}`;
      await send(granted ? "PUT" : "DELETE", where);
      await office.refresh(say(granted ? "granted" : "revoked", name));
    };
    if (granted && !WIDE.has(permission)) {
      await office.attempt(act);
      return;
    }
    box.checked = !granted; // until it is done
    await confirm(office, {
      title: say(granted ? "grant_title" : "revoke_title", name),
      text: granted ? say(`grant.${permission}.why`) : say("revoke_text", name),
      label: say(granted ? "grant" : "revoke"),
      act,
    });
    document.querySelector(`[data-focus="${CSS.escape(box.dataset.focus)}"]`)?.focus();
  }

  /** Arrows go from box to box, as in a sheet. */
  move(event) {
    const step = STEPS[event.key];
    if (!step || event.target.type !== "checkbox") {
      return;
    }
    const row = event.target.closest("tr");
    const rows = [...row.parentElement.rows];
    const boxes = (one) => [...one.querySelectorAll("input")];
    const to = rows[rows.indexOf(row) + step[0]];
    boxes(to ?? row)[boxes(row).indexOf(event.target) + step[1]]?.focus();
    event.preventDefault();
  }
}
