"""Alerts: reading what rules watch, judging it, and telling the channels."""
