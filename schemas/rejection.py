"""Why an event was not taken: a closed set of codes, carried as a value and never raised.

Errors on the data path are values because Faust acknowledges and drops a message whose agent
raises. The codes are permanent names: callers program against them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

RejectionCode = Literal[
    "not_json",  # the body, or the item, is not JSON
    "not_cloudevent",  # JSON, but an envelope attribute is missing or malformed
    "unknown_type",  # `type` is not in the event vocabulary
    "forbidden_type",  # the key may not write this type
    "wrong_tenant",  # `tenantid` is not the tenant of the key
    "missing_field",  # a required field of `data` is absent
    "invalid_field",  # a field of `data` has the wrong type or shape
    "naive_time",  # a time without UTC offset
    "time_out_of_range",  # a time before 1990 or after 2099
    "amount_not_integer",  # money must be an integer number of minor units
    "unknown_currency",  # not an ISO 4217 code
    "unknown_time_zone",  # not an IANA zone
    "unknown_region",  # not an ISO 3166 region that has telephone numbers
    "too_large",  # one event above the size limit
    "lines_do_not_add_up",  # the lines of an order make another total
    "end_before_start",  # a task, contract or period that ends before it starts
    "duplicate_id",  # same source and id as an earlier event, other content: the first wins
    "erased",  # says who somebody is that was erased: nothing of it is kept
    "bug",  # nobody foresaw this: kept raw, counted, the worker stops past a limit
]

CODES: frozenset[str] = frozenset(get_args(RejectionCode))


class Rejection(NamedTuple):
    """One refused event.

    Shape:  code from `RejectionCode`; detail is one sentence for a person; pointer is an
            RFC 6901 JSON pointer into the event, '' for the whole.
    """

    code: RejectionCode
    detail: str
    pointer: str = ""
