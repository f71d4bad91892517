"""The aggregator: folds the log into facts and figures, one atomic commit per micro-batch."""
