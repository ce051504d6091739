"""Words that all checks share."""

import pytest

from services.automl.metrics import METRICS
from services.examinations.checks.subject import figure
from tests.makers_examined import make_subject


@pytest.mark.parametrize(
    ("value", "words"), [(0.8432, "0.843"), (-0.5, "−0.500"), (12_345.6, "12,346"), (0.0, "0.000")]
)
def test_a_score_in_words(value: float, words: str) -> None:
    assert figure(value) == words


def test_better_follows_the_direction_of_the_metric() -> None:
    assert make_subject().better(0.9, 0.8) == pytest.approx(0.1)
    assert make_subject(metric=METRICS["rmse"]).better(0.9, 0.8) == pytest.approx(-0.1)
