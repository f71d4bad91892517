"""The Redis key grammar: which key holds what, and how names are written.

All keys of partition 3 carry the hash tag `{p3}`, so one commit is atomic on a cluster too and a
tenant is read from one shard (design 3.2). Everything that a fold produces also carries its
generation; the pointer `served` names the one that is read (design 3.3).

```
sp:{p3}:served                      string  generation id that is read
sp:{p3}:heartbeat                   string  JSON {position, end, at_ms, generation, state, reason}
sp:{p3}:relay                       string  stream id up to which kpi-changes was published
sp:{p3}:erased                      set     tenants that are no more, for every generation
sp:{p3}:erasing                     set     those of which keys may still be left
sp:{p3}:untold                      set     those of which kpi-changes may still have records
sp:{p3}:<gen>:fence                 hash    next, digest, at_ms, log_ms
sp:{p3}:<gen>:changes               stream  field c: JSON `ChangeRecord`, id <next offset>-0
sp:{p3}:<gen>:tenants               set     tenant ids seen in this partition
sp:{p3}:<gen>:<tenant>:meta         hash    next_number, name, time_zone, currency, events,
                                            feeds, modules_off (sorted, ',' between), locks (JSON),
                                            thresholds (sorted, ',' between), configured: how
                                            often a document changed
sp:{p3}:<gen>:<tenant>:config       hash    '<kind>:<id>' -> JSON of a configuration document
sp:{p3}:<gen>:<tenant>:keys         hash    API key id -> JSON {digest, scopes, label, revoked, and,
                                          where given, expires_at, board, addresses, created_by}
sp:{p3}:<gen>:<tenant>:recent       string  JSON list of the last `Occurrence`s, newest first
sp:{p3}:<gen>:<tenant>:quality      hash    rejection code -> count in the fold
sp:{p3}:<gen>:<tenant>:d:<s>:<id>:<yyyymmdd>   hash  cells of a day, field -> integer
sp:{p3}:<gen>:<tenant>:m:<s>:<id>:<yyyymm>     hash  the same per month
sp:{p3}:<gen>:<tenant>:g:<s>:<id>              hash  gauges, as of now
sp:{p3}:<gen>:<tenant>:i:<list>:<dept>:<emp>:<day>   set  fact numbers, day 0 = now
sp:{p3}:<gen>:<tenant>:days:<dept>:<emp>       set   days on which this pair has a list
sp:{p3}:<gen>:<tenant>:z:<list>:<dept>:<emp>   zset  fact numbers scored by a day or a time (ms)
sp:{p3}:<gen>:<tenant>:v:<metric>:<dept>:<emp>:<yyyymm>  hash  '<dd + 10><customer number>' and, by
                                            dimension, that and ':<value>' -> count
sp:{p3}:<gen>:<tenant>:late:<yyyymm>  hash  'cause|dept:emp|day|field' -> change after the lock
sp:{p3}:<gen>:<tenant>:cohort:<name>:<yyyymmdd>  set  numbers of the customers of a day:
                                            created (survivors), campaign (first added to one)
sp:{p3}:<gen>:<tenant>:touched      stream  numbers of the changed customer and call facts of a
                                            commit, little-endian uint32, in u and c
sp:{p3}:<gen>:<tenant>:words        hash    '<kind>:<id>' -> 1, every source, group, relationship
                                            and campaign an event ever named
sp:{p3}:<gen>:<tenant>:pairs        set     every '<dept>:<emp>' that has, or had, a list
sp:{p3}:<gen>:<tenant>:f:<bucket>   hash    fact number -> packed fact (schemas.facts)
sp:{p3}:<gen>:<tenant>:n:<bucket>   hash    '<tag><entity id>' -> fact number
sp:{p3}:<gen>:<tenant>:s:<bucket>   hash    event id hash -> content hash (duplicates)
sp:{p3}:<gen>:<tenant>:r:<bucket>   hash    fact number -> numbers of the facts that refer to it,
                                            ascending little-endian uint32; '+' = they are in
sp:{p3}:<gen>:<tenant>:rs:<number>  set     the numbers, of a fact with many (schemas.relations)
sp:{p3}:<gen>:<tenant>:org          set     numbers of the employee and department facts
sp:{p3}:<gen>:<tenant>:terms        set     numbers of the taxonomy facts
sp:{p3}:<gen>:<tenant>:aimed        set     '<period>|<field>' of every target ever set whose
                                            figure has cells
sp:{p3}:<gen>:<tenant>:targets:<period>  hash  slot (schemas.targets) -> packed `Aim`
sp:{p3}:<gen>:<tenant>:crossed:<period>  hash  '<metric>|<scope>|<id>|<percent>' -> JSON
                                            [causing event, its time in ms]
sp:notifier                         string  which notifier works, for as long as its lease
sp:notifier:read:{<n>}              string  '<epoch>/<next offset>' of kpi-changes partition n
sp:notifier:{<tenant>}:taken        hash    kpi-changes partition -> the same, of this tenant;
                                            'webhook-test:<id>' and so on -> the order last done
sp:notifier:{<tenant>}:q:<webhook>:<lane>  stream  m, k, t, b, at: what is to be sent, in order
sp:notifier:{<tenant>}:w:<webhook>  hash    failing_since_ms, failures, disabled_ms, reason,
                                            digest, lane<n>: failed attempts of its first letter
sp:notifier:{<tenant>}:sent:<webhook>  stream  what left the queues, for replays; bounded
sp:notifier:{<tenant>}:log:<webhook>   stream  the delivery log; bounded
sp:notifier:{<tenant>}:alerts       hash    alert id -> JSON of its state (schemas.alerts), grew_ms
sp:notifier:{<tenant>}:open         hash    the same of those not 'ok', with the value of now
sp:notifier:{<tenant>}:history:<alert>  stream  at_ms, level, before, occurrence, value; bounded
```
`<s>` is e (employee), d (department) or c (company, id 'all'). Nobody, or no department, is '-'.
A zero is not stored. The tenant directory is not here: it is the topic `tenant-directory`.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Literal, NamedTuple
from urllib.parse import quote, unquote

from schemas.calendar import NOW

Scope = Literal["employee", "department", "company"]
SCOPE_LETTERS: dict[Scope, str] = {"employee": "e", "department": "d", "company": "c"}
COMPANY_ID = "all"
NOBODY = "-"
"""The employee or department of a fact that has none ('unassigned')."""
FACTS_PER_BUCKET = 64
HASH_BUCKETS = 1 << 14
"""Of the ids of events."""
NAME_BUCKETS = 1 << 13
"""Of the names of entities, of which there are fewer."""
_LAST_MONTH = 999_999
"""Above, a point in time is a day."""


class Cell(NamedTuple):
    """One figure.

    Units:  day is yyyymmdd, or 0 for a gauge; dimension is '' or as `dimension` writes it.
    """

    metric: str
    scope: Scope
    scope_id: str
    day: int
    dimension: str


@lru_cache(maxsize=65536)
def encode(name: str) -> str:
    """Write an id so that it can stand in a key or field (':' ',' '|' '{' '}' escaped)."""
    return quote(name, safe="-_.~ @+/()!*'$&=;#")


@lru_cache(maxsize=65536)
def decode(name: str) -> str:
    """Undo `encode`."""
    return unquote(name)


def dimension(**values: str) -> str:
    """Write a dimension: 'currency:VND,source:web', names sorted; '' without values."""
    return ",".join(f"{name}:{encode(value)}" for name, value in sorted(values.items()))


def parse_dimension(text: str) -> dict[str, str]:
    """Read a dimension back into names and values."""
    if not text:
        return {}
    pairs = (part.split(":", 1) for part in text.split(","))
    return {name: decode(value) for name, value in pairs}


def field(metric: str, dimension_text: str) -> str:
    """Write the field of a cell inside its hash: 'revenue|currency:VND'."""
    return f"{metric}|{dimension_text}" if dimension_text else metric


@lru_cache(maxsize=65536)
def parse_field(text: str) -> tuple[str, str]:
    """Read a field back into (metric, dimension)."""
    metric, _, dimension_text = text.partition("|")
    return metric, dimension_text


class PartitionKeys:
    """The keys of one partition."""

    __slots__ = ("erased", "erasing", "heartbeat", "prefix", "relay", "served", "untold")

    def __init__(self, partition: int) -> None:
        self.prefix = f"sp:{{p{partition}}}:"
        self.served = self.prefix + "served"
        self.heartbeat = self.prefix + "heartbeat"
        self.relay = self.prefix + "relay"
        self.erased = self.prefix + "erased"
        self.erasing = self.prefix + "erasing"
        self.untold = self.prefix + "untold"


class GenerationKeys:
    """The keys of one generation of one partition."""

    __slots__ = ("changes", "fence", "prefix", "tenants")

    def __init__(self, partition: int, generation: str) -> None:
        self.prefix = f"sp:{{p{partition}}}:{generation}:"
        self.fence = self.prefix + "fence"
        self.changes = self.prefix + "changes"
        self.tenants = self.prefix + "tenants"


class TenantKeys:
    """The keys of one tenant in one generation."""

    __slots__ = (
        "aimed", "config", "keys", "meta", "org", "pairs", "prefix", "quality", "recent", "terms",
        "touched",
        "words",
    )  # fmt: skip

    def __init__(self, partition: int, generation: str, tenant: str) -> None:
        self.prefix = f"sp:{{p{partition}}}:{generation}:{encode(tenant)}:"
        self.meta = self.prefix + "meta"
        self.keys = self.prefix + "keys"
        self.config = self.prefix + "config"
        self.recent = self.prefix + "recent"
        self.quality = self.prefix + "quality"
        self.pairs = self.prefix + "pairs"
        self.org = self.prefix + "org"
        self.terms = self.prefix + "terms"
        self.touched = self.prefix + "touched"
        self.words = self.prefix + "words"
        self.aimed = self.prefix + "aimed"

    def cells(self, scope: Scope, scope_id: str, day: int) -> str:
        """Return the hash that holds the cells of a day, or the gauges for day 0."""
        letter = SCOPE_LETTERS[scope]
        if day == NOW:
            return f"{self.prefix}g:{letter}:{encode(scope_id)}"
        return f"{self.prefix}d:{letter}:{encode(scope_id)}:{day}"

    def month(self, scope: Scope, scope_id: str, month: int) -> str:
        """Return the hash that holds the sums of a month (yyyymm)."""
        return f"{self.prefix}m:{SCOPE_LETTERS[scope]}:{encode(scope_id)}:{month}"

    def point(self, scope: Scope, scope_id: str, point: int) -> str:
        """Return the hash that holds a day (yyyymmdd) or the sums of a month (yyyymm)."""
        if point <= _LAST_MONTH:
            return self.month(scope, scope_id, point)
        return self.cells(scope, scope_id, point)

    def posting(self, name: str, department: str, employee: str, day: int) -> str:
        """Return the set of fact numbers behind one list; `name` is a field (KPI, dimension)."""
        return f"{self.prefix}i:{name}:{encode(department)}:{encode(employee)}:{day}"

    def days(self, department: str, employee: str) -> str:
        """Return the set of days on which a pair has lists."""
        return f"{self.prefix}days:{encode(department)}:{encode(employee)}"

    def facts(self, number: int) -> tuple[str, str]:
        """Return (key, field) of a fact."""
        return f"{self.prefix}f:{number // FACTS_PER_BUCKET}", str(number)

    def number(self, tag: str, entity: str) -> tuple[str, str]:
        """Return (key, field) under which the number of an entity stands."""
        name = tag + entity
        bucket = int.from_bytes(blake2b(name.encode(), digest_size=4).digest()) % NAME_BUCKETS
        return f"{self.prefix}n:{bucket:x}", name

    def seen(self, event_hash: bytes) -> tuple[str, bytes]:
        """Return (key, field) under which the content hash of an event id stands."""
        bucket = int.from_bytes(event_hash[:4]) % HASH_BUCKETS
        return f"{self.prefix}s:{bucket:x}", event_hash

    def related(self, number: int) -> tuple[str, str]:
        """Return (key, field) of the facts that refer to a fact."""
        return f"{self.prefix}r:{number // FACTS_PER_BUCKET}", str(number)

    def related_apart(self, number: int) -> str:
        """Return the set of the facts that refer to a fact, where they are many."""
        return f"{self.prefix}rs:{number}"

    def scored(self, name: str, department: str, employee: str) -> str:
        """Return the sorted set of fact numbers of one scored list."""
        return f"{self.prefix}z:{name}:{encode(department)}:{encode(employee)}"

    def visits(self, metric: str, department: str, employee: str, month: int) -> str:
        """Return the hash that says which customers stand behind a metric, day by day."""
        return f"{self.prefix}v:{metric}:{encode(department)}:{encode(employee)}:{month}"

    def cohort(self, name: str, day: int) -> str:
        """Return the set of customers that belong to a day by some date of theirs."""
        return f"{self.prefix}cohort:{name}:{day}"

    def targets(self, period: str) -> str:
        """Return the hash of the targets of a period."""
        return f"{self.prefix}targets:{period}"

    def crossed(self, period: str) -> str:
        """Return the hash of the thresholds that were crossed in a period."""
        return f"{self.prefix}crossed:{period}"

    def late(self, month: int) -> str:
        """Return the hash of what changed in a month (yyyymm) after it was locked."""
        return f"{self.prefix}late:{month}"


def visit(day: int, customer: int, value: str | None = None) -> str:
    """Write a visit: the field of a customer on a day, and by a dimension value.

    Laws:   without a value it is a number, which takes half the bytes of a text in the store.
    """
    base = f"{visit_day(day)}{customer}"
    return base if value is None else f"{base}:{encode(value)}"


def parse_visit(text: str) -> tuple[int, int, str | None]:
    """Read a visit back into (day of the month, number of the customer, value or None)."""
    plain, is_valued, value = text.partition(":")
    return int(plain[:2]) - 10, int(plain[2:]), decode(value) if is_valued else None


def visit_day(day: int) -> str:
    """Write the day of the month as visits begin with it: two digits, the first of them no 0."""
    return str(day % 100 + 10)


ALL_SCOPES = 7
"""Employee (1), department (2) and company (4): where a contribution counts."""


def late_field(  # noqa: PLR0917 - the parts of a contribution
    cause: str, department: str, employee: str, day: int, name: str, scopes: int = ALL_SCOPES
) -> str:
    """Write the field of a late change; what does not count in all scopes says so behind it."""
    end = "" if scopes == ALL_SCOPES else f"|{scopes}"
    return f"{encode(cause)}|{pair(department, employee)}|{day}|{name}{end}"


class LateChange(NamedTuple):
    """What a late field says. Units: scopes is a mask as in `ALL_SCOPES`."""

    cause: str
    department: str
    employee: str
    day: int
    name: str
    scopes: int


def parse_late_field(text: str) -> LateChange:
    """Read a late field back."""
    cause, place, day, name = text.split("|", 3)
    rest, _, end = name.rpartition("|")
    scopes = ALL_SCOPES
    if end.isdigit():
        name, scopes = rest, int(end)
    return LateChange(decode(cause), *parse_pair(place), int(day), name, scopes)


def pair(department: str, employee: str) -> str:
    """Write a (department, employee) pair as a member of `pairs`."""
    return f"{encode(department)}:{encode(employee)}"


def parse_pair(text: str) -> tuple[str, str]:
    """Read a pair back into (department, employee)."""
    department, _, employee = text.partition(":")
    return decode(department), decode(employee)


NOTICE_LEASE = "sp:notifier"
"""Which notifier works."""


def notice_place(partition: int) -> str:
    """Return where it stands up to where a partition of kpi-changes was read."""
    return f"sp:notifier:read:{{{partition}}}"


class NoticeKeys:
    """The keys of one tenant in the notifier: what is to be sent, and how that went."""

    __slots__ = ("alerts", "open_alerts", "prefix", "taken")

    def __init__(self, tenant: str) -> None:
        self.prefix = f"sp:notifier:{{{encode(tenant)}}}:"
        self.taken = self.prefix + "taken"
        self.alerts = self.prefix + "alerts"
        self.open_alerts = self.prefix + "open"

    def history(self, alert: str) -> str:
        """Return what an alert did."""
        return f"{self.prefix}history:{encode(alert)}"

    def lane(self, webhook: str, lane: int) -> str:
        """Return one queue of a webhook."""
        return f"{self.prefix}q:{encode(webhook)}:{lane}"

    def standing(self, webhook: str) -> str:
        """Return how a webhook stands."""
        return f"{self.prefix}w:{encode(webhook)}"

    def sent(self, webhook: str) -> str:
        """Return what was sent."""
        return f"{self.prefix}sent:{encode(webhook)}"

    def log(self, webhook: str) -> str:
        """Return the delivery log."""
        return f"{self.prefix}log:{encode(webhook)}"
