"""Finishing in a child: where the rows beyond a sample are too much for it, the model of the sample is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from services.automl.preparation import Preparation, prepare
from services.jobs.child_process import ChildFailedError
from services.models import finishing, finishing_job
from services.models.finishing import FinishedModel
from services.models.finishing_job import _finish, _finish_in_child
from tests.makers_automl import FEATURES, finished, make_cases, prepared
from tests.makers_large import look_at

MODEL: Any = "a model"


class Prepared:
    """A file that holds this preparation."""

    def __init__(self, preparation: Preparation) -> None:
        self.preparation = preparation

    def load(self) -> Preparation:
        """As `PreparedFile.load`."""
        return self.preparation


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each child was to learn from all rows; one that was is killed for its memory."""
    calls: list[bool] = []

    def run_in_child(work: object, prepared: Prepared, tried: object, with_rest: bool, **_: object) -> str:
        calls.append(with_rest)
        if with_rest or prepared.preparation.rest is None:
            raise ChildFailedError("It needed more than 8 GB of memory.")
        return str(MODEL)

    monkeypatch.setattr(finishing_job, "run_in_child", run_in_child)
    monkeypatch.setattr(finishing_job, "describe_preparation", lambda _run_id: None)
    return calls


def use(monkeypatch: pytest.MonkeyPatch, preparation: Preparation) -> None:
    class Tables:
        @contextmanager
        def use(self, _request: object, **_: object) -> Iterator[Prepared]:
            yield Prepared(preparation)

    monkeypatch.setattr(finishing_job, "get_prepared_tables", Tables)


def test_where_all_rows_are_too_much_the_model_of_the_sample_is_there(
    asked: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at(monkeypatch, 200)
    use(monkeypatch, prepare(make_cases(), target="left", feature_columns=FEATURES))
    assert _finish_in_child("run", 1, []) == MODEL
    assert asked == [True, False]


def test_without_more_rows_a_failure_is_one(asked: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, prepared())
    with pytest.raises(ChildFailedError, match="8 GB"):
        _finish_in_child("run", 1, [])
    assert asked == [False]


@pytest.mark.parametrize("with_rest", [True, False])
def test_the_child_is_given_the_rest_only_where_it_may_learn_from_it(
    monkeypatch: pytest.MonkeyPatch, with_rest: bool
) -> None:
    model = finished("linear")  # of all rows, before a search looks at fewer
    look_at(monkeypatch, 200)
    preparation = prepare(make_cases(), target="left", feature_columns=FEATURES)
    seen: list[Preparation] = []

    def finish(given: Preparation, _ranked: object) -> FinishedModel:
        seen.append(given)
        return model

    monkeypatch.setattr(finishing, "finish", finish)
    _finish(Prepared(preparation), [], with_rest)  # type: ignore[arg-type]
    assert (seen[0].rest is not None) == with_rest
