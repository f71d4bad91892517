// Who stands where: pure, so that ties and moves can be tested without a screen.

/** Rank people by a figure: largest first, ties share a rank (1, 1, 3), then by name.
 *
 * Shape: ([{id, name, value}], language) -> the same with `rank`, in order.
 */
export function rank(people, language) {
  const ordered = [...people].sort(
    (one, other) => other.value - one.value || one.name.localeCompare(other.name, language),
  );
  let place = 0;
  return ordered.map((person, index) => {
    if (index === 0 || person.value !== ordered[index - 1].value) {
      place = index + 1;
    }
    return { ...person, rank: place };
  });
}

/** Remembers ranks, to say who moved within the last quarter of an hour. */
export class Moves {
  constructor(spanMs = 15 * 60 * 1000) {
    this.spanMs = spanMs;
    this.past = [];
  }

  /** Note the ranks of now; returns id -> places gained (negative: lost). */
  note(rows, nowMs) {
    const ranks = new Map(rows.map(({ id, rank: place }) => [id, place]));
    const latest = this.past.at(-1);
    if (!latest || rows.some(({ id, rank: place }) => latest.ranks.get(id) !== place)) {
      this.past.push({ at: nowMs, ranks });
    }
    while (this.past.length > 1 && this.past[1].at <= nowMs - this.spanMs) {
      this.past.shift();
    }
    const before = this.past[0].ranks;
    return new Map(rows.map(({ id, rank: place }) => [id, (before.get(id) ?? place) - place]));
  }

  forget() {
    this.past = [];
  }
}
