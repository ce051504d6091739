import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import skops.io
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from services.automl.task import Task
from services.models.finishing import fit_members
from services.models.pipeline_file import UntrustedPipelineError, dump_pipeline, load_pipeline
from tests.makers_automl import CANDIDATES, finished, prepared

_READ = """
import sys, numpy, pandas, skops.io
content = open(sys.argv[1], "rb").read()
pipeline = skops.io.loads(content, trusted=skops.io.get_untrusted_types(data=content))
rows = pandas.read_parquet(sys.argv[2])
numpy.save(sys.argv[3], pipeline.predict_proba(rows))
mine = [name for name in sys.modules if name.split(".")[0] in ("portal", "pages", "services", "db")]
assert not mine, mine
"""


@pytest.mark.parametrize("family", ["linear", "lightgbm", "extra_trees", "random_forest"])
@pytest.mark.parametrize("task", list(Task))
def test_a_loaded_pipeline_gives_the_same_answers(family: str, task: Task) -> None:
    model, rows = finished(family, task), prepared(task).holdout.x
    loaded = load_pipeline(model.pipeline_file)
    assert np.array_equal(loaded.predict(rows), model.pipeline.predict(rows))


@pytest.mark.parametrize("family", list(CANDIDATES))
@pytest.mark.parametrize("task", list(Task))
def test_every_kind_of_model_can_be_kept(family: str, task: Task) -> None:
    preparation = prepared(task)
    pipeline = fit_members(preparation, [(CANDIDATES[family], 1.0)])
    loaded, rows = load_pipeline(dump_pipeline(pipeline)), preparation.holdout.x
    assert np.array_equal(loaded.predict(rows), pipeline.predict(rows))


def test_a_pipeline_file_is_read_by_scikit_learn_alone(tmp_path: Path) -> None:
    model, rows = finished("lightgbm"), prepared().holdout.x
    (tmp_path / "pipeline.skops").write_bytes(model.pipeline_file)
    rows.to_parquet(tmp_path / "rows.parquet")
    files = [str(tmp_path / name) for name in ("pipeline.skops", "rows.parquet", "answers.npy")]
    subprocess.run([sys.executable, "-c", _READ, *files], check=True, cwd=tmp_path)
    assert np.array_equal(np.load(files[2]), model.pipeline.predict_proba(rows))


def test_a_file_with_anything_else_in_it_is_not_opened() -> None:
    content = skops.io.dumps(Pipeline([("run", FunctionTransformer(subprocess.run))]))
    with pytest.raises(UntrustedPipelineError, match="not allowed"):
        load_pipeline(content)


def test_a_file_that_holds_no_pipeline_is_refused() -> None:
    with pytest.raises(UntrustedPipelineError, match="does not hold a pipeline"):
        load_pipeline(skops.io.dumps({"a": 1}))
