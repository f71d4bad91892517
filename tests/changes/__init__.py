"""Changes for other services: topic, stream, client, webhooks and alerts."""
