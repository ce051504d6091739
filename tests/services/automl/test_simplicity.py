"""Which of nearly equal models is the simplest."""

from services.automl.pins import Pinned
from services.automl.simplicity import intricacy_of, simplest_of
from services.automl.views import TrialView
from tests.services.automl.test_sentences import make_trial, make_view


def simplest(*trials: TrialView) -> int | None:
    run = make_view(*trials)
    found = simplest_of([Pinned(run, trial) for trial in trials])
    return found.trial.number if found else None


def test_a_formula_is_simpler_than_trees_and_these_than_what_has_neither() -> None:
    kinds = ("linear", "lightgbm", "neural_network")
    assert [intricacy_of(make_trial(1, kind)) for kind in kinds] == [0, 1, 2]
    small_trees, formula = make_trial(1, "lightgbm", size_bytes=1e3), make_trial(2, "linear", size_bytes=1e6)
    assert simplest(small_trees, formula) == 2


def test_of_two_alike_the_smaller_file_is_simpler() -> None:
    assert simplest(make_trial(1, size_bytes=1e6), make_trial(2, size_bytes=1e3)) == 2


def test_what_is_clearly_worse_beyond_a_limit_or_not_measured_does_not_count() -> None:
    best = make_trial(1, "lightgbm", size_bytes=1e6)
    assert simplest(best, make_trial(2, score=0.5, size_bytes=1.0)) == 1
    assert simplest(best, make_trial(2, size_bytes=1.0, beyond_limits="too slow: 63 ms, at most 20 ms")) == 1
    assert simplest(best, make_trial(2)) == 1
    assert simplest(make_trial(1)) is None
    assert simplest() is None
