// What stands beside a big number, where other figures give it a meaning: pure.

import { CANDIDATES } from "./choice.js";

const BESIDE = new Map(CANDIDATES.map((one) => [one.metric, one]));

/** Write money in other currencies: it is never added. */
export function othersText(others, { unit, numbers }) {
  return others?.length
    ? `+ ${others.map(({ value, currency }) => numbers.text(value, unit, currency)).join(" + ")}`
    : "";
}

/** Say what part of a whole a figure is, its mean, or what stands open; '' where nothing is known.
 *
 * Shape: (metric, value, {at(metric), unit, numbers, say}) -> {text, share}; `at` returns undefined
 *        for what is not followed; `share` is 0..1, null without a whole.
 */
export function contextOf(metric, value, { at, unit, numbers, say }) {
  const { whole, per, beside } = BESIDE.get(metric) ?? {};
  const all = whole && at(whole);
  const share = all ? value / all : null;
  if (beside && at(beside)) {
    return { text: say("open_now", { value: numbers.text(at(beside), unit) }), share };
  }
  if (value && all) {
    const words = { part: numbers.text(share, "ratio"), whole: numbers.text(all, unit) };
    return { text: say(`share.${whole}`, words), share };
  }
  if (value && per && at(per)) {
    return { text: say("per_call", { mean: numbers.text(value / at(per), unit) }), share };
  }
  return { text: "", share };
}
