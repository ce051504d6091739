"""Explaining a model beside shap itself on the same pipeline: `python -m benchmarks.explanation`.

Both play the same game: the same rows, the same background, the same sets of columns. Plain shap is given the whole
pipeline as a function of the table's columns (words as codes that are decoded inside), which is what its documentation
says to do; the portal goes down trees and adds parts of sums by their own paths, and for other models encodes every row
once and exchanges places instead. One after the other in this process, the faster of two each, with the answers
compared. With `--whole 2000` the paths are timed with so many
rows, the first included.
"""

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("NUMBA_DISABLE_JIT", "1")  # as in a worker

import numpy as np
import pandas as pd
import shap
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from services.automl.families import families
from services.automl.preparation import prepare
from services.automl.search_space import portfolio
from services.automl.training import fit_pipeline, new_pipeline
from services.models.paths import attribute_pipeline, n_with_path

Floats = NDArray[np.float64]
GOAL_RATIO, GOAL_RATIO_OF_PATHS = 1.1, 0.2


def make_table(n_rows: int, n_columns: int, seed: int = 0) -> pd.DataFrame:
    """Numbers, and words in every fifth column, of which a quarter matter."""
    random = np.random.default_rng(seed)
    frame: dict[str, Any] = {}
    drive = np.zeros(n_rows)
    for place in range(n_columns):
        if place % 5 == 4:
            codes = random.integers(0, 6, n_rows)
            frame[f"word {place}"] = np.array(["a", "b", "c", "d", "e", "f"])[codes]
            drive += 0.3 * (codes == 2)
        else:
            values = random.normal(size=n_rows)
            frame[f"number {place}"] = values
            drive += 0.5 * values if place % 4 == 0 else 0.0
    frame["left"] = np.where(drive + random.logistic(size=n_rows) > 0, "Yes", "No")
    return pd.DataFrame(frame)


def plain(pipeline: Pipeline, rows: pd.DataFrame, background: pd.DataFrame) -> Floats:
    """Effects (n, m) on the chance of the second class, by shap on the pipeline as it is."""
    levels = {
        name: sorted(background[name].astype(str)) for name in rows if not pd.api.types.is_numeric_dtype(rows[name])
    }
    known = {name: list(dict.fromkeys([*found, *rows[name].astype(str)])) for name, found in levels.items()}

    def coded(frame: pd.DataFrame) -> Floats:
        columns = [
            [known[name].index(word) for word in frame[name].astype(str)] if name in known else frame[name].to_numpy()
            for name in frame
        ]
        return np.column_stack(columns).astype(np.float64)

    def answer(codes: Floats) -> Floats:
        columns = {
            name: pd.Series(np.array(known[name], dtype=object)[codes[:, place].astype(int)]).astype(rows[name].dtype)
            if name in known
            else pd.Series(codes[:, place]).astype(rows[name].dtype)
            for place, name in enumerate(rows)
        }
        return np.asarray(pipeline.predict_proba(pd.DataFrame(columns))[:, 1], dtype=np.float64)

    masker = shap.maskers.Independent(coded(background), max_samples=len(background))
    explainer = shap.explainers.Permutation(answer, masker, seed=0)
    found = [explainer(row[None, :], max_evals=2 * rows.shape[1] + 1, silent=True).values[0] for row in coded(rows)]
    return np.stack(found)


def timed(call: Callable[[], Floats]) -> tuple[float, Floats]:
    """The faster of two, in seconds, and the answer."""
    best, found = float("inf"), np.empty(0)
    for _ in range(2):
        begun = time.perf_counter()
        found = call()
        best = min(best, time.perf_counter() - begun)
    return best, found


def main() -> None:
    """Measure every family, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20, help="rows that are explained; time grows with them")
    parser.add_argument("--columns", type=int, default=60)
    parser.add_argument("--background", type=int, default=32)
    parser.add_argument("--whole", type=int, default=0, help="rows by which each path is timed instead")
    parser.add_argument("--families", default="", help="with commas; all by default")
    arguments = parser.parse_args()
    preparation = prepare(make_table(3_200, arguments.columns), target="left", task="binary")
    rows, background = preparation.holdout.x.head(arguments.rows), preparation.train.x.head(arguments.background)
    wanted = arguments.families.split(",") if arguments.families else list(families())
    for name in wanted:
        candidate = next(found for found in portfolio(preparation) if found.family == name)
        train = preparation.train
        pipeline = fit_pipeline(new_pipeline(preparation, candidate), candidate, train.x, train.y)
        ours, said = timed(lambda: attribute_pipeline(pipeline, rows, background).effects[:, :, 1])  # noqa: B023
        has_path = n_with_path(pipeline)[0] == 1
        own_row = ours / len(rows)
        if has_path and arguments.whole:
            many = preparation.train.x.head(arguments.whole)
            begun = time.perf_counter()
            attribute_pipeline(pipeline, many, background)
            own_row = (time.perf_counter() - begun) / len(many)
        theirs, same = timed(lambda: plain(pipeline, rows, background))  # noqa: B023
        plain_row = theirs / len(rows)
        print(
            f"{name}: {own_row * 1_000:.1f} ms a row, plain shap {plain_row * 1_000:.0f} ms, "
            f"{own_row / plain_row:.3f} times (goal {GOAL_RATIO_OF_PATHS if has_path else GOAL_RATIO:g}); "
            f"effects differ by at most {np.abs(said - same).max():.0e}",
            flush=True,
        )


if __name__ == "__main__":
    main()
