"""Cohort reports: evaluated when asked, over the packed facts of the customers of a cohort.

`case` joins a customer with those merged into it, `columns` holds many cases as arrays, `book`
keeps them loaded and current, and one module for each report counts. Only `book` does any input.
"""
