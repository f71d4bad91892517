// The tenants of the installation, for who runs it. Their token is in this object and nowhere else.

import { ask, button, empty, field, h, secretField, table } from "./admin_parts.js";
import { send } from "./admin_service.js";

const TENANTS = "/v1/operator/tenants";

export class Tenants {
  #token = "";

  constructor(office) {
    this.office = office;
    this.say = office.say;
    this.body = h("div", {});
  }

  async open() {
    this.body.replaceChildren(h("h1", {}, this.say("tab.tenants")), this.entrance());
    return [this.body];
  }

  entrance() {
    const { office, say } = this;
    const token = h("input", { type: "password", required: true, autocomplete: "off",
      spellcheck: false });
    const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
    const form = h("form", { class: "card" }, wrong, h("p", { class: "hint" }, say("operator_lead")),
      h("div", { class: "parts" }, field("token", say("operator_token"), token)),
      h("footer", {}, h("button", { type: "submit", class: "primary" }, say("operator_open"))));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      this.#token = token.value.trim();
      try {
        await this.draw();
      } catch (problem) {
        this.#token = "";
        wrong.textContent = office.explain(problem);
        wrong.hidden = false;
      }
    });
    return form;
  }

  async draw() {
    const { say } = this;
    const { rows } = await send("GET", TENANTS, undefined, this.#token);
    const add = button(say("add_tenant"), () => this.add(), "primary");
    add.dataset.focus = "add-tenant";
    const heads = ["tenant_id", "name", "partition", "created", "state"].map((one) => say(one));
    const list = rows.length
      ? table(say("tab.tenants"), heads, rows.map((one) => this.row(one)))
      : empty(say("no_tenants"), say("no_tenants_why"));
    this.body.replaceChildren(
      h("header", { class: "title" }, h("h1", {}, say("tab.tenants")), h("span", { class: "line" }, add)),
      list);
  }

  row(tenant) {
    const { office, say } = this;
    const erased = tenant.erased_at;
    return h("tr", { class: erased ? "gone" : "" },
      h("th", { scope: "row" }, tenant.id),
      h("td", {}, tenant.name || h("span", { class: "none" }, "–")),
      h("td", {}, String(tenant.partition)),
      h("td", { class: "day" }, office.day(tenant.created_at)),
      h("td", {}, erased ? h("span", { class: "sign" }, say("erased_on", { day: office.day(erased) }))
        : say("in_use")));
  }

  add() {
    const { office, say } = this;
    const text = (properties) => h("input", { autocomplete: "off", spellcheck: false, ...properties });
    return ask(office, {
      title: say("add_tenant"), label: say("add"),
      parts: [
        field("id", say("tenant_id"), text({ required: true, maxLength: 63,
          pattern: "[a-z0-9][a-z0-9\\-]*" }), say("tenant_id_hint")),
        field("name", say("company_name"), text({ required: true, maxLength: 256 })),
        field("time_zone", say("time_zone"), text({ placeholder: "Asia/Ho_Chi_Minh" })),
        field("currency", say("currency"), text({ placeholder: "VND", maxLength: 3 })),
        field("region", say("region"), text({ placeholder: "VN", maxLength: 2 }), say("region_hint")),
      ],
      submit: async (form) => {
        const given = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
        const wish = Object.fromEntries(given.filter(([, value]) => value));
        const made = await send("POST", TENANTS, wish, this.#token);
        await this.draw();
        ask(office, { title: say("tenant_made", { name: wish.name }), lead: say("shown_once"),
          parts: [["write_key", made.write_key], ["read_key", made.read_key]]
            .map(([name, key]) => secretField(say, say(name), key, say("copy_key"))) });
      },
    });
  }
}
