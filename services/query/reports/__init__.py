"""The two reports: which tables they have, what is read for them, what stands in their cells."""
