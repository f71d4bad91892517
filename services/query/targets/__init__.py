"""Targets: which one holds for whom, how far it is, and whether that is enough by now."""
