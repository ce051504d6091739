"""What figures may be at most, in which currency, and where they may come from."""

from collections.abc import Iterator

SOURCES = {"guess": "a guess", "report": "taken from a report", "finance": "confirmed by finance"}
LARGEST_AMOUNT = 1e12
LONGEST_HORIZON_MONTHS = 240


def currency_problems(code: str) -> Iterator[str]:
    """What is wrong with the code of a currency, as a sentence; nothing where nothing is."""
    if not (len(code) == 3 and code.isascii() and code.isupper()):
        yield "The currency must be a code of three capital letters, such as EUR."
