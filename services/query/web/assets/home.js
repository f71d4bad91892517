// The home page: the boards of a company and how fresh they are, or the way to the first figure.

import { dress, readAddress } from "./address.js";
import { Clock } from "./clock.js";
import { Feed, waitBefore } from "./feed.js";
import { Figures } from "./figures.js";
import { FirstVisit } from "./first.js";
import { Numbers, minorDigits } from "./numbers.js";
import { asTree, headcount } from "./organisation.js";
import { Refused, insist, login, read, streamAddress } from "./service.js";
import { describe, judge, showState } from "./state.js";
import { make } from "./tiles.js";
import { speaker } from "./words.js";

const ORG_MS = 60_000;
const FIRST_AMOUNT = 1_250_000;
const part = (id) => document.getElementById(id);

class Home {
  constructor(address) {
    this.address = address;
    this.say = speaker(address.language);
    this.figures = new Figures("company");
    this.clock = new Clock(address.language, undefined);
    this.numbers = new Numbers(address.language, "VND", this.say);
    this.refused = false;
    this.org = { departments: [], employees: [] };
  }

  async start() {
    setInterval(() => this.tick(), 500);
    this.drawFoot();
    this.tick();
    await insist(() => this.enter(), (error) => this.failed(error), waitBefore);
    this.feed = new Feed(() => streamAddress("company", "all", []), {
      heard: (name, data) => this.hear(name, data),
      lost: () => this.learnPeople().then(() => true, () => false),
      denied: () => this.failed(new Refused("/v1/stream")),
    });
    this.feed.open();
    setInterval(() => this.learnPeople().catch((error) => this.failed(error)), ORG_MS);
  }

  /** Open a session with the key of the link, where it carries one, and read on in it. */
  async enter() {
    if (this.address.key) {
      await login(this.address.key);
      this.address.key = "";
    }
    await this.learn();
  }

  async learn() {
    const { language } = this.address;
    this.company = await read("/v1/tenant");
    part("ask").hidden = true;
    this.clock = new Clock(language, this.company.time_zone);
    this.numbers = new Numbers(language, this.company.currency, this.say);
    part("title").textContent = document.title = this.company.name || this.company.tenant;
    part("main").hidden = false;
    await this.learnPeople();
  }

  async learnPeople() {
    this.org = await read("/v1/org");
    this.refused = false;
    this.draw();
  }

  failed(error) {
    if (error instanceof Refused) {
      this.refused = error.hasSession;
      this.ask(error.hasSession ? "wrong_key" : "give_key");
    }
  }

  hear(name, data) {
    const newDay = this.figures.take(name, data);
    if (newDay) {
      this.feed.open();
    }
    if (name === "change" || name === "occurrence") {
      this.learnSoon();
    }
    this.draw();
  }

  learnSoon() {
    const people = this.org.departments.length;
    if (!people || !this.arrived) {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.learnPeople().catch((error) => this.failed(error)), 300);
    }
  }

  draw() {
    const { departments } = this.org;
    if (!departments.length && !this.first && this.figures.beat && !this.figures.anything) {
      this.first = new FirstVisit(part("first"), this.say);
      this.first.write(this.lineOptions());
      part("first").hidden = false;
    }
    if (this.first && (departments.length || this.figures.anything)) {
      this.arrived = true;
      this.first.arrived();
    }
    if (this.first && departments.length) {
      this.first.offer(asTree(departments, this.address.language)[0]);
    }
    if (departments.length) {
      this.drawBoards();
    }
    this.tick();
  }

  lineOptions() {
    const { tenant, currency, time_zone: timeZone, ingestor_url: ingestor } = this.company;
    const now = new Date();
    return {
      ingestor: ingestor || "http://127.0.0.1:PORT",
      key: this.address.writeKey || "WRITE_KEY",
      tenant,
      day: new Intl.DateTimeFormat("en-CA", { timeZone }).format(now),
      now,
      currency,
      amount: FIRST_AMOUNT * 10 ** minorDigits(currency),
    };
  }

  drawBoards() {
    const rows = asTree(this.org.departments, this.address.language)
      .filter((department) => department.active)
      .map((department) => this.row(department));
    const list = make("ul", "departments");
    list.append(...rows);
    const written = rows.map((row) => row.textContent).join("|");
    if (part("boards").dataset.written !== written) {
      part("boards").dataset.written = written;
      part("boards").replaceChildren(make("h2", "", this.say("boards")), list);
      part("boards").hidden = false;
    }
  }

  row({ id, name, depth }) {
    const row = make("li", "");
    row.dataset.depth = Math.min(depth, 3);
    const link = make("a", "", name);
    link.href = `/board/${encodeURIComponent(id)}`;
    const count = headcount(this.org, id);
    const people = count === 1 ? this.say("one_person") : this.say("people", { count });
    row.append(link, make("span", "people", people));
    return row;
  }

  drawFoot() {
    const link = make("a", "", "/openapi.json");
    link.href = "/openapi.json";
    this.fresh = make("span", "");
    this.fresh.id = "freshness";
    part("foot").replaceChildren(this.fresh, link);
    part("foot").hidden = false;
  }

  ask(why) {
    part("ask-why").textContent = this.say(why);
    part("ask-label").textContent = this.say("your_key");
    part("ask-open").textContent = this.say("open");
    part("ask").hidden = false;
    part("state").hidden = !this.refused;
    part("ask").onsubmit = (event) => {
      event.preventDefault();
      login(part("ask-key").value.trim()).then(
        () => window.location.reload(),
        (error) => this.failed(error),
      );
    };
  }

  tick() {
    const { beat, heardAt, startedAt, lastFigure } = this.figures;
    const anything = this.figures.anything || this.org.departments.length > 0;
    const now = Date.now();
    const name = judge({ refused: this.refused, beat, heardAt, startedAt, now, anything });
    const words = describe(name, { beat, lastFigure }, this.say, this.numbers, this.clock);
    showState(part("home"), part("state"), part("spoken"), name, words);
    if (lastFigure) {
      const time = `${this.clock.date(lastFigure)}, ${this.clock.seconds(lastFigure)}`;
      this.fresh.textContent = this.say("as_of", { time });
    }
  }
}

const address = readAddress(window.location, window.history, window.sessionStorage);
dress(document.documentElement, address);
new Home(address).start();
