// The head of every page at a desk: whose figures, where else to go, language, theme, state, help.

import { el } from "./dom.js";
import { KeyHelp } from "./keyhelp.js";

const REPORTS = ["department", "employee", "telesales", "lifecycle", "journey", "sales-performance"];
const LANGUAGES = [["en", "English", "EN"], ["vi", "Tiếng Việt", "VI"]];

/** The head; `desk` says where it is and in which language. */
export class Masthead {
  constructor(desk) {
    const { say, place } = desk;
    this.desk = desk;
    this.help = new KeyHelp(say);
    this.skip = el("a", { class: "skip", href: "#main" }, say("skip"));
    this.title = el("a", { class: "company", href: place.link("/"), id: "title" }, "Salespulse");
    this.sign = el(
      "span",
      { class: "state", id: "state" },
      el("span", { class: "shape" }),
      el("span", { class: "said" }),
    );
    this.nav = el("nav", { class: "nav", "aria-label": say("pages") });
    this.tools = el("div", { class: "tools" }, this.sign, this.languages(), this.theme(), this.help.button);
    const mark = el("img", { src: "/assets/mark.svg", alt: "", width: "28", height: "28" });
    this.element = el("header", { class: "masthead" }, mark, this.title, this.nav, this.tools);
    this.drawNav();
  }

  know({ company, me }) {
    this.title.textContent = company.name || company.tenant;
    this.isAdmin = me.kind === "person" && me.grants.includes("administer");
    this.drawNav();
  }

  drawNav() {
    const { say, place, page } = this.desk;
    const entry = (name, path, words) => {
      const isHere = page === name;
      return el("a", { href: place.link(path), "aria-current": isHere ? "page" : null }, words);
    };
    const pages = [
      entry("home", "/", say("home")),
      el("a", { href: place.link("/", { section: "boards" }) }, say("boards")),
      entry("supervisor", "/supervisor", say("supervisor")),
      ...REPORTS.map((name) => entry(name, `/reports/${name}`, say(`report_${name}`))),
      this.isAdmin ? entry("admin", "/admin", say("admin")) : null,
    ];
    this.nav.replaceChildren(...pages.filter(Boolean));
    const here = this.nav.querySelector("[aria-current]");
    if (here) {
      this.nav.scrollLeft = here.offsetLeft - this.nav.offsetLeft - 24;
    }
  }

  /** Links, not a script: the same page in the other language. */
  languages() {
    const { place, language, say } = this.desk;
    const links = LANGUAGES.map(([code, name, short]) =>
      el("a", {
        class: "language",
        lang: code,
        hreflang: code,
        title: name,
        "aria-label": name,
        "aria-current": code === language ? "true" : null,
        href: place.address({ lang: code }),
        onclick: (event) => {
          event.currentTarget.href = place.address({ lang: code });
        },
      }, short),
    );
    return el("span", { class: "languages", role: "group", "aria-label": say("language") }, links);
  }

  theme() {
    const { say, place } = this.desk;
    const root = document.documentElement;
    const words = () => say(root.dataset.theme === "dark" ? "theme_light" : "theme_dark");
    const button = el("button", { type: "button", class: "tool theme", title: words(), "aria-label": words() }, "◐");
    button.addEventListener("click", () => {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      place.set({ theme: root.dataset.theme }, { replace: true });
      button.title = words();
      button.setAttribute("aria-label", words());
      this.drawNav();
    });
    return button;
  }
}
