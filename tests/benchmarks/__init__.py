"""Benchmarks: ratios within one run, never a timing assert (`make bench`)."""
