// Which figures a board shows: of those the catalogue streams, the ones this department has.

/** Candidates in the order of display. `whole`: the tile shows its share of that figure;
 *  `per`: its mean per one of those; `beside`: a gauge that stands next to it. */
export const CANDIDATES = [
  { metric: "revenue", whole: "sales" },
  { metric: "orders_approved", whole: "orders" },
  { metric: "calls_outbound" },
  { metric: "talk_seconds_outbound", per: "calls_outbound" },
  { metric: "calls_inbound_answered", whole: "calls_inbound_offered" },
  { metric: "talk_seconds_inbound", per: "calls_inbound_answered" },
  { metric: "customers_new" },
  { metric: "emails_opened" },
  { metric: "opportunities_won", whole: "opportunities_closed" },
  { metric: "opportunity_value_won", beside: "pipeline_value" },
  { metric: "opportunities_created" },
  { metric: "calls_inbound_missed" },
  { metric: "stage_entries" },
  { metric: "customers_found" },
];

const USUAL = new Set([
  "revenue",
  "orders_approved",
  "calls_outbound",
  "talk_seconds_outbound",
  "customers_new",
  "emails_opened",
  "opportunities_won",
  "opportunity_value_won",
]);

const HERO_ORDER = ["revenue", "opportunity_value_won", "calls_outbound", "calls_inbound_answered"];
const MOST = 8;

/** Choose the tiles of a board, the hero first.
 *
 * Laws: the usual eight with data, then others with data, then the usual ones without: a board
 *       only ever gives up an empty tile; a figure asked for by name is shown even if unknown.
 */
export function chooseTiles(catalogue, hasData, asked = []) {
  if (asked.length) {
    const known = new Map(CANDIDATES.map((tile) => [tile.metric, tile]));
    return asked.slice(0, MOST).map((metric) => known.get(metric) ?? { metric });
  }
  const streamed = CANDIDATES.filter(({ metric }) => catalogue.get(metric)?.streamed);
  const usual = streamed.filter(({ metric }) => USUAL.has(metric));
  const filled = [...usual, ...streamed].filter(({ metric }) => hasData(metric));
  const chosen = new Set([...new Set([...filled, ...usual])].slice(0, MOST));
  const tiles = streamed.filter((tile) => chosen.has(tile));
  const heroes = HERO_ORDER.filter((metric) => tiles.some((tile) => tile.metric === metric));
  const hero = heroes.find(hasData) ?? heroes[0];
  return tiles.sort((one, other) => (other.metric === hero) - (one.metric === hero));
}

/** Every figure the stream has to bring for a board.
 *
 * Laws: where tiles are named nothing else is asked for but the rank: a kiosk may see no more.
 */
export function metricsOf(catalogue, tiles, rank) {
  const wanted = new Set([...tiles, rank]);
  for (const { metric, whole, per, beside } of tiles.length ? [] : CANDIDATES) {
    [metric, whole, per, beside].filter(Boolean).forEach((name) => wanted.add(name));
  }
  return [...wanted].filter((metric) => catalogue.get(metric)?.streamed);
}

/** The figure people are ranked by: the one asked for, else the first somebody has. */
export function chooseRank(catalogue, tiles, people, asked) {
  const rankable = tiles.map(({ metric }) => metric).filter((name) => catalogue.get(name)?.streamed);
  if (catalogue.get(asked)?.streamed) {
    return { metric: asked, rankable: rankable.includes(asked) ? rankable : [asked, ...rankable] };
  }
  const has = (metric) => [...people.values()].some((values) => values.get(metric));
  return { metric: rankable.find(has) ?? rankable[0], rankable };
}

/** How many of six columns each of n tiles spans, so that every row is full. */
export function spansOf(count) {
  const rest = (columns) => Array(count - 1).fill(columns);
  const layouts = {
    1: [6],
    2: [6, 6],
    3: [6, 3, 3],
    4: [6, 2, 2, 2],
    6: [4, 2, 3, 3, 3, 3],
    7: [6, ...rest(2)],
  };
  return layouts[count] ?? [4, ...rest(2)];
}
