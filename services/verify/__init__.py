"""The independent recount of the log, which shares no code with the fold."""
