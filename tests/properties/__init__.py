"""Laws of the pure core, as property tests (style: laws over examples)."""
