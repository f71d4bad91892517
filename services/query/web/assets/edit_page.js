// The editor of a board: a live preview on which tiles are added, moved, sized and chosen.

import { dress, readAddress } from "./address.js";
import { SIZES, changeOf, fits, freeId, freePlace, placed } from "./edit_grid.js";
import { boardFields, button, tileFields } from "./edit_form.js";
import { Hands } from "./edit_hands.js";
import { Draft, History } from "./edit_history.js";
import { Feed, waitBefore } from "./feed.js";
import { Refused, insist, login, read, readCatalogue, streamAddress, write } from "./service.js";
import { describe, judge, showState } from "./state.js";
import { make } from "./make.js";
import { Wall, metricsOf } from "./wall.js";
import { boardSpeaker } from "./words_board.js";

const REOPEN_MS = 600;
const KINDS = Object.keys(SIZES);
const FIRST = { number: "calls_outbound", leaderboard: "calls_outbound", trend: "calls_outbound" };
const part = (id) => document.getElementById(id);

/** The page of the editor. */
class Editor {
  constructor(address) {
    this.address = address;
    this.id = address.board;
    this.say = boardSpeaker(address.language);
    this.draft = new Draft(this.id, window.localStorage);
    this.chosen = null;
  }

  async start() {
    await insist(() => this.enter(), (error) => this.failed(error), waitBefore);
    this.feed = new Feed(() => this.streamAddress(), {
      heard: (name, data) => this.hear(name, data),
      lost: () => Promise.resolve(true),
      denied: () => this.tell(this.say("right_lost")),
    });
    this.feed.open();
    setInterval(() => this.tick(), 250);
    window.addEventListener("resize", () => this.scale());
    window.addEventListener("keydown", (event) => this.key(event));
  }

  async enter() {
    if (this.address.key) {
      await login(this.address.key);
      this.address.key = "";
    }
    const { language } = this.address;
    const [company, catalogue, org] = await Promise.all([
      read("/v1/tenant"),
      readCatalogue(language),
      read("/v1/org"),
    ]);
    this.known = { company, catalogue, org };
    await this.load();
  }

  /** Begin with what stands, or with the draft that was not saved. */
  async load({ keepDraft = true } = {}) {
    const { boards, hourly } = await read("/v1/boards");
    this.boards = boards;
    this.hourly = hourly;
    const stored = boards.find(({ id }) => id === this.id) ?? {};
    const { id, edition = 0, defined_by: by, ...board } = stored;
    this.edition = edition;
    this.history = new History({ ...this.blank(), ...board });
    const draft = keepDraft ? this.draft.read() : null;
    if (draft) {
      this.edition = draft.edition;
      this.history.do(draft.board);
      this.tell(this.say("draft_found"), [[this.say("drop_draft"), () => this.dropDraft()]]);
    }
    this.build();
  }

  blank() {
    const { departments } = this.known.org;
    const first = departments.find(({ parent_id: parent }) => !parent) ?? departments[0];
    const place = first ? { scope: "department", scope_id: first.id } : { scope: "company", scope_id: "all" };
    const looks = { theme: "dark", language: "", has_names: true, has_money: true };
    return { name: this.id, ...place, sub: true, columns: 12, rows: 8, tiles: [], rotation: [], ...looks };
  }

  get board() {
    return this.history.board;
  }

  build() {
    this.wall?.close();
    this.grid = make("div", "grid");
    part("stage").replaceChildren(this.grid, make("p", "help", this.say("keys_help")));
    this.grid.dataset.theme = this.board.theme;
    this.wall = new Wall(this.grid, { id: this.id, ...this.board }, this.known, this.address.language).build();
    this.hands = new Hands(this.grid, {
      tile: (id) => this.board.tiles.find((one) => one.id === id),
      size: () => this.board,
      change: (id, at) => this.change(placed(this.board, id, at), { isPlace: true }),
      chosen: (id) => this.choose(id),
      done: () => this.panel(),
    });
    this.scale();
    this.dressPieces();
    this.palette();
    this.panel();
    this.actions();
    part("name").value = this.board.name;
    part("name").setAttribute("aria-label", this.say("title"));
    part("name").onchange = () => this.change({ ...this.board, name: part("name").value || this.id });
    document.title = this.board.name;
  }

  /** All sizes on the stage follow its height, as those of a television follow the screen. */
  scale() {
    const tall = Math.round((part("stage").clientWidth * 9) / 16);
    this.grid.style.setProperty("--stage", `${tall}px`);
  }

  dressPieces() {
    this.wall.pieces.forEach(({ element }) => {
      element.tabIndex = 0;
      element.toggleAttribute("data-chosen", element.dataset.tile === this.chosen);
      if (!element.querySelector(".handle")) {
        element.querySelector(".body").inert = true; // on the stage a tile is moved, not used
        element.append(make("span", "handle"));
        element.addEventListener("focus", () => this.choose(element.dataset.tile));
      }
    });
  }

  /** Make a change: shown at once, kept as a draft, undone with one step. */
  change(board, { isPlace = false } = {}) {
    if (this.history.do(board)) {
      this.follow(isPlace);
    }
  }

  follow(isPlace = false) {
    this.draft.keep(this.edition, this.board);
    if (isPlace) {
      this.wall.board = { id: this.id, ...this.board };
      for (const tile of this.board.tiles) {
        const piece = this.wall.pieces.get(tile.id);
        piece.spec = tile;
        piece.put();
      }
    } else {
      this.build();
      this.reopenSoon();
    }
    this.actions();
  }

  choose(id) {
    if (this.chosen !== id) {
      this.chosen = id;
      this.dressPieces();
      this.panel();
    }
  }

  palette() {
    const add = (kind) => button(this.say(`kind.${kind}`), () => this.add(kind));
    part("palette").replaceChildren(make("h2", "", this.say("add")), ...KINDS.map(add));
  }

  add(kind) {
    const place = freePlace(this.board, SIZES[kind]);
    if (!place) {
      this.tell(this.say("no_room"));
      return;
    }
    const id = freeId(this.board, kind);
    const metric = FIRST[kind] ? { metric: FIRST[kind] } : {};
    this.chosen = id;
    this.change({ ...this.board, tiles: [...this.board.tiles, { id, kind, ...place, ...metric }] });
    this.focus();
  }

  focus() {
    this.wall.pieces.get(this.chosen)?.element.focus({ preventScroll: true });
  }

  panel() {
    const { board, say, known } = this;
    const tile = board.tiles.find(({ id }) => id === this.chosen);
    const common = { board, say, catalogue: known.catalogue, org: known.org, hourly: this.hourly };
    const put = (change) => this.changeTile(tile.id, change);
    const place = (change) => this.change(placed(board, tile.id, change), { isPlace: true });
    const rows = tile
      ? tileFields({ ...common, tile, put, place, remove: () => this.removeTile() })
      : boardFields({
          ...common,
          boards: this.boards,
          put: (change) => this.change({ ...board, ...change }),
          remove: () => this.removeBoard(),
        });
    part("panel").replaceChildren(...rows);
  }

  changeTile(id, change) {
    const clean = (tile) => Object.fromEntries(Object.entries(tile).filter(([, value]) => value !== null));
    const tiles = this.board.tiles.map((tile) => (tile.id === id ? clean({ ...tile, ...change }) : tile));
    this.change({ ...this.board, tiles });
  }

  removeTile() {
    const tiles = this.board.tiles.filter(({ id }) => id !== this.chosen);
    this.chosen = null;
    this.change({ ...this.board, tiles });
  }

  key(event) {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key.toLowerCase() === "z") {
      event.preventDefault();
      this.step(event.shiftKey);
      return;
    }
    if (control && event.key.toLowerCase() === "s") {
      event.preventDefault();
      this.save();
      return;
    }
    const piece = event.target.closest?.(".piece");
    const tile = piece && this.board.tiles.find(({ id }) => id === piece.dataset.tile);
    if (!tile) {
      return;
    }
    const change = changeOf(tile, event.key, event.shiftKey);
    if (change) {
      event.preventDefault();
      this.change(placed(this.board, tile.id, change), { isPlace: true });
      this.announce(tile.id);
      this.panel();
    } else if (event.key === "Delete") {
      this.removeTile();
    } else if (event.key === "Escape") {
      this.choose(null);
    }
  }

  announce(id) {
    const { x, y, w, h } = this.board.tiles.find((tile) => tile.id === id);
    const name = this.wall.pieces.get(id).title();
    part("spoken").textContent = this.say("chosen", { name, x: x + 1, y: y + 1, w, h });
  }

  step(forward) {
    if (forward ? this.history.redo() : this.history.undo()) {
      this.follow();
      this.focus();
    }
  }

  actions() {
    const { history, say } = this;
    const undo = button(say("undo"), () => this.step(false), "quiet");
    const redo = button(say("redo"), () => this.step(true), "quiet");
    undo.disabled = !history.past.length;
    redo.disabled = !history.future.length;
    const show = make("a", "button quiet", say("show"));
    show.href = `/boards/${encodeURIComponent(this.id)}`;
    const save = button(say("save"), () => this.save(), "main");
    save.disabled = !this.draft.read() || !this.board.tiles.every((tile) => fits(this.board, tile));
    const note = make("span", "unsaved", save.disabled ? "" : say("unsaved"));
    part("actions").replaceChildren(note, undo, redo, show, save);
  }

  async save() {
    const path = `/v1/boards/${encodeURIComponent(this.id)}`;
    const body = { ...this.board, edition: this.edition + 1 };
    try {
      await write("PUT", path, body);
    } catch (error) {
      this.notSaved(error);
      return;
    }
    this.edition += 1;
    this.draft.drop();
    this.tell(this.say("saved"));
    this.actions();
  }

  notSaved(error) {
    if (error.code === "edition_conflict") {
      const keep = () => {
        this.edition = error.problem.edition;
        this.draft.keep(this.edition, this.board);
        this.tell("");
        this.save();
      };
      this.tell(this.say("conflict"), [
        [this.say("keep_mine"), keep],
        [this.say("load_theirs"), () => this.dropDraft()],
      ]);
      return;
    }
    const why = error instanceof Refused ? this.say("no_right") : error.message;
    this.tell(this.say("not_saved", { why }));
  }

  dropDraft() {
    this.draft.drop();
    this.chosen = null;
    this.tell("");
    this.load({ keepDraft: false }).then(() => this.reopenSoon(), (error) => this.failed(error));
  }

  async removeBoard() {
    if (window.confirm(this.say("delete_sure"))) {
      await write("DELETE", `/v1/boards/${encodeURIComponent(this.id)}`).catch((error) => this.notSaved(error));
      this.draft.drop();
      window.location.assign("/");
    }
  }

  streamAddress() {
    const { scope, scope_id: id, tiles } = this.board;
    const named = tiles.flatMap(metricsOf).filter((name) => this.known.catalogue.get(name)?.streamed);
    return streamAddress(scope, id, [...new Set(named)]);
  }

  reopenSoon() {
    const address = this.streamAddress();
    if (address !== this.followed) {
      clearTimeout(this.later);
      this.later = setTimeout(() => this.feed?.open(), REOPEN_MS);
    } else if (this.snapshot) {
      this.wall.hear("snapshot", this.snapshot);
    }
    this.followed = address;
  }

  hear(name, data) {
    if (name === "snapshot") {
      this.snapshot = data;
    }
    if (this.wall.hear(name, data)) {
      this.feed.open();
    }
    this.wall.update();
  }

  failed(error) {
    if (error instanceof Refused) {
      this.tell(this.say(error.hasSession ? "ask_link" : "need_key"));
    }
  }

  tell(text, acts = []) {
    const message = part("message");
    message.replaceChildren(text, ...acts.flatMap(([label, act]) => [" ", button(label, act, "quiet")]));
    message.hidden = !text;
  }

  tick() {
    const { figures, numbers, clock } = this.wall;
    const { beat, heardAt, startedAt, lastFigure } = figures;
    const now = Date.now();
    const name = judge({ beat, heardAt, startedAt, now, anything: true });
    const words = describe(name, { beat, lastFigure }, this.say, numbers, clock);
    showState(part("editor"), part("state"), part("spoken"), name, words);
    this.wall.pieces.forEach((piece) => piece.update());
  }
}

const address = readAddress(window.location, window.history, window.sessionStorage);
dress(document.documentElement, address);
new Editor(address).start();
