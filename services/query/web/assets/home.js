// The home page: what to do first, then where everything is, how fresh it is and what does not fit.

import { Desk } from "./desk.js";
import { el, put } from "./dom.js";
import { Feed } from "./feed.js";
import { Figures } from "./figures.js";
import { FirstVisit } from "./first.js";
import { readTerms } from "./listtitle.js";
import { minorDigits } from "./numbers.js";
import { asTree, headcount } from "./organisation.js";
import { Panel } from "./panel.js";
import { Quality } from "./quality.js";
import { scopeOf } from "./scope.js";
import { read, streamAddress } from "./service.js";

const FIRST_AMOUNT = 1_250_000;
const BOARDS_MS = 30_000;
const REPORTS = ["department", "employee", "telesales", "lifecycle", "journey", "sales-performance"];
const TODAY = ["revenue", "orders", "calls_outbound", "customers_new"];

class Home {
  constructor(desk) {
    this.desk = desk;
    const { open } = this;
    const [scope, id] = open.company
      ? ["company", "all"]
      : ownPlace(scopeOf(desk, open), desk.me);
    this.figures = new Figures(scope);
    this.figures.id = id;
    desk.watch(this.figures);
    desk.hasFigures = () => this.figures.anything;
    this.feed = new Feed(() => streamAddress(scope, id, []), {
      heard: (name, data) => this.hear(name, data),
      lost: () => desk.learnPeople().then(() => this.draw()).then(() => true, () => false),
      denied: () => desk.lose(true),
    });
    this.figures.close = () => this.feed.close();
    this.part = Object.fromEntries(["first", "today", "boards", "reports", "quality"].map((name) =>
      [name, el("section", { id: name, hidden: true })]));
    this.fresh = el("span", { id: "freshness" });
    this.foot = el("footer", { class: "foot", id: "foot" }, this.fresh, el("a", { href: "/openapi.json" }, desk.say("api_docs")));
  }

  get open() {
    return this.desk.me.figures;
  }

  async start() {
    const { desk, part } = this;
    document.title = desk.company.name || desk.company.tenant;
    desk.main.classList.add("home");
    desk.main.replaceChildren(
      el("h1", { class: "heard-only" }, document.title),
      part.first, part.today,
      el("div", { class: "columns" }, part.boards, part.reports),
      part.quality, this.foot,
    );
    desk.ticked = () => this.tick();
    this.drawReports();
    await readTerms(desk);
    this.panel = new Panel(desk);
    desk.moved = () => this.panel.follow();
    this.panel.follow();
    this.feed.open();
    this.learnBoards();
    setInterval(() => document.hidden || this.learnBoards(), BOARDS_MS);
    this.quality = new Quality(desk, part.quality);
    this.quality.start();
    setInterval(() => this.draw(), 5000);
    this.draw();
  }

  hear(name, data) {
    if (this.figures.take(name, data)) {
      this.feed.open();
    }
    if (name === "change" || name === "occurrence") {
      this.learnSoon();
    }
    this.draw();
  }

  /** Until there are departments, each event may bring the first one. */
  learnSoon() {
    if (!this.desk.org.departments.length || !this.arrived) {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.desk.learnPeople().then(() => this.draw(), (error) => this.desk.failed(error)), 300);
    }
  }

  draw() {
    const { desk, figures } = this;
    const { departments } = desk.org;
    if (!departments.length && !this.first && figures.beat && !figures.anything) {
      this.first = new FirstVisit(this.part.first, desk.say);
      this.first.write(this.lineOptions());
      this.part.first.hidden = false;
    }
    if (this.first && (departments.length || figures.anything)) {
      this.arrived = true;
      this.first.arrived();
    }
    if (this.first && departments.length) {
      this.first.offer(asTree(departments, desk.language)[0]);
    }
    if (departments.length) {
      this.drawBoards();
    }
    this.drawToday();
  }

  lineOptions() {
    const { tenant, currency, time_zone: timeZone, ingestor_url: ingestor } = this.desk.company;
    const now = new Date();
    return {
      ingestor: ingestor || "http://127.0.0.1:PORT",
      key: this.desk.asked.writeKey || "WRITE_KEY",
      tenant,
      day: new Intl.DateTimeFormat("en-CA", { timeZone }).format(now),
      now,
      currency,
      amount: FIRST_AMOUNT * 10 ** minorDigits(currency),
    };
  }

  drawToday() {
    const { desk, figures, part } = this;
    part.today.hidden = !figures.anything;
    if (!figures.anything) {
      return;
    }
    this.tiles ??= this.makeTiles();
    for (const [name, { number, unit }] of this.tiles) {
      const value = figures.value(name);
      number.dataset.value = JSON.stringify(value);
      put(number, desk.numbers.text(value, unit));
      number.title = desk.writer.value(value, unit);
      desk.link.dress(number, this.factsOf(name));
    }
  }

  factsOf(metric) {
    const query = new URLSearchParams({ metric, scope: this.figures.scope, id: this.figures.id });
    if (this.figures.scope === "department") {
      query.set("sub", "true");
    }
    return `/v1/facts?${query}`;
  }

  makeTiles() {
    const { desk, part } = this;
    const tiles = new Map(TODAY.map((name) => {
      const { unit, [`label_${desk.language}`]: label } = desk.kpis.get(name);
      const number = el("a", {});
      const element = el("div", { class: "tilefigure", "data-metric": name }, el("span", { class: "label" }, label), el("b", { class: "big" }, number));
      return [name, { number, unit, element }];
    }));
    part.today.replaceChildren(
      el("h2", {}, desk.say("today_so_far")),
      el("div", { class: "tiles" }, [...tiles.values()].map(({ element }) => element)),
    );
    return tiles;
  }

  /** The boards that are stored, before those that each department has. */
  async learnBoards() {
    const { boards } = await read("/v1/boards").catch(() => ({ boards: [] }));
    this.stored = boards;
    this.draw();
  }

  storedRow({ id, name }) {
    const { desk } = this;
    const path = `/boards/${encodeURIComponent(id)}`;
    return el("li", { class: "stored" }, el("a", { href: desk.place.link(path) }, name || id),
      el("a", { class: "people", href: desk.place.link(`${path}/edit`) }, desk.say("change_board")));
  }

  drawBoards() {
    const { desk, part } = this;
    const stored = (this.stored ?? []).map((board) => this.storedRow(board));
    const rows = asTree(desk.org.departments, desk.language)
      .filter((department) => department.active)
      .map((department) => this.row(department));
    rows.unshift(...stored);
    const written = rows.map((row) => row.textContent).join("|");
    if (part.boards.dataset.written !== written) {
      part.boards.dataset.written = written;
      part.boards.replaceChildren(el("h2", {}, desk.say("boards")), el("ul", { class: "departments" }, rows));
      part.boards.hidden = false;
      if (desk.place.get("section") === "boards") {
        part.boards.scrollIntoView({ block: "start" });
        desk.place.set({ section: "" }, { replace: true });
      }
    }
  }

  row({ id, name, depth }) {
    const { desk } = this;
    const count = headcount(desk.org, id);
    const people = count === 1 ? desk.say("one_person") : desk.say("people", { count });
    return el("li", { "data-depth": String(Math.min(depth, 3)) },
      el("a", { href: desk.place.link(`/board/${encodeURIComponent(id)}`) }, name),
      el("span", { class: "people" }, people));
  }

  drawReports() {
    const { desk, part } = this;
    const entry = (path, title, words) => el("li", {}, el("a", { href: desk.place.link(path) }, title), el("span", { class: "people" }, words));
    part.reports.replaceChildren(
      el("h2", {}, desk.say("reports")),
      el("ul", { class: "departments" },
        entry("/supervisor", desk.say("supervisor"), desk.say("about_supervisor")),
        REPORTS.map((name) => entry(`/reports/${name}`, desk.say(`title_${name}`), desk.say(`about_${name}`)))),
    );
    part.reports.hidden = false;
  }

  tick() {
    const { lastFigure, beat } = this.figures;
    const { desk } = this;
    if (lastFigure) {
      const time = `${desk.clock.date(lastFigure)}, ${desk.clock.seconds(lastFigure)}`;
      const behind = beat?.lag.events ? ` · ${desk.say("behind", {
        events: desk.numbers.text(beat.lag.events, "count"), time: desk.numbers.text(beat.lag.seconds, "seconds"),
      })}` : "";
      put(this.fresh, desk.say("as_of", { time }) + behind);
    }
  }
}

/** Whose figures home shows to who may not see the company: a department, or oneself. */
function ownPlace({ department, employee }, me) {
  return department ? ["department", department] : ["employee", employee || me.employee];
}

const desk = new Desk("home");
await desk.enter();
await new Home(desk).start();
