"""How the search scales: trials a minute with more workers, and time and memory with more rows and columns.

python -m benchmarks.scaling                    # all three
python -m benchmarks.scaling workers --workers 1 2 4 --trials 24
python -m benchmarks.scaling rows --rows 10000 100000 1000000 5000000
python -m benchmarks.scaling columns --columns 10 100 1000
"""

import argparse
import json
import math
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results" / "scaling.json"


def exponent(sizes: Sequence[float], amounts: Sequence[float]) -> float:
    """The b of amount = a · size^b that fits best: 1 is in proportion, 0 is the same for all sizes."""
    slope, _ = np.polyfit(np.log(sizes), np.log(amounts), 1)
    return float(slope)


def curve(sizes: Sequence[int], amounts: Sequence[float], unit: str, *, width: int = 40) -> list[str]:
    """One line for each size, its amount drawn on a logarithmic scale."""
    low, high = min(amounts), max(amounts)
    span = math.log(high / low) or 1.0
    lines = []
    for size, amount in zip(sizes, amounts, strict=True):
        bar = "█" * (1 + round((width - 1) * math.log(amount / low) / span))
        lines.append(f"{size:>10,}  {bar:<{width}}  {amount:,.1f} {unit}")
    return lines


def report_workers(arguments: argparse.Namespace) -> dict[str, Any]:
    """Trials a minute of one run on PostgreSQL, whose trials all cost the same."""
    from benchmarks.scaling_workers import measure

    rates = {n: measure(n, n_trials=arguments.trials) for n in arguments.workers}
    alone = rates[arguments.workers[0]] / arguments.workers[0]
    cores = os.cpu_count() or 1
    rows = []
    for n, rate in rates.items():
        efficiency = rate / (alone * min(n, cores))
        rows.append({"workers": n, "trials_per_minute": round(rate, 1), "efficiency": round(efficiency, 3)})
        print(f"{n} workers: {rate:.1f} trials a minute, {efficiency:.0%} of {min(n, cores)} times one worker")
    return {"trials": arguments.trials, "cores": cores, "rows": rows}


def report_sizes(name: str, shapes: Sequence[tuple[int, int]], sizes: Sequence[int]) -> dict[str, Any]:
    """Seconds and memory of a fixed set of trials, and of a whole search, for tables of several sizes."""
    from benchmarks.scaling_sizes import measure

    found = [measure(n_rows, n_columns) for n_rows, n_columns in shapes]
    exponents = {}
    for key, unit in (
        ("prepare_seconds", "s"),
        ("trials_seconds", "s"),
        ("trials_peak_mb", "MB"),
        ("search_seconds", "s"),
        ("search_first_model_seconds", "s"),
        ("search_peak_mb", "MB"),
    ):
        amounts = [float(row[key]) for row in found]
        exponents[key] = round(exponent(sizes, amounts), 2)
        print(f"\n{key.replace('_', ' ')} by {name}: exponent {exponents[key]:.2f}")
        print("\n".join(curve(sizes, amounts, unit)))
    return {"rows": found, "exponents": exponents}


def main() -> None:
    """Measure, print, and write `benchmarks/results/scaling.json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "what", nargs="*", choices=["workers", "rows", "columns"], default=["workers", "rows", "columns"]
    )
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--trials", type=int, default=32)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000, 5_000_000])
    parser.add_argument("--columns", type=int, nargs="+", default=[10, 100, 1_000])
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results["machine"] = {"cores": os.cpu_count(), "python": platform.python_version()}
    if "workers" in arguments.what:
        results["workers"] = report_workers(arguments)
    if "rows" in arguments.what:
        results["by_rows"] = report_sizes("rows", [(n, 30) for n in arguments.rows], arguments.rows)
    if "columns" in arguments.what:
        results["by_columns"] = report_sizes("columns", [(20_000, n) for n in arguments.columns], arguments.columns)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
