"""The notifier: webhooks and alerts, out of the topic of changes and the store."""
