// The administration: who is here, which tab, and what all tabs share. The address holds the state.

import { dress, readAddress } from "./address.js";
import { Alerts } from "./admin_alerts.js";
import { Departments } from "./admin_departments.js";
import { Audit } from "./admin_audit.js";
import { Company } from "./admin_company.js";
import { Grants } from "./admin_grants.js";
import { Keys } from "./admin_keys.js";
import { empty, h } from "./admin_parts.js";
import { People } from "./admin_people.js";
import { read } from "./admin_service.js";
import { Tenants } from "./admin_tenants.js";
import { speaker } from "./admin_words.js";
import { asTree } from "./organisation.js";
import { login } from "./service.js";
import { offerSignIn, signInWord } from "./sign_in.js";
import { speaker as sharedSpeaker } from "./words.js";

const TABS = { people: People, departments: Departments, grants: Grants, tokens: Keys,
  alerts: Alerts, tenant: Company, audit: Audit };
/** What is of no company: who runs Salespulse opens it by its address, with a token of their own. */
const OPERATOR = { tenants: Tenants };
const TOAST_MS = 6000;
const part = (id) => document.getElementById(id);

class Office {
  constructor(address) {
    this.address = address;
    this.language = address.language;
    this.say = speaker(this.language);
    this.people = [];
    this.departments = [];
    this.company = {};
  }

  async start() {
    this.drawHead();
    window.addEventListener("popstate", () => this.open());
    if (this.tab in OPERATOR) {
      await this.open();
      return;
    }
    try {
      if (this.address.key) {
        await login(this.address.key).catch(() => {});
      }
      await this.learn();
    } catch (problem) {
      this.refuse(problem);
      return;
    }
    await this.open();
  }

  /** Read who there is; every tab names people and departments. */
  async learn() {
    const [company, people, departments] = await Promise.all([
      read("/v1/tenant"), read("/v1/people"), read("/v1/departments"),
    ]);
    this.company = company;
    const order = new Intl.Collator(this.language, { numeric: true }).compare;
    this.people = people.rows.sort((one, other) =>
      Number(other.active) - Number(one.active) || order(one.name, other.name));
    this.departments = departments.rows;
    part("company").querySelector("span").textContent = company.name || company.tenant;
  }

  get tab() {
    const asked = this.state("tab");
    return asked in TABS || asked in OPERATOR ? asked : "people";
  }

  state(name) {
    return new URLSearchParams(window.location.search).get(name) ?? "";
  }

  /** Write a choice of the page into its address. */
  keep(name, value, { steps = false } = {}) {
    const url = new URL(window.location.href);
    if (value) {
      url.searchParams.set(name, value);
    } else {
      url.searchParams.delete(name);
    }
    window.history[steps ? "pushState" : "replaceState"](null, "", url);
  }

  async open() {
    this.drawHead();
    part("ask").hidden = true;
    part("page").replaceChildren(h("p", { class: "loading" }, this.say("loading")));
    this.shown?.leave?.();
    const Tab = TABS[this.tab] ?? OPERATOR[this.tab];
    this.shown = new Tab(this);
    const whose = this.company.name || this.company.tenant || "Salespulse";
    document.title = `${this.say(`tab.${this.tab}`)} – ${whose}`;
    try {
      part("page").replaceChildren(...(await this.shown.open()));
    } catch (problem) {
      this.refuse(problem);
    }
  }

  /** Read everything again and draw the tab anew: something was changed. */
  async refresh(said) {
    const focused = document.activeElement?.dataset?.focus;
    await this.learn();
    part("page").replaceChildren(...(await this.shown.open()));
    if (focused) {
      document.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
    }
    if (said) {
      this.toast(said);
    }
  }

  /** Do something outside a dialog; what is refused is said.
   *
   * Laws: read anew once, with what is `said`, or by the act itself: a second time would take away
   * what a person has begun to change meanwhile. */
  async attempt(act, said) {
    try {
      await act();
    } catch (problem) {
      this.toast(this.explain(problem), true);
      return;
    }
    if (said) {
      await this.refresh(said);
    }
  }

  toast(text, isWrong = false) {
    const toast = part("toast");
    toast.textContent = text;
    toast.classList.toggle("bad", isWrong);
    toast.classList.add("up");
    clearTimeout(this.fading);
    this.fading = setTimeout(() => toast.classList.remove("up"), TOAST_MS);
  }

  /** Say a refusal in words of the language; the service's own where there are none. */
  explain(problem) {
    const { code, message, told = {} } = problem;
    const key = `code.${code}`;
    const said = this.say(key, { ...told, detail: message });
    return said === key ? message : said;
  }

  refuse(problem) {
    if (problem.status === 401) {
      this.askForKey(this.address.key || problem.code !== "no_key");
      return;
    }
    const again = h("button", { type: "button", class: "primary",
      onclick: () => window.location.reload() }, this.say("again"));
    const other = h("button", { type: "button", onclick: () => this.askForKey(false) },
      this.say("other_key"));
    const title = this.say(problem.status === 403 ? "no_right" : "not_shown");
    part("page").replaceChildren(empty(title, this.explain(problem), again, other));
  }

  askForKey(isWrong) {
    const shared = sharedSpeaker(this.language);
    const asked = signInWord(window.location.search);
    part("page").replaceChildren();
    part("ask-title").textContent = this.say("administration");
    part("ask-why").textContent = asked ? shared(asked) : this.say(isWrong ? "wrong_key" : "give_key");
    part("ask-label").textContent = this.say("your_token");
    part("ask-open").textContent = shared("open");
    part("ask").hidden = false;
    part("ask-key").focus();
    offerSignIn(part("ask-sign-in"), window.location, shared).catch(() => {});
    part("ask").onsubmit = (event) => {
      event.preventDefault();
      login(part("ask-key").value.trim()).then(
        () => window.location.reload(),
        () => {
          part("ask-why").textContent = this.say("wrong_key");
        },
      );
    };
  }

  drawHead() {
    part("skip").textContent = this.say("skip");
    const links = Object.keys(this.tab in OPERATOR ? OPERATOR : TABS).map((name) => {
      const current = name === this.tab ? "page" : undefined;
      const link = h("a", { href: `?tab=${name}${this.langQuery()}`, "aria-current": current },
        this.say(`tab.${name}`));
      link.addEventListener("click", (event) => {
        if (!event.metaKey && !event.ctrlKey && !event.shiftKey) {
          event.preventDefault();
          window.history.pushState(null, "", link.href);
          this.open();
        }
      });
      return link;
    });
    part("tabs").setAttribute("aria-label", this.say("administration"));
    part("tabs").replaceChildren(...links);
    const current = links.find((link) => link.ariaCurrent);
    current?.scrollIntoView({ inline: "center", block: "nearest" });
    const url = new URL(window.location.href);
    const languages = [["en", "English"], ["vi", "Tiếng Việt"]].map(([code, label]) => {
      url.searchParams.set("lang", code);
      return h("a", { href: url.search, lang: code, title: label, "aria-label": label,
        "aria-current": code === this.language ? "true" : undefined }, code.toUpperCase());
    });
    part("languages").replaceChildren(...languages);
  }

  langQuery() {
    const asked = this.state("lang");
    return asked ? `&lang=${encodeURIComponent(asked)}` : "";
  }

  /** What the tabs say of people and departments: names, never bare ids where there is a name. */
  personName(id) {
    return this.people.find((one) => one.id === id)?.name ?? id ?? "";
  }

  /** The name of a place; `company` is the word for the whole. */
  placeName({ scope, scope_id: id }, company) {
    if (scope === "company") {
      return company;
    }
    return scope === "employee" ? this.personName(id) : this.departmentName(id);
  }

  departmentName(id) {
    return this.departments.find((one) => one.id === id)?.name ?? id ?? "";
  }

  /** Departments as options in the order of the tree, those that are closed left out. */
  departmentOptions(keep) {
    const open = this.departments.filter(({ id, active }) => active || id === keep);
    return asTree(open, this.language).map(({ id, name, depth }) => [id, name, depth]);
  }

  personOptions(keep, except) {
    return this.people
      .filter(({ id, active }) => (active || id === keep) && id !== except)
      .map(({ id, name }) => [id, name]);
  }

  day(text) {
    return this.written(text, { year: "numeric" }, "UTC");
  }

  /** Write a moment by the clock of the company. */
  moment(text) {
    return this.written(text, { hour: "2-digit", minute: "2-digit" }, this.company.time_zone);
  }

  written(text, more, timeZone) {
    const locale = this.language === "vi" ? "vi-VN" : "en-GB";
    const style = { day: "numeric", month: this.language === "vi" ? "numeric" : "short", ...more };
    return new Intl.DateTimeFormat(locale, { ...style, timeZone }).format(new Date(text));
  }
}

const address = readAddress(window.location, window.history, window.sessionStorage);
dress(document.documentElement, address);
new Office(address).start();
