"""Real and simulated data sets, brought in through the same ingest as live events."""
