"""The mutation run: a listed wrong rule each, and a scenario that notices.

Why not mutmut or cosmic-ray: both invent small changes of syntax everywhere, by the thousand,
and run the whole of pytest for each. What is asked here is the opposite: few changes, each a
mistake of the trade that somebody could make (another date, another person, no retraction,
counted twice), named in a list, and played by the scenarios in process in a tenth of a second.
Their reports of surviving operators would not say which rule of the requirements is untested.
"""
