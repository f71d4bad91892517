// A board on a wall: its stream, its rotation, its state, and what keeps it alive.

import { AlertLine } from "./alerts.js";
import { dress, readAddress } from "./address.js";
import { StoredBoard, UsualBoard } from "./board_source.js";
import { Party, isQuiet } from "./celebrate.js";
import { Feed, waitBefore } from "./feed.js";
import { Keeper } from "./keeper.js";
import { Turns } from "./rotation.js";
import { Missing, Refused, insist, login, read, readCatalogue } from "./service.js";
import { offerSignIn } from "./sign_in.js";
import { describe, judge, showState } from "./state.js";
import { Wall } from "./wall.js";
import { setText } from "./piece.js";
import { alertSpeaker } from "./words_alerts.js";
import { boardSpeaker } from "./words_board.js";

const KNOWN_MS = 60_000;
const part = (id) => document.getElementById(id);

/** The page of a board. */
class WallPage {
  constructor(address) {
    this.address = address;
    this.source = address.department ? new UsualBoard(address) : new StoredBoard(address.board);
    this.say = boardSpeaker(address.language);
    this.turns = new Turns((id) => this.show(new StoredBoard(id)).catch(() => this.turns.skip()));
    this.startedAt = Date.now();
    this.drawing = false;
  }

  async start() {
    const failed = (error) => this.failed(error);
    setInterval(() => this.tick(), 250);
    this.showState();
    await insist(() => this.enter(), failed, waitBefore);
    this.keeper = new Keeper(part("board"), { hour: () => Math.floor(this.wall.clock.hourOfDay()) });
    this.keeper.start();
    this.feed = new Feed(() => this.source.stream, {
      heard: (name, data) => this.hear(name, data),
      lost: () => this.probe(),
      denied: () => this.end(),
    });
    this.feed.open();
    setInterval(() => this.learn().catch(failed), KNOWN_MS);
  }

  async enter() {
    if (this.address.key) {
      await login(this.address.key);
      this.address.key = "";
    }
    await this.learn();
    await this.show(this.source);
    this.turns.follow(this.source.boardId, this.wall.board.rotation ?? []);
  }

  async learn() {
    const { language } = this.address;
    const [company, catalogue, org] = await Promise.all([
      read("/v1/tenant"),
      this.known?.catalogue ?? readCatalogue(language),
      read("/v1/org"),
    ]);
    this.known = { company, catalogue, org };
    if (this.wall) {
      this.wall.org = org;
    }
    this.source.check(this.known);
    this.refusal = this.isOver ? this.refusal : "";
    this.missing = false;
  }

  /** Show a board: at once where none is shown, else as soon as its figures are there. */
  async show(source) {
    const board = await source.read(this.known);
    this.source = source;
    this.next = board;
    if (this.wall) {
      this.feed.open();
    } else {
      this.swap();
    }
  }

  swap() {
    const board = this.next;
    const language = this.address.isLanguageChosen ? this.address.language : board.language || this.address.language;
    this.next = null;
    this.wall?.close();
    dress(document.documentElement, { language, theme: this.address.theme ?? board.theme });
    this.say = boardSpeaker(language);
    const rankBy = (metric) => this.rankBy(metric);
    this.wall = new Wall(part("main"), board, this.known, language, rankBy).build();
    const { wall } = this;
    this.party = new Party(part("party"), {
      say: this.say,
      tell: (event) => wall.celebrated(event),
      quiet: () => isQuiet(board.celebrations, wall.clock.minutes(wall.clock.now())),
    });
    this.alerts = this.alertLine(board, language);
    setText(part("title"), board.name);
    document.title = board.name;
    part("main").hidden = false;
  }

  /** The line of alerts of a board, as its settings have it. */
  alertLine(board, language) {
    const { wall } = this;
    const { numbers, clock, catalogue } = wall;
    const { show = "banner", ...hours } = board.alerts ?? {};
    const known = { numbers, clock, catalogue, nameOf: (place) => wall.otherName(place) };
    const isMark = () => isQuiet({ ...hours, is_quiet: show !== "banner" }, clock.minutes(clock.now()));
    return new AlertLine(part("alerts"), { ...known, say: alertSpeaker(language) }, { isMark });
  }

  rankBy(metric) {
    this.source.rankBy(metric);
    this.draw();
  }

  hear(name, data) {
    if (this.next && name === "snapshot") {
      this.swap();
    } else if (this.next) {
      return;
    }
    if (name === "boards") {
      this.look(data.ids).catch((error) => this.failed(error));
      return;
    }
    if (name === "change" || name === "occurrence") {
      this.keeper.happened();
    }
    if (name === "occurrence") {
      [data].flat().forEach((event) => this.party.take(event));
    } else if (name === "alerts") {
      this.alerts.take(data);
    }
    if (this.wall.hear(name, data)) {
      this.feed.open();
    }
    this.draw();
  }

  /** A board was saved: show it as it is now. */
  async look(ids) {
    if (ids.includes(this.turns.own)) {
      const { board } = await read(`/v1/boards/${encodeURIComponent(this.turns.own)}`);
      this.turns.follow(this.turns.own, board.rotation ?? []);
    }
    if (ids.includes(this.source.boardId)) {
      await this.show(this.source);
    }
  }

  async probe() {
    try {
      await this.learn();
      await this.keeper.look();
      return true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  failed(error) {
    if (error instanceof Refused) {
      this.refuse(error.hasSession ? "ask_link" : "need_key");
      offerSignIn(part("sign-in"), window.location, this.say).catch(() => {});
    } else if (error instanceof Missing) {
      this.missing = true;
      this.showState();
    }
  }

  refuse(word) {
    this.refusal = this.isOver ? "right_lost" : word;
    part("main").hidden = this.isOver || !this.wall;
    this.showState();
  }

  /** Show nothing any more: the right to look was taken away. */
  end() {
    this.isOver = true;
    this.alerts.clear();
    this.refuse("right_lost");
  }

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
    const { wall, source } = this;
    const board = this.next ? null : source.renewed(wall.figures);
    if (board) {
      wall.redefine(board);
    }
    wall.update();
    this.showState();
  }

  tick() {
    this.showState();
    if (!this.wall) {
      return;
    }
    const { clock, pieces } = this.wall;
    setText(part("clock"), clock.seconds(clock.now()));
    setText(part("date"), clock.date(clock.now()));
    pieces.forEach((piece) => piece.update());
    this.alerts.tick();
  }

  showState() {
    const figures = this.wall?.figures ?? { startedAt: this.startedAt };
    const { beat, heardAt, startedAt, lastFigure } = figures;
    const now = Date.now();
    const refused = Boolean(this.refusal);
    const { missing, source } = this;
    const anything = source.isBegun(figures);
    const name = judge({ refused, missing, beat, heardAt, startedAt, now, anything });
    const { numbers, clock } = this.wall ?? {};
    const words = describe(name, { missing, beat, lastFigure }, this.say, numbers, clock);
    showState(part("board"), part("state"), part("spoken"), name, words);
    const text = this.notice(beat && !anything);
    setText(part("notice"), text);
    part("notice").hidden = !text;
    part("state").title = beat?.reason ?? "";
  }

  /** What there is to say in a sentence: why nothing is shown, or what will be. */
  notice(isEmpty) {
    const { source, say } = this;
    if (this.refusal) {
      return say(this.refusal);
    }
    return this.missing ? say(source.unknown, { id: source.id }) : isEmpty ? say("nothing_yet") : "";
  }
}

const address = readAddress(window.location, window.history, window.sessionStorage);
dress(document.documentElement, address);
new WallPage(address).start();
