"""The child that reads files does without pandas until it is needed."""

import subprocess
import sys

_SCRIPT = """
import sys
from services.datasets.late_pandas import keep_pandas_away, load_pandas
keep_pandas_away()
import pyarrow
from services.datasets import parsing
assert pyarrow.array([1.5]).to_numpy().tolist() == [1.5]
assert "pandas" not in sys.modules
try:
    import pandas
except ModuleNotFoundError:
    print(load_pandas().to_datetime("2024-01-31").day)
import pandas
"""


def test_nothing_that_reads_files_loads_pandas_until_it_is_asked_for() -> None:
    found = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["31"]
