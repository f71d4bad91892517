"""Foreign rows to CloudEvents: pure, deterministic, without clock, network or broker.

A translator is an iterator of items: events without `tenantid`, or `Unreadable` for a row that
makes no event. docs/importers.md says which column becomes which field, and why.
"""
