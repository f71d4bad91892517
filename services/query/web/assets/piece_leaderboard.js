// A ranking that does not shame: by value, by growth; the first ranks or around somebody; with or
// without names and money. Values follow at once, the order at most every two seconds.

import { Piece } from "./piece.js";
import { HourMoves } from "./rank.js";
import { Ranking } from "./ranking.js";
import { el } from "./dom.js";
import { make } from "./make.js";

/** The tile of a ranking. */
export class LeaderboardPiece extends Piece {
  constructor(spec, wall) {
    super(spec, wall);
    const { board } = wall;
    this.list = make("ol", "rows");
    this.body.append(this.list);
    this.mode = spec.rank_by ?? "value";
    const key = `salespulse.ranks.${board.id}.${spec.id}.${spec.metric}.${this.mode}`;
    this.ranking = new Ranking(this.list, wall, {
      moves: new HourMoves(() => wall.clock.hourKey(), window.sessionStorage, key),
      top: spec.top,
      around: spec.around,
      hasNames: board.has_names !== false,
      hasValues: board.has_money !== false || !this.kpi?.unit.startsWith("money"),
    });
    if (spec.offered?.length) {
      this.offer(spec);
    }
    if (this.kpi) {
      if (!spec.offered) {
        this.head.append(make("span", "mode", ` ${this.say(`rank.${this.mode}`)}`));
      }
      this.ranking.by(this.unit());
      if (this.mode !== "value") {
        this.read();
      }
    }
  }

  /** Let whoever looks choose by which figure people are ranked. */
  offer({ offered, metric }) {
    const { catalogue, rankBy } = this.wall;
    const options = offered.map((name) => el("option", { value: name, selected: name === metric }, catalogue.get(name).label));
    const choose = el("select", {
      "aria-label": this.say("rank_by"), onchange: (event) => rankBy(event.target.value),
    }, options);
    this.head.replaceChildren(`${this.say("rank_by")} `, choose);
  }

  /** What the rows show: the figure, its growth, or the part of the target. */
  unit() {
    return this.mode === "attainment" ? { ...this.kpi, unit: "ratio" } : this.kpi;
  }

  read() {
    this.poll(() => this.wall.readLeaderboard(this), (found) => this.learn(found)).soon();
  }

  /** Take a ranking as it was read; rows of nobody in particular are told apart by their place. */
  learn({ rows }) {
    this.people = this.peopleOf(rows);
    this.element.toggleAttribute("data-unread", false);
    this.update();
  }

  peopleOf(rows) {
    const member = { improved: "improvement", attainment: "attainment" }[this.mode] ?? "value";
    return rows.map((row, at) => ({
      id: row.id || `#${at}`,
      name: row.id ? row.name : this.say("colleague"),
      value: row[member] ?? null,
      isUnnamed: !row.id,
    }));
  }

  /** The people as the stream tells them, by name or without; null where it tells of none. */
  live() {
    const { figures } = this.wall;
    const { metric } = this.spec;
    if (this.mode !== "value") {
      return null;
    }
    if (figures.rankings.has(metric)) {
      return this.peopleOf(figures.rankings.get(metric));
    }
    return figures.people.size === 0 ? null : [...figures.people].map(([id, values]) => ({
      id,
      name: figures.names.get(id) ?? id,
      value: values.get(metric) ?? null,
    }));
  }

  update() {
    if (!this.kpi) {
      this.list.replaceChildren(make("li", "more", this.say("no_kpi", { name: this.spec.metric })));
      return;
    }
    const { figures } = this.wall;
    if (!figures.beat) {
      return;
    }
    const live = this.live();
    if (!live && !this.polled.length && this.wall.place.scope !== "employee") {
      this.read();  // the stream of a company tells of no people
    }
    if (live || this.people || !this.polled.length) {
      this.ranking.update(live ?? this.people ?? []);
    }
  }
}
