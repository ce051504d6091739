"""Whether a metric of models fits what the business wants to move."""

from dataclasses import replace

from services.valuation.metric_link import METRICS, BusinessMetric, check_link

LEAVERS = BusinessMetric("Customers who leave", "%", 5.0, 4.0)


def test_what_fits_is_explained_and_what_the_metric_cannot_see_comes_last() -> None:
    found = check_link(LEAVERS, METRICS["roc_auc"], task="binary")
    assert len(found) == 2
    assert "better when higher" in found[0]
    assert "better when it falls" in found[0]
    assert "cannot see where the line is drawn" in found[-1]


def test_a_metric_without_direction_or_of_another_task_is_doubted() -> None:
    for lost in (replace(LEAVERS, target=5.0), replace(LEAVERS, baseline=None)):
        assert "has no direction" in check_link(lost, METRICS["log_loss"], task="binary")[0]
    assert "does not score" in check_link(LEAVERS, METRICS["mae"], task="binary")[0]


def test_units_that_differ_are_doubted_only_where_the_metric_has_one() -> None:
    sold = BusinessMetric("Bread thrown away", "loaves", 900, 400)
    assert (
        "in loaves, the predicted number in kg"
        in check_link(sold, METRICS["mae"], task="regression", target_unit="kg")[0]
    )
    assert len(check_link(sold, METRICS["mae"], task="regression", target_unit="loaves")) == 2
    assert len(check_link(LEAVERS, METRICS["roc_auc"], task="binary", target_unit="kg")) == 2


def test_every_metric_says_what_it_cannot_see() -> None:
    for metric in METRICS.values():
        assert metric.blind_to
        assert check_link(LEAVERS, metric, task=metric.tasks[0])[-1].startswith(f"{metric.title} cannot see")
