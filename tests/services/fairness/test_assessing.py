"""What an assessment looks at: rows aligned with their groups, columns no model takes, and what it refuses."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from services.automl.metrics import METRICS
from services.automl.money import MoneyGoal
from services.automl.preparation import Preparation, prepare
from services.automl.task import Task
from services.automl.training import fit_pipeline, new_pipeline
from services.errors import InvalidInputError
from services.fairness.assessing import assess
from services.fairness.error_price import ErrorPrice
from services.fairness.report import Agreed, FairnessReport
from services.fairness.subjects import Asked
from services.valuation.forecast_cost import ForecastCost
from tests.makers_automl import CANDIDATES, make_cases, make_goal, prepared
from tests.makers_fairness import make_people

FEATURES = ("income", "tenure", "district")


def asked(frame: pd.DataFrame, preparation: Preparation, *columns: str, agreed: Agreed | None = None) -> Asked:
    candidate = CANDIDATES["linear"]
    pipeline = fit_pipeline(new_pipeline(preparation, candidate), candidate, preparation.train.x, preparation.train.y)
    threshold = 0.4 if preparation.task is Task.BINARY else None
    return Asked(pipeline, "linear", preparation, frame, columns, threshold, agreed)


def of_people(frame: pd.DataFrame, money: MoneyGoal | None = None) -> Preparation:
    return prepare(frame, target="churn", feature_columns=FEATURES, n_folds=3, money=money)


def found(report: FairnessReport) -> dict[str, float]:
    return {group.name: group.found.value for group in report.compared[0].groups if group.found}


def test_a_column_the_model_does_not_take_is_looked_at_beside_its_own_rows() -> None:
    frame = make_people(1_500).sample(frac=1, random_state=3)  # the index says nothing about the place of a row
    preparation = of_people(frame)
    report = assess(asked(frame, preparation, "group"))
    rows = frame.iloc[preparation.train.positions]
    for group in report.compared[0].groups:
        own = rows[rows["group"] == group.name]
        assert group.n == len(own)
        assert group.n_positive == int((own["churn"] == "Yes").sum())
    rates = found(report)
    assert rates["a"] > rates["b"]


def test_the_sealed_rows_change_nothing() -> None:
    frame = make_people(800)
    preparation = of_people(frame, make_goal())
    sealed = frame.copy()
    is_sealed = np.isin(np.arange(len(sealed)), preparation.holdout.positions)
    sealed["group"] = sealed["group"].mask(is_sealed, "sealed")
    one, other = (assess(asked(each, preparation, "group")) for each in (frame, sealed))
    assert replace(one, seconds=0.0) == replace(other, seconds=0.0)


def test_without_payoffs_nothing_is_priced_and_the_share_acted_on_is_kept() -> None:
    frame = make_people(900)
    report = assess(asked(frame, of_people(frame), "group"))
    assert report.currency is None
    options = {option.code: option for option in report.compared[0].options}
    assert set(options) == {"as_is", "acted", "found", "without"}
    assert all(option.yearly is None and option.extra is None for option in options.values())
    assert "No money is shown" in " ".join(report.notes)


def test_a_tolerance_about_false_alarms_looks_at_those() -> None:
    frame = make_people(900)
    agreed = Agreed(1, "false_alarm", 0.0, 0)
    report = assess(asked(frame, of_people(frame, make_goal()), "group", agreed=agreed))
    assert report.harm == "false_alarm"
    assert {option.code for option in report.compared[0].options} >= {"acted", "alarms"}
    assert report.compared[0].standing == "beyond"


def test_a_tolerance_of_another_kind_is_not_applied_and_that_is_said() -> None:
    frame = make_people(600)
    report = assess(asked(frame, of_people(frame), "group", agreed=Agreed(1, "error", 0.1, 0)))
    assert report.harm == "missed"
    assert report.compared[0].standing == "none"
    assert "another kind of answer" in " ".join(report.notes)


def test_one_group_only_is_said_and_compared_with_nobody() -> None:
    frame = make_people(400).assign(place="here")
    report = assess(asked(frame, of_people(frame), "place"))
    assert report.compared[0].gaps.found is None
    assert not report.compared[0].options
    assert "“place” has one group only" in " ".join(report.notes)


def test_a_number_is_compared_by_its_errors_and_what_can_be_done_is_priced() -> None:
    frame = make_cases(400)
    plain = asked(frame, prepared(Task.REGRESSION), "plan")
    report = assess(plain)
    assert report.harm == "error"
    compared = report.compared[0]
    assert compared.gaps.bias is not None
    assert all(group.bias is not None for group in compared.groups if group.is_counted)
    assert {"as_is", "shift", "line"} <= {option.code for option in compared.options}
    assert report.currency is None
    assert "say in Money what a unit too little" in " ".join(report.notes)
    assert "make a yes-or-no question of it" in " ".join(report.notes)
    priced = assess(replace(plain, price=ErrorPrice(ForecastCost(4.0, 1.0), 1_200.0, "EUR")))
    assert priced.currency == "EUR"
    assert all(option.yearly is not None and option.yearly.value < 0 for option in priced.compared[0].options)
    assert all(group.worth is not None for group in priced.compared[0].groups if group.is_counted)
    assert "by Money; a model that is never wrong would cost 0" in " ".join(priced.notes)


@pytest.mark.parametrize(
    ("favourable", "why"),
    [((), "which of the classes are good"), (("new", "large", "small"), "every class"), (("gold",), "no class “gold”")],
)
def test_what_is_no_division_of_several_classes_is_refused(favourable: tuple[str, ...], why: str) -> None:
    plain = asked(make_cases(400), prepared(Task.MULTICLASS), "plan")
    with pytest.raises(InvalidInputError, match=why):
        assess(replace(plain, favourable=favourable))


def test_of_several_classes_groups_are_compared_by_who_is_given_a_favourable_one() -> None:
    frame, preparation = make_cases(400), prepared(Task.MULTICLASS)
    plain = replace(asked(frame, preparation, "plan"), favourable=("new", "large"))
    report = assess(plain)
    assert (report.harm, report.favourable, report.positive_label) == ("missed", ("new", "large"), None)
    rows = frame.iloc[preparation.train.positions]
    assert report.base_rate == pytest.approx(rows["segment"].isin(["new", "large"]).mean())
    for group in report.compared[0].groups:
        own = rows[rows["plan"].fillna("no value") == group.name]
        assert group.n_positive == int(own["segment"].isin(["new", "large"]).sum())
    options = {option.code: option for option in report.compared[0].options}
    assert {"as_is", "acted", "found"} <= set(options)
    assert "one" not in options  # without payoffs no other lead for all is better
    assert all(option.right is not None and option.right.n == report.n_rows for option in options.values())
    assert report.currency is None
    assert "nobody said that giving a favourable class" in " ".join(report.notes)
    assert "Which of the other classes somebody gets is not" in " ".join(report.notes)


def test_of_several_classes_what_giving_one_brings_is_priced_where_somebody_says_so() -> None:
    plain = asked(make_cases(400), prepared(Task.MULTICLASS), "plan")
    report = assess(replace(plain, favourable=("new",), goal=make_goal()))
    assert report.currency == make_goal().currency
    options = {option.code: option for option in report.compared[0].options}
    assert options["one"].extra is not None
    assert all(option.yearly is not None for option in options.values())
    assert not options["one"].needs_group
    assert options["found"].needs_group


def test_a_favourable_class_of_hardly_a_row_is_not_priced_and_ends_nothing() -> None:
    frame, preparation = make_cases(400), prepared(Task.MULTICLASS)
    place = preparation.classes.index("new")
    y = preparation.train.y.copy()
    y[y == place] = (place + 1) % len(preparation.classes)
    rare = replace(preparation, train=replace(preparation.train, y=y))
    plain = asked(frame, preparation, "plan")
    report = assess(replace(plain, preparation=rare, favourable=("new",), goal=make_goal()))
    assert report.currency is None
    assert "too few judged rows are of a favourable class" in " ".join(report.notes)


def test_a_favourable_class_beside_all_others_is_the_question_of_yes_and_no() -> None:
    """Of two classes, one of them favourable, all that is measured is what a threshold of one half gives."""
    frame = make_people(900)
    preparation = of_people(frame)
    yes_or_no = assess(replace(asked(frame, preparation, "group"), threshold=0.5))
    several = replace(preparation, task=Task.MULTICLASS, metric=METRICS["log_loss"])
    classes = assess(replace(asked(frame, preparation, "group"), preparation=several, favourable=("Yes",)))
    assert classes.compared[0].groups == yes_or_no.compared[0].groups
    assert classes.compared[0].gaps == yes_or_no.compared[0].gaps
    ours, theirs = ({one.code: one for one in found.compared[0].options} for found in (classes, yes_or_no))
    for code in ("as_is", "acted", "found"):
        assert replace(ours[code], right=None) == theirs[code]


def test_a_column_that_is_gone_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no column “gone”"):
        assess(asked(make_cases(400), prepared(), "gone"))


def test_it_says_how_far_it_is() -> None:
    frame, said = make_people(500), list[tuple[float, str]]()
    assess(asked(frame, of_people(frame), "group", "age"), lambda share, phase: said.append((share, phase)))
    shares = [share for share, _phase in said]
    assert shares == sorted(shares)
    assert np.ptp(shares) > 0.9
