"""What figures may be at most, and where they may come from."""

SOURCES = {"guess": "a guess", "report": "taken from a report", "finance": "confirmed by finance"}
LARGEST_AMOUNT = 1e12
LONGEST_HORIZON_MONTHS = 240
