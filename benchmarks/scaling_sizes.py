"""Seconds and memory of tables of several sizes: a fixed set of trials, then a whole search by the headless command."""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.csv

SEARCH_SECONDS = 60
_LOOK_SECONDS = 0.05
_CHUNK_CELLS = 20_000_000


def measure(n_rows: int, n_columns: int) -> dict[str, Any]:
    """Both, each in processes of its own."""
    with tempfile.TemporaryDirectory() as folder:
        table, out = Path(folder) / "table.csv", Path(folder) / "out.json"
        write_table(table, n_rows, n_columns)
        trials = _run([sys.executable, "-m", "benchmarks.scaling_sizes", str(table), str(out)])
        parts = json.loads(out.read_text())
        options = ["--train", str(table), "--target", "left", "--budget", str(SEARCH_SECONDS), "--out", str(out)]
        search = _run([sys.executable, "-m", "portal", "automl", *options])
        found = json.loads(out.read_text())
    row = {
        "n_rows": n_rows,
        "n_columns": n_columns,
        **parts,
        "trials_peak_mb": trials["peak_mb"],
        "search_seconds": search["seconds"],
        "search_peak_mb": search["peak_mb"],
        "search_first_model_seconds": found["first_model_seconds"],
        "search_n_trials": found["n_trials"],
        "search_n_rows_used": found["n_rows_used"],
    }
    print(row)
    return row


def write_table(path: Path, n_rows: int, n_columns: int) -> None:
    """Half decimals, a quarter whole numbers, a quarter categories, and an outcome that some of them tell."""
    random = np.random.default_rng(0)
    options = pa.csv.WriteOptions(include_header=True)
    step = max(1, _CHUNK_CELLS // n_columns)
    with path.open("wb") as file:
        for start in range(0, n_rows, step):
            n = min(step, n_rows - start)
            numbers = random.normal(size=(n_columns // 2, n)).astype("float32").round(3)
            columns: dict[str, Any] = {f"n{place}": column for place, column in enumerate(numbers)}
            for place in range(n_columns // 4):
                columns[f"i{place}"] = random.integers(0, 100, n)
            for place in range(n_columns - len(columns)):
                columns[f"c{place}"] = pa.array(random.choice(["red", "green", "blue", "grey"], n))
            signal = numbers[0] + numbers[1] * numbers[2] + random.normal(size=n)
            columns["left"] = pa.array(np.where(signal > 0, "yes", "no"))
            pa.csv.write_csv(pa.table(columns), file, options)
            options = pa.csv.WriteOptions(include_header=False)


def _run(command: list[str]) -> dict[str, float]:
    """Seconds on the clock, and the most memory that the process and its children held together, shared pages once."""
    started = time.monotonic()
    process = subprocess.Popen(command)
    peak, is_over = [0.0], threading.Event()

    def watch() -> None:
        while not is_over.wait(_LOOK_SECONDS):
            peak[0] = max(peak[0], _resident_mb(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    code = process.wait()
    is_over.set()
    watcher.join()
    if code:
        raise SystemExit(f"It ended with {code}: {' '.join(command)}")
    return {"seconds": round(time.monotonic() - started, 1), "peak_mb": round(peak[0])}


def _resident_mb(pid: int) -> float:
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return 0.0
    total = 0.0
    for process in family:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1024**2


def fixed_trials(table: Path) -> dict[str, float]:
    """What one trial each of a linear model, boosted trees and a forest takes, on the rows a search would use."""
    from services.automl.processes import limit_threads

    limit_threads()
    from services.automl.candidates import Candidate
    from services.automl.headless import read_csv_file
    from services.automl.large_tables import sample_rows
    from services.automl.preparation import prepare
    from services.automl.training import train_candidate

    started = time.monotonic()
    rows = sample_rows(read_csv_file(table), seed=0)
    read = time.monotonic()
    preparation = prepare(rows.frame, target="left", n_folds=3)
    prepared = time.monotonic()
    for candidate in (
        Candidate("linear", {"strength": 1.0, "numbers": "standard"}),
        Candidate("extra_trees", {"n_trees": 50, "min_leaf": 5, "max_features": "sqrt"}),
    ):
        train_candidate(preparation, candidate, seconds_limit=3_600)
    return {
        "read_seconds": round(read - started, 2),
        "prepare_seconds": round(prepared - read, 2),
        "trials_seconds": round(time.monotonic() - prepared, 2),
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(fixed_trials(Path(sys.argv[1]))))
