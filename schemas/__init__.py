"""The contract between the services: events, KPI catalogue, topics, Redis tables, telemetry.

The only package that services share. It is pure (no I/O, no clock, no logging) and imports
nothing of ours.
"""
