"""How long a portfolio takes to open and to prioritise: `python -m benchmarks.portfolio --projects 2000`.

In this process, on a SQLite file of its own. "Open" is what the page does the first time after a change: it reads every
project of the person. "Prioritise" is the exact choice with the reason for each project that is left out. "Look
beside" is what one step more of each limit would bring and whether another set brings as much; the page shows it after
the set.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial

GOAL_OPEN_SECONDS, GOAL_CHOICE_SECONDS = 1.0, 2.0
N_REPEATS = 7


def timed(part: Callable[[], object]) -> float:
    """Seconds on the clock."""
    begun = time.perf_counter()
    part()
    return time.perf_counter() - begun


def report(name: str, part: Callable[[], object], goal: float) -> None:
    """Print the first time, then median and longest of the others."""
    first, *later = (timed(part) for _ in range(N_REPEATS + 1))
    print(
        f"{name}: first {first:.2f} s, then median {statistics.median(later):.2f} s, longest {max(later):.2f} s "
        f"(goal {goal:.0f} s)"
    )


def main() -> None:
    """Fill a database, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=2_000)
    n = parser.parse_args().projects
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PORTAL_DATA_DIR"] = folder
        measure(n)


def measure(n: int) -> None:
    """Everything that is measured; the database is configured."""
    from benchmarks.filled_portfolio import fill_portfolio
    from db.engine import get_engine
    from db.migrations import migrate
    from db.session import reading, transaction
    from services.portfolio.choice.answering import answer, look_beside
    from services.portfolio.choice.wish import Wish
    from services.portfolio.records.queries import get_portfolio

    migrate(get_engine())
    with transaction() as session:
        owner = fill_portfolio(session, n)

    def read() -> object:
        with reading() as view:
            return get_portfolio(view, actor=owner)

    report(f"read {n:,} projects", read, GOAL_OPEN_SECONDS)
    with reading() as view:
        records = get_portfolio(view, actor=owner).records
    total = sum(record.assumptions.project_amount for record in records if record.assumptions)
    for share, days in ((0.02, 600.0), (0.1, 2_000.0), (0.3, 15_000.0)):
        wish = Wish("EUR", round(share * total), days)
        title = f"prioritise with {share:.0%} of the money and {days:,.0f} days"
        report(title, partial(answer, records, wish), GOAL_CHOICE_SECONDS)
        report("    look beside", partial(look_beside, answer(records, wish)), GOAL_CHOICE_SECONDS)


if __name__ == "__main__":
    main()
