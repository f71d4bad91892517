// Where a figure stands against its target, and against its thresholds: pure.

/** How a figure stands against its target.
 *
 * Shape: (value, {target, expected}) -> {part, expected, status} or null without a target; the
 *        parts are 0..1 of the target.
 * Laws:  `on_track` from 99 % of what is expected by now, `behind` from 81 %, else `at_risk`.
 */
export function paceOf(value, { target, expected } = {}) {
  if (value === null || value === undefined || !target || target <= 0) {
    return null;
  }
  const part = value / target;
  if (expected === null || expected === undefined) {
    return { part, expected: null, status: part >= 1 ? "on_track" : null };
  }
  const share = expected / target;
  const pace = expected > 0 ? value / expected : 1;
  const status = pace >= 0.99 ? "on_track" : pace >= 0.81 ? "behind_pace" : "at_risk";
  return { part, expected: share, status };
}

/** Which threshold a value has passed: 'critical', 'warn' or ''. */
export function levelOf(value, { warn, critical, is_high_good: highGood = true }) {
  if (value === null || value === undefined) {
    return "";
  }
  const passed = (limit) =>
    limit !== null && limit !== undefined && (highGood ? value < limit : value > limit);
  return passed(critical) ? "critical" : passed(warn) ? "warn" : "";
}
