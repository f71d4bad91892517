"""The pure core: facts, contributions, deltas. No I/O, no clock, no logging."""
