"""The query service: figures, lists, streams and pages, read from the store."""
