"""The variants of a run side by side."""

from portal.ui.leaderboard import leaderboard_rows
from services.automl.pins import Pinned
from services.automl.serving_limits import ServingLimits
from tests.services.automl.test_sentences import make_trial, make_view


def test_what_is_beyond_a_limit_says_so_beside_its_score() -> None:
    trials = [make_trial(1), make_trial(2, beyond_limits="too slow: 63 ms, at most 20 ms")]
    run = make_view(*trials, limits=ServingLimits(row_ms=20.0))
    rows = leaderboard_rows([Pinned(run, trial) for trial in trials])
    assert [row["Limits"] for row in rows] == ["Kept", "Beyond: too slow: 63 ms, at most 20 ms"]


def test_without_limits_there_is_nothing_to_say_of_them() -> None:
    run = make_view(make_trial(1))
    assert "Limits" not in leaderboard_rows([Pinned(run, run.trials[0])])[0]
