"""The cohort reports a second time: SQL over what the recount reads in the log.

It answers many questions about many tenants in one run, and shares no code with the query
service: docs/rules.md, section 8 is read twice.
"""
