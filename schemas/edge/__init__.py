"""What every HTTP door of ours has in common: the bounds of a request, rates, headers.

It stands here because ingestor and query may not import each other; it knows neither.
"""
