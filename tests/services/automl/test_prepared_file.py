"""A preparation in a file."""

import os
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from services.automl.prepared_file import PreparedFileLostError, write_prepared_file
from services.automl.task import Task
from tests.makers_automl import prepared


@pytest.mark.parametrize("task", [Task.BINARY, Task.REGRESSION])
def test_what_was_written_is_what_is_read(task: Task, tmp_path: Path) -> None:
    preparation = prepared(task)
    read = write_prepared_file(preparation, tmp_path / "one").load()
    pd.testing.assert_frame_equal(read.train.x, preparation.train.x)
    pd.testing.assert_frame_equal(read.holdout.x, preparation.holdout.x)
    np.testing.assert_array_equal(read.train.y, preparation.train.y)
    assert [fold.tolist() for fold in read.folds] == [fold.tolist() for fold in preparation.folds]
    assert (read.task, read.metric, read.columns) == (preparation.task, preparation.metric, preparation.columns)


def test_what_one_reader_changes_no_other_sees(tmp_path: Path) -> None:
    written = write_prepared_file(prepared(), tmp_path / "one")
    first, second = written.load(), written.load()
    before = second.train.y.copy()
    first.train.y[:] = 1 - first.train.y
    np.testing.assert_array_equal(second.train.y, before)
    np.testing.assert_array_equal(written.load().train.y, before)


def test_columns_lie_outside_the_pickle(tmp_path: Path) -> None:
    preparation = prepared()
    written = write_prepared_file(preparation, tmp_path / "one")
    pickled = len(pickle.dumps(preparation, protocol=5, buffer_callback=lambda _: None))
    numbers = preparation.train.x.select_dtypes("float64").to_numpy().nbytes
    assert written.n_bytes > pickled + numbers


def test_a_file_that_was_changed_or_is_gone_is_not_read(tmp_path: Path) -> None:
    written = write_prepared_file(prepared(), tmp_path / "one")
    content = bytearray(written.path.read_bytes())
    content[-100] ^= 1
    times = written.path.stat().st_atime_ns, written.path.stat().st_mtime_ns
    written.path.write_bytes(content)
    os.utime(written.path, ns=times)
    with pytest.raises(PreparedFileLostError):
        written.load()
    written.path.unlink()
    with pytest.raises(PreparedFileLostError):
        written.load()


def test_only_the_owner_may_read_it_and_nothing_is_overwritten(tmp_path: Path) -> None:
    written = write_prepared_file(prepared(), tmp_path / "one")
    assert written.path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_prepared_file(prepared(), tmp_path / "one")
