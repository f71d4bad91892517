"""Real data sets through HTTP in and HTTP out; docs/acceptance.md says which figure is which."""
