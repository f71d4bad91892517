// Which state a page is in, as a function of what it heard and when: never a guess, never a zero.

export const SILENCE_MS = 10_000;
const LIVE_SECONDS = 3;

/** Judge the state of a page.
 *
 * Shape: {refused, missing, beat, heardAt, startedAt, now, anything} -> name of the state.
 *        `missing`: there is no such scope; `beat`: the last {state, lag}; `heardAt`: when
 *        anything was last heard; `anything`: whether there is a figure or an event to show.
 */
export function judge({ refused, missing, beat, heardAt, startedAt, now, anything }) {
  if (refused) {
    return "no_right";
  }
  if (missing && !beat) {
    return "not_available";
  }
  if (!beat) {
    return now - startedAt > SILENCE_MS ? "not_available" : "connecting";
  }
  if (now - heardAt > SILENCE_MS) {
    return "stale";
  }
  if (beat.state !== "live") {
    return beat.state;
  }
  return anything ? "live" : "no_data";
}

/** Put the state into words.
 *
 * Shape: (name, {missing, beat, lastFigure}, say, numbers, clock) -> {word, detail}.
 */
export function describe(name, { missing, beat, lastFigure }, say, numbers, clock) {
  const last = lastFigure
    ? say("last_figure", { time: clock.seconds(lastFigure) })
    : say("no_figure");
  const details = {
    live: () => latency(beat.lag.seconds, numbers, say),
    no_data: () => latency(beat.lag.seconds, numbers, say),
    catching_up: () =>
      say("behind", {
        events: numbers.text(beat.lag.events, "count"),
        time: numbers.text(beat.lag.seconds, "seconds"),
      }),
    stale: () => last,
    recovering: () => last,
    not_available: () => (missing ? "" : say("service_silent")),
  };
  return { word: say(name), detail: details[name]?.() ?? "" };
}

function latency(seconds, numbers, say) {
  if (seconds >= LIVE_SECONDS) {
    return numbers.text(seconds, "seconds");
  }
  const tenths = new Intl.NumberFormat(numbers.language, {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  });
  return `${tenths.format(Math.max(0, seconds))}\u00a0${say("unit_s")}`;
}

const SHAPES = {
  live: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2z",
  no_data: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zm0 2.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 0 1 0-7z",
  catching_up: "M2 3l6 5-6 5zM8 3l6 5-6 5z",
  recovering: "M8 2a6 6 0 1 0 6 6h-2.4A3.6 3.6 0 1 1 8 4.4V7l4.5-3.4L8 .2z",
  stale: "M8 1.5L15.5 14.5H.5z",
  not_available: "M3.2 1.5L8 6.3l4.8-4.8 1.7 1.7L9.7 8l4.8 4.8-1.7 1.7L8 9.7l-4.8 4.8-1.7-1.7L6.3 8 1.5 3.2z",
  no_right: "M3 7h2V5a3 3 0 0 1 6 0v2h2v8H3zm4 0h2V5a1 1 0 0 0-2 0z",
  connecting: "M1.5 6.5h3v3h-3zM6.5 6.5h3v3h-3zM11.5 6.5h3v3h-3z",
};

/** Show a state in its sign; the spoken line changes only when the state does. */
export function showState(root, sign, spoken, name, { word, detail }) {
  const text = detail ? `${word} · ${detail}` : word;
  const said = sign.querySelector(".said");
  if (said.textContent !== text) {
    said.textContent = text;
  }
  if (root.dataset.state === name && spoken.textContent) {
    return;
  }
  root.dataset.state = name;
  spoken.textContent = name === "stale" ? text : word;
  sign.querySelector(".shape").replaceChildren(shape(SHAPES[name]));
}

function shape(path) {
  const drawn = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" });
  drawn.append(svg("path", { d: path, "fill-rule": "evenodd", stroke: "none" }));
  return drawn;
}

/** Make an SVG element. */
export function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [attribute, value] of Object.entries(attributes)) {
    element.setAttribute(attribute, value);
  }
  return element;
}
