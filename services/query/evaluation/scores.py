"""What lies in the bands of a scored list at this moment. Pure but for the script's text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from schemas.ages import Ages
from schemas.kpis.clock import BY_TIME, LASTING, window
from services.query.aged import Unreadable, scores_in
from services.query.basis import Basis, Command
from services.query.evaluation.plots import Plot, plot_of
from services.query.evaluation.reads import Reads
from services.query.evaluation.wish import Tallies, Wish
from services.query.figures import Tally

_SCRIPT = """
local answers = {}
for _, want in ipairs(cjson.decode(ARGV[1])) do
  local counts = {}
  for band, windows in ipairs(want.windows) do
    local count, seen = 0, {}
    for _, key in ipairs(want.keys) do
      for _, window in ipairs(windows) do
        if want.once then
          for _, number in ipairs(redis.call('ZRANGEBYSCORE', key, window[1], window[2])) do
            if not seen[number] then seen[number] = true; count = count + 1 end
          end
        else
          count = count + redis.call('ZCOUNT', key, window[1], window[2])
        end
      end
    end
    counts[band] = count
  end
  answers[#answers + 1] = counts
end
return answers
"""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """A timed KPI.

    Shape:  `once`: a fact that stands in the lists of several people counts once.
    Units:  now_ms since 1970 UTC; today is the tenant's date, yyyymmdd.
    """

    of: str
    bands: tuple[str, ...]
    plot: Plot
    once: bool
    now_ms: int
    today: int
    ages: Ages | Unreadable | None = None

    def _request(self) -> dict[str, Any]:
        windows = (window(self.of, band, self.now_ms, self.today) for band in self.bands)
        keys = self.plot.keys
        return {
            "keys": [keys.scored(self.of, *place) for place in self.plot.pairs],
            "windows": [
                [[str(low), str(high)] for low, high in scores_in(self.of, each, self.ages)]
                for each in windows
            ],
            "once": self.once,
        }

    def want(self, reads: Reads) -> None:
        """Say what is to be read: its bands move with the instant."""
        reads.ask(_SCRIPT, self._request())
        reads.is_timed = True

    def tallies(self, reads: Reads) -> Tallies:
        """Return what was counted."""
        counts: list[int] = reads.answer(_SCRIPT, self._request())
        total: Tally = {"": sum(counts)}
        if self.plot.step != "none":
            return Tallies(total, {"now": total})
        bands = zip(self.bands, counts, strict=True)
        return Tallies(total, {band: {"": count} for band, count in bands})

    def late(self, reads: Reads) -> Tally | None:
        """Return None: there is no locked now."""
        del reads
        return None


_NEXT: Final = """
local least, now = false, tonumber(ARGV[2])
for _, list in ipairs(cjson.decode(ARGV[1])) do
  for _, key in ipairs(list.keys) do
    local low = string.format('%.0f', now - list.lasting)
    local found = redis.call('ZRANGEBYSCORE', key, low, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
    local score = tonumber(found[2])
    if score and (not least or score + list.lasting < least) then least = score + list.lasting end
  end
end
return least
"""


def next_due(basis: Basis, wishes: Iterable[Wish]) -> Command:
    """Return what to read to know the next instant that moves timed figures.

    Shape:  the reply is an instant (ms since 1970 UTC) not before now, after which something is
            due; None if nothing is to come but midnights.
    """
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for wish in wishes:
        if wish.kpi.of in BY_TIME:
            places = plot_of(wish, wish.kpi, basis).pairs
            keys[wish.kpi.of].update(basis.keys.scored(wish.kpi.of, *place) for place in places)
    asked = [{"lasting": LASTING[of], "keys": sorted(keys[of])} for of in sorted(keys)]
    return ("EVAL_RO", _NEXT, 0, msgspec.json.encode(asked), str(basis.now_ms))
