"""The independent recount: the whole log again, in SQL, against everything that is served.

It shares no code with the fold: docs/rules.md is read twice, by two pieces of code that have
nothing in common but the names of keys (schemas.tables) and the packing of facts (schemas.facts).
"""
