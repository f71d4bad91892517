"""Boards: what a definition must keep, what it shows, and to whom."""
