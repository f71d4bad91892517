"""A made-up telesales company: the same seed gives the same company, people and days.

Pure: no clock, no network. `simulate.py` beside this package is what others call.
"""
