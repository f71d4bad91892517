"""Which rows stand behind a figure: the one rule for each kind of figure. Pure.

A list has exactly as many rows as its counting figure says (G13), so this follows
`schemas.kpis.model.Kpi` kind by kind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, NamedTuple

from schemas.ages import Ages
from schemas.calendar import NOW, from_date, to_date
from schemas.facts import TAGS, Contract, Fact, Opportunity, Order, Payment, Voucher
from schemas.kpis import CATALOGUE, FLOWS, INTERACTIONS, Kpi, based
from schemas.kpis.clock import Window, window
from schemas.tables import dimension, encode, parse_dimension
from schemas.tables import field as field_of
from services.query.aged import Unreadable, scores_in
from services.query.basis import Basis
from services.query.periods import Period, days_after, stock_days
from services.query.problems import invalid

_GOODS_CURRENCY: Final = 4
_SPLIT: Final = {"stage_entries": "stage"}
"""KPI -> the dimension by which its list is kept apart, as a fact may count for several a day."""


class Question(NamedTuple):
    """Which list is asked for: of a KPI, of one part of it, on another date basis."""

    kpi: Kpi
    dimension: str = ""
    basis: str = ""


class Moment(NamedTuple):
    """What lists depend on beside the question.

    Units:  now_ms in milliseconds since 1970 UTC, today yyyymmdd.
    Shape:  is_fed: feed -> available?; tagged: (dimension, tag) -> values.
    """

    now_ms: int
    today: int
    is_fed: Callable[[str], bool]
    tagged: Callable[[str, str], Collection[str]]
    ages: Ages | Unreadable | None = None


class Listed(NamedTuple):
    """One stored list over days.

    Units:  days yyyymmdd, both included; 0..0 as of now.
    Laws:   with `once` a fact stands once in departments together and once in the company; what
            stands in `unless` on one of these days is left out; with `split` the lists of all
            values of that dimension are meant instead.
    """

    name: str
    first: int
    last: int
    once: bool = False
    unless: str = ""
    split: str = ""


@dataclass(frozen=True, slots=True)
class Postings:
    """Stored lists, one after another.

    Shape:  money: tag of a fact -> where its currency stands in a packed fact, counted from 1.
    """

    lists: tuple[Listed, ...]
    currency: str = ""
    money: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scored:
    """What of a scored list lies in these windows now.

    Shape:  `windows` as they are told, one for each band; `scores` are what they mean in the
            store, where sealed birthdays have numbers of their own.
    """

    scored: str
    bands: tuple[str, ...]
    windows: tuple[Window, ...]
    once: bool
    scores: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class Visits:
    """The customers behind visits of these metrics, without those behind visits of `unless`.

    Shape:  `value` of a dimension, None for all.
    """

    visits: tuple[str, ...]
    value: str | None
    period: Period
    least: int
    most: int
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """Who came, or went, by a dimension of which all values, or one part 'stage:x', are meant.

    Shape:  `unless` is the flow the other way, '' where nobody only moves: who is in both on a
            day, in the same part, moved within the scope and is left out.
    """

    name: str
    unless: str
    split: str
    part: str
    period: Period


@dataclass(frozen=True, slots=True)
class Stock:
    """Who stood there at the end of a day: the list of now, less who came since, plus who went.

    Shape:  split and part as of `Flow`. Units:  day is yyyymmdd; since are the days after it.
    """

    of: str
    entered: str
    left: str
    split: str
    part: str
    day: int
    since: Period


ListSource = Postings | Scored | Visits | Flow | Stock


def counting(kpi: Kpi) -> Kpi:
    """Return the KPI whose list stands behind a figure."""
    return CATALOGUE[kpi.list_name]


def basis_named(kpi: Kpi, text: str) -> str:
    """Return the date basis of a list, '' for the one that the KPI has by itself.

    Errors: Problem `unknown_basis`.
    """
    listed = counting(kpi)
    if text in ("", kpi.date_basis, listed.date_basis):
        return ""
    if text not in {*kpi.bases} & {*listed.bases}:
        detail = f"{kpi.name} is not counted by '{text}'"
        raise invalid("unknown_basis", detail, "basis", known=[kpi.date_basis, *kpi.bases])
    return text


def moment_of(basis: Basis) -> Moment:
    """Return the moment of a reading."""
    settings, tagged = basis.settings, basis.words.tagged
    return Moment(basis.now_ms, basis.today, settings.is_fed, tagged, basis.ages)


def source_of(question: Question, period: Period, moment: Moment) -> ListSource:
    """Return where the rows of a list stand.

    Errors: Problem `bad_dimension`, `unknown_dimension`.
    """
    kpi, listed = question.kpi, counting(question.kpi)
    value, currency = _part(kpi, listed, question.dimension)
    match listed.additivity:
        case "timed":
            return _scored(listed, value, moment)
        case "distinct":
            return _visits(listed, value, question.basis, period, moment)
        case "stock":
            return _stock(listed, dimension(**value), period, moment)
        case _ if listed.name in FLOWS:
            other = next(name for name in FLOWS[listed.name] if name != listed.name)
            unless = "" if listed.adds_over_people else other
            return Flow(listed.name, unless, listed.dimensions[0], dimension(**value), period)
        case _:
            lists = _lists(listed, value, question.basis, period, moment)
            return Postings(lists, currency, _money(kpi) if currency else {})


def _part(kpi: Kpi, listed: Kpi, text: str) -> tuple[dict[str, str], str]:
    """Return (dimension of the list, currency) that is asked for."""
    try:
        wanted = parse_dimension(text)
    except ValueError:
        raise invalid("bad_dimension", "write it as 'source:web'", "dimension") from None
    has_money = kpi.unit in ("money", "money_mean")
    wanted = dict(wanted)
    currency = wanted.pop("currency", "")
    unknown = wanted.keys() - set(listed.dimensions)
    if unknown or len(wanted) > 1 or (currency and not has_money):
        known = [*listed.dimensions, *(["currency"] if has_money else [])]
        detail = f"{kpi.name} is listed by one of its dimensions, not by '{text}'"
        raise invalid("unknown_dimension", detail, "dimension", known=known)
    return wanted, currency


def _lists(
    kpi: Kpi, value: dict[str, str], basis: str, period: Period, moment: Moment
) -> tuple[Listed, ...]:
    """Return the stored lists of a figure; each part of it says for itself what it is."""
    match kpi.additivity:
        case "parts":
            parts = [CATALOGUE[part] for part in kpi.parts]
            return tuple(
                found
                for part in parts
                if moment.is_fed(part.feed)
                for found in _lists(part, value, basis, period, moment)
            )
        case "spanning":
            starting, ending = kpi.parts
            return (
                Listed(ending, *period, once=True),
                Listed(starting, *period, once=True, unless=ending),
            )
        case "ended":
            return _lists(CATALOGUE[kpi.of], value, basis, clipped(kpi, period, moment), moment)
        case "tagged":
            tagged = sorted(moment.tagged(kpi.by, kpi.tag))
            of = CATALOGUE[kpi.of]
            return tuple(
                found
                for name in tagged
                for found in _lists(of, {kpi.by: name}, basis, period, moment)
            )
        case _:
            name = field_of(based(kpi.name, basis), dimension(**value))
            days = Period(NOW, NOW) if kpi.additivity == "gauge" else period
            split = "" if value else _SPLIT.get(kpi.name, "")
            return (Listed(name, *days, once=not kpi.adds_over_people, split=split),)


def clipped(kpi: Kpi, period: Period, moment: Moment) -> Period:
    """Return the days of a range that an `ended` figure counts; reversed if there are none."""
    if kpi.ends == "before today":
        yesterday = from_date(to_date(moment.today) - timedelta(days=1))
        return Period(period.first, min(period.last, yesterday))
    return Period(max(period.first, moment.today), period.last)


def _scored(kpi: Kpi, value: dict[str, str], moment: Moment) -> Scored:
    wanted = value.get("band")
    if wanted is not None and wanted not in kpi.bands:
        detail = f"'{wanted}' is not a band of {kpi.name}"
        raise invalid("unknown_dimension", detail, "dimension", known=list(kpi.bands))
    bands = kpi.bands if wanted is None else (wanted,)
    windows = tuple(window(kpi.of, band, moment.now_ms, moment.today) for band in bands)
    scores = tuple(part for each in windows for part in scores_in(kpi.of, each, moment.ages))
    once = not kpi.adds_over_people
    return Scored(kpi.of, bands, windows, once, scores if scores != windows else ())


def _visits(kpi: Kpi, value: dict[str, str], basis: str, period: Period, moment: Moment) -> Visits:
    parts = kpi.parts
    chosen = next(iter(value.values()), None)
    if "interaction" in value:
        found = INTERACTIONS.get(value["interaction"])
        if found is None:
            detail = f"'{chosen}' is not a type of interaction"
            raise invalid("unknown_dimension", detail, "dimension", known=list(INTERACTIONS))
        parts, chosen = found, None
    names, unless = (
        tuple(based(part, basis) for part in found if moment.is_fed(CATALOGUE[part].feed))
        for found in (parts, kpi.unless)
    )
    return Visits(names, chosen, period, kpi.least, kpi.most, unless)


def _stock(kpi: Kpi, part: str, period: Period, moment: Moment) -> Stock:
    day = stock_days(period, moment.today).last
    since = days_after(day, moment.today)
    entered, left = kpi.parts
    return Stock(kpi.of, entered, left, kpi.dimensions[0], part, day, since)


def visited_value(source: Visits) -> str:
    """Return the end of the fields of visits that count."""
    return "" if source.value is None else f":{encode(source.value)}"


def _money(kpi: Kpi) -> dict[str, tuple[int, int, int]]:
    """Return where the currency of each kind of fact stands: register, entry, column of goods."""
    order = _place(Order, "lines", 2, _GOODS_CURRENCY)
    if kpi.name != "products_value":
        order = _place(Order, "total", 2)
    return {
        TAGS[Order]: order,
        TAGS[Opportunity]: _place(Opportunity, "value", 2),
        TAGS[Payment]: _place(Payment, "received", 4),
        TAGS[Contract]: _place(Contract, "value", 2),
        TAGS[Voucher]: _place(Voucher, "paper", 7, _GOODS_CURRENCY),
    }


def _place(kind: type[Fact], name: str, entry: int, column: int = 0) -> tuple[int, int, int]:
    """Return the place of a currency in a packed fact, counted from 1 as Lua does."""
    return kind.__struct_fields__.index(name) + 2, entry, column
