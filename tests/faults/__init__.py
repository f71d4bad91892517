"""Faults: whatever dies, comes back old, or comes twice, the figures equal a recount of the log."""
