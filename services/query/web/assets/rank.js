// Who stands where: pure, so that ties and moves can be tested without a screen.

/** Rank people by a figure: largest first, ties share a rank (1, 1, 3), then by name.
 *
 * Shape: ([{id, name, value}], language) -> the same with `rank`, in order; who has no value
 *        stands last, without a rank.
 */
export function rank(people, language) {
  const ordered = [...people].sort(
    (one, other) =>
      (one.value === null) - (other.value === null) ||
      other.value - one.value ||
      one.name.localeCompare(other.name, language),
  );
  let place = 0;
  return ordered.map((person, index) => {
    if (index === 0 || person.value !== ordered[index - 1].value) {
      place = index + 1;
    }
    return { ...person, rank: person.value === null ? null : place };
  });
}

/** The rows that a ranking shows: the first ranks with their ties, or around somebody. */
export function chosen(rows, { top, around } = {}) {
  const first = top ? rows.filter(({ rank: place }) => place !== null && place <= top) : rows;
  const at = around ? first.findIndex(({ id }) => id === around) : -1;
  if (at < 0) {
    return first;
  }
  const start = Math.max(0, Math.min(at - 2, first.length - 5));
  return first.slice(start, start + 5);
}

/** Remembers the ranks at the full hour, to say who moved since; a reload forgets nothing. */
export class HourMoves {
  constructor(hour, storage, key) {
    Object.assign(this, { hour, storage, key });
  }

  /** Note the ranks of now; returns id -> places gained since the hour began (or we looked). */
  note(rows) {
    const hour = this.hour();
    let kept = this.kept ?? this.read();
    if (kept?.hour !== hour) {
      kept = { hour, ranks: Object.fromEntries(rows.map(({ id, rank: place }) => [id, place])) };
      this.storage.setItem(this.key, JSON.stringify(kept));
    }
    this.kept = kept;
    const gained = ({ id, rank: place }) => (place === null ? 0 : (kept.ranks[id] ?? place) - place);
    return new Map(rows.map((row) => [row.id, gained(row)]));
  }

  read() {
    try {
      return JSON.parse(this.storage.getItem(this.key));
    } catch {
      return null;
    }
  }
}
