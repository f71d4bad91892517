// The company: its name, its day and its money, and which modules it has.

import { confirm, field, h, select, tick } from "./admin_parts.js";
import { send } from "./admin_service.js";

const MODULES = ["inventory", "contracts", "payments", "messages", "tasks", "notes", "products"];
const REGIONS = ["VN", "AU", "CN", "DE", "FR", "GB", "HK", "ID", "IN", "JP", "KH", "KR", "LA", "MM",
  "MY", "NL", "PH", "SG", "TH", "TW", "US"];

/** Read percents between commas: each once, in order. */
function percentsOf(text) {
  const named = text.split(",").filter((each) => each.trim());
  return [...new Set(named.map(Number))].sort((one, other) => one - other);
}

export class Company {
  constructor(office) {
    this.office = office;
    this.say = office.say;
  }

  async open() {
    const { office, say } = this;
    const { company, language } = office;
    const names = (type) => new Intl.DisplayNames(language, { type });
    const listed = (codes, type, now) => [...new Set([now, ...codes])]
      .map((code) => [code, type ? `${code} – ${names(type).of(code)}` : code]);
    const name = h("input", { value: company.name, required: true, maxLength: 256 });
    const zone = select(listed(Intl.supportedValuesOf("timeZone"), "", company.time_zone),
      company.time_zone);
    const currency = select(listed(Intl.supportedValuesOf("currency"), "currency", company.currency),
      company.currency);
    const region = select(listed(REGIONS, "region", company.region), company.region);
    const thresholds = h("input", { value: company.thresholds.join(", "), required: true,
      pattern: " *[0-9]{1,4}( *, *[0-9]{1,4})*,? *", inputMode: "numeric" });
    const modules = MODULES.map((one) => {
      const box = tick("modules", say(`module.${one}`), !company.modules_off.includes(one));
      box.querySelector("input").value = one;
      return box;
    });
    const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
    const save = h("button", { type: "submit", class: "primary" }, say("save"));
    save.dataset.focus = "save";
    const form = h("form", { class: "card" }, wrong,
      h("div", { class: "parts" },
        field("name", say("company_name"), name),
        field("time_zone", say("time_zone"), zone, say("time_zone_hint")),
        field("currency", say("currency"), currency, say("currency_hint")),
        field("region", say("region"), region, say("region_hint")),
        field("thresholds", say("thresholds"), thresholds, say("thresholds_hint")),
        h("fieldset", { class: "field", "data-field": "modules_off" }, h("legend", {}, say("modules")),
          h("p", { class: "hint" }, say("modules_hint")), h("div", { class: "ticks" }, modules))),
      h("footer", {}, save));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(form);
    });
    return [
      h("header", { class: "title" }, h("h1", {}, say("tab.tenant")),
        h("span", { class: "count" }, company.tenant)),
      form,
    ];
  }

  async save(form) {
    const { office, say } = this;
    const { company } = office;
    const given = new FormData(form);
    const on = given.getAll("modules");
    const wish = { name: given.get("name").trim(), time_zone: given.get("time_zone"),
      currency: given.get("currency"), region: given.get("region"),
      thresholds: percentsOf(given.get("thresholds")),
      modules_off: MODULES.filter((one) => !on.includes(one)).sort() };
    const changed = Object.fromEntries(Object.entries(wish)
      .filter(([name, value]) => String(value) !== String(company[name])));
    if (!Object.keys(changed).length) {
      office.toast(say("nothing_changed"));
      return;
    }
    const act = async () => {
      await send("PATCH", "/v1/tenant", changed);
      await office.refresh(say("company_saved"));
    };
    if (changed.time_zone || changed.currency || changed.modules_off) {
      await confirm(office, { title: say("settings_title"), text: say("settings_text"),
        label: say("save"), act });
    } else {
      await office.attempt(act);
    }
  }
}
