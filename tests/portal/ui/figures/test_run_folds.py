"""The strip of folds."""

from portal.ui.figures.run_folds import fold_strip
from tests.services.automl.test_sentences import make_trial, make_view


def test_each_fold_is_a_dot_and_all_together_a_bar() -> None:
    best = make_trial(1, score=0.8, fold_scores=(0.79, 0.81, 0.80))
    other = make_trial(2, score=0.7, fold_scores=(0.69, 0.71))
    figure = fold_strip(make_view(best, other), {"Best": best, "No. 2": other})
    dots, bar, other_dots, _other_bar = figure.data
    assert list(dots.x) == [0.79, 0.81, 0.80]
    assert set(dots.y) == {"Best"}
    assert list(bar.x) == [0.8]
    assert dots.hovertext[0] == "Fold 1: 0.790"
    assert dots.marker.color != other_dots.marker.color
    assert figure.layout.xaxis.title.text == "AUC"


def test_it_grows_with_what_it_shows() -> None:
    trial = make_trial(1)
    one = fold_strip(make_view(trial), {"Best": trial})
    two = fold_strip(make_view(trial), {"Best": trial, "No. 1": trial})
    assert two.layout.height > one.layout.height
