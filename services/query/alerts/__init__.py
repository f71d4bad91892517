"""Alerts that are open, as pages show them."""
