"""A search on a table of millions of rows on the portal's own way: bytes to a version, a run, and its model.

python -m benchmarks.large_search --rows 5000000 --columns 30 --seconds 300
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from benchmarks.scaling_sizes import write_table


def main() -> None:
    """Measure and print: seconds on the clock, MB of resident memory of the largest process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--trials", type=int, default=10)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PORTAL_DATA_DIR"] = str(Path(folder) / "data")
        table = Path(folder) / "table.csv"
        write_table(table, arguments.rows, arguments.columns)
        _measure(table, arguments.seconds, arguments.trials)


def _measure(table: Path, seconds: float, n_trials: int) -> None:
    from benchmarks import journey
    from benchmarks.filled_portal import search
    from db.session import reading, transaction
    from services.automl.commands import start_run
    from services.automl.queries import get_run
    from services.datasets.commands import choose_target
    from services.datasets.queries import find_dataset
    from services.models.queries import find_run_model

    actor = journey.open_portal()
    travelled, project_id = journey.travel(actor, table, "Fewer parcels should arrive late")
    print(travelled)
    with transaction() as session:
        dataset = find_dataset(session, actor=actor, project_id=project_id)
        assert dataset is not None
        dataset = choose_target(session, actor=actor, dataset_id=dataset.id, column="left", positive_label="yes")
        run = start_run(
            session,
            actor=actor,
            project_id=project_id,
            dataset_id=dataset.id,
            budget_seconds=seconds,
            n_trials=n_trials,
        )
        run_id = run.id
    began = time.monotonic()
    with journey.Watch() as watch:
        search(run_id)
    with reading() as session:
        found, model = get_run(session, actor=actor, run_id=run_id), find_run_model(session, actor=actor, run_id=run_id)
    assert model is not None
    print(f"search and finishing {time.monotonic() - began:.0f} s, of it {found.circumstances.get('seconds')}")
    print(f"{watch.child_peak_mb:,.0f} MB in the largest child, {watch.parent_growth_mb:,.0f} MB more in the worker")
    print(f"{len(found.complete_trials)} of {len(found.trials)} variants; {found.circumstances['split']['reason']}")
    print(f"{model.family} learned from {model.evaluation.n_train:,} rows: {model.evaluation.score.sentence}")


if __name__ == "__main__":
    main()
