"""The ingestor: the only writer of the log, from HTTP and imports to Kafka."""
