// The wallboard: wiring of address, service, feed and the parts of the page.

import { dress, keepChoice, readAddress } from "./address.js";
import { chooseRank, chooseTiles, metricsOf, spansOf } from "./choice.js";
import { Clock } from "./clock.js";
import { Feed, waitBefore } from "./feed.js";
import { Figures } from "./figures.js";
import { Numbers } from "./numbers.js";
import { Ranking } from "./ranking.js";
import { Refused, insist, login, read, readCatalogue, streamAddress } from "./service.js";
import { describe, judge, showState } from "./state.js";
import { Ticker } from "./ticker.js";
import { Tile, make } from "./tiles.js";
import { speaker } from "./words.js";

const ORG_MS = 60_000;
const part = (id) => document.getElementById(id);

class Board {
  constructor(address) {
    this.address = address;
    this.say = speaker(address.language);
    this.numbers = new Numbers(address.language, "VND", this.say);
    this.clock = new Clock(address.language, undefined);
    this.figures = new Figures("department");
    this.catalogue = new Map();
    this.names = new Map();
    this.tiles = new Map();
    this.refused = false;
    this.over = false;
    this.missing = false;
    this.drawing = false;
  }

  async start() {
    part("rank-label").textContent = this.say("rank_by");
    setInterval(() => this.tick(), 250);
    this.tick();
    await insist(() => this.enter(), (error) => this.failed(error), waitBefore);
    this.feed = new Feed(() => this.streamAddress(), {
      heard: (name, data) => this.hear(name, data),
      lost: () => this.probe(),
      denied: () => this.end(),
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

  streamAddress() {
    const { department, rank, tiles } = this.address;
    const metrics = metricsOf(this.catalogue, tiles, rank);
    return streamAddress("department", department, metrics);
  }

  async learn() {
    const { language } = this.address;
    const [company, catalogue] = await Promise.all([
      read("/v1/tenant"),
      readCatalogue(language),
      this.learnPeople(),
    ]);
    this.catalogue = catalogue;
    this.clock = new Clock(language, company.time_zone);
    this.numbers = new Numbers(language, company.currency, this.say);
    const words = { say: this.say, numbers: this.numbers, clock: this.clock };
    this.ranking = new Ranking(part("rows"), words);
    this.ticker = new Ticker(part("ticker"), words);
    this.refused = false;
    this.chooseTiles();
    part("rank-metric").addEventListener("change", (event) => this.rankBy(event.target.value));
  }

  async learnPeople() {
    const org = await read("/v1/org");
    this.names = new Map(org.employees.map((person) => [person.id, person.name]));
    const department = org.departments.find(({ id }) => id === this.address.department);
    if (department) {
      part("title").textContent = document.title = department.name;
    }
    this.missing = !department;
    this.draw();
  }

  async probe() {
    try {
      await this.learnPeople();
      this.refused = this.over;
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  failed(error) {
    if (error instanceof Refused) {
      this.refuse(error.hasSession ? "ask_link" : "need_key");
    }
  }

  refuse(word) {
    this.refused = true;
    this.refusal = this.over ? "right_lost" : word;
    this.draw();
  }

  /** Show nothing any more: the right to look was taken away. */
  end() {
    this.over = true;
    this.refuse("right_lost");
  }

  hear(name, data) {
    const newDay = this.figures.take(name, data);
    if (data.as_of && data.state === "live") {
      this.clock.learn(Date.parse(data.as_of), Date.now());
    }
    if (newDay) {
      this.feed.open();
    }
    this.draw();
  }

  rankBy(metric) {
    this.address.rank = metric;
    keepChoice("rank", metric);
    this.draw();
  }

  /** Draw once per frame, however many events came. */
  draw() {
    if (!this.drawing) {
      this.drawing = true;
      const now = () => {
        this.drawing = false;
        this.drawNow();
      };
      if (document.hidden) {
        setTimeout(now, 200);
      } else {
        requestAnimationFrame(now);
      }
    }
  }

  drawNow() {
    this.showNotice();
    this.tick();
    part("main").hidden = this.over || !this.catalogue.size || (this.missing && !this.figures.beat);
    if (!this.figures.beat || !this.catalogue.size) {
      return;
    }
    this.chooseTiles();
    this.tiles.forEach((tile) => tile.update(this.figures));
    this.drawRanking();
    this.ticker.update(this.figures.events, (id) => this.names.get(id) ?? id);
  }

  chooseTiles() {
    const chosen = chooseTiles(
      this.catalogue,
      (metric) => this.figures.hasData(metric),
      this.address.tiles,
    );
    const names = chosen.map(({ metric }) => metric).join();
    if (names === this.chosenNames) {
      return;
    }
    this.chosenNames = names;
    const words = { say: this.say, numbers: this.numbers, clock: this.clock };
    const before = this.tiles;
    this.tiles = new Map();
    chosen.forEach((tile, index) => {
      const hero = index === 0;
      const old = before.get(tile.metric);
      const kept = old?.hero === hero ? old : null;
      const kpi = this.catalogue.get(tile.metric);
      this.tiles.set(tile.metric, kept ?? new Tile(tile, kpi, hero, words));
    });
    const elements = [...this.tiles.values()].map((tile) => tile.element);
    const spans = spansOf(elements.length);
    elements.forEach((element, index) => {
      element.dataset.span = spans[index];
    });
    part("tiles").replaceChildren(...elements);
    this.tiles.forEach((tile) => tile.update(this.figures));
  }

  drawRanking() {
    const tiles = [...this.tiles.values()].map(({ tile }) => tile);
    const { people } = this.figures;
    const { metric, rankable } = chooseRank(this.catalogue, tiles, people, this.address.rank);
    this.offer(metric, rankable);
    this.ranking.by(this.catalogue.get(metric));
    const rows = [...people].map(([id, values]) => ({
      id,
      name: this.figures.names.get(id),
      value: values.get(metric) ?? 0,
    }));
    this.ranking.update(rows);
  }

  offer(metric, rankable) {
    const select = part("rank-metric");
    const offered = rankable.join();
    if (select.dataset.offered !== offered) {
      select.dataset.offered = offered;
      const options = rankable.map((name) => {
        const option = make("option", "", this.catalogue.get(name).label);
        option.value = name;
        return option;
      });
      select.replaceChildren(...options);
    }
    select.value = metric;
  }

  showNotice() {
    const { beat, anything } = this.figures;
    let text = "";
    if (this.refused) {
      text = this.say(this.refusal);
    } else if (this.missing) {
      text = this.say("no_department", { id: this.address.department });
    } else if (beat && !anything) {
      text = this.say("nothing_yet");
    }
    part("notice").textContent = text;
    part("notice").hidden = !text;
  }

  tick() {
    const { beat, heardAt, startedAt, anything, lastFigure } = this.figures;
    const now = Date.now();
    const { refused, missing } = this;
    const name = judge({ refused, missing, beat, heardAt, startedAt, now, anything });
    const words = describe(name, { missing, beat, lastFigure }, this.say, this.numbers, this.clock);
    part("state").title = beat?.reason ?? "";
    showState(part("board"), part("state"), part("spoken"), name, words);
    const wall = this.clock.now();
    setText(part("clock"), this.clock.seconds(wall));
    setText(part("date"), this.clock.date(wall));
  }
}

function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

const address = readAddress(window.location, window.history, window.sessionStorage);
dress(document.documentElement, address);
new Board(address).start();
