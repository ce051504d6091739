"""The whole examination of a model, without a database: what it tells of sound, leaking and hopeless models."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from services.automl.serving_limits import ServingLimits
from services.examinations.assertions import Assertion
from services.examinations.examining import examine
from services.examinations.report import AMBER, NOT_APPLICABLE, PASSED, RED, ExaminationReport, Finding
from tests.makers_automl import CANDIDATES
from tests.makers_prepared import Prepared, make_known, make_plain_table, make_prepared

FALLS = Assertion("direction", column="tenure", way="raises", outcome="Yes")


def examined(model: Prepared, **changes: Any) -> ExaminationReport:
    assertions = {"a": FALLS} if "tenure" in model.asked.inputs and model.asked.task == "binary" else {}
    return examine(
        model.pipeline,
        model.preparation,
        model.table,
        make_known(model, **changes),
        model.asked,
        assertions,
        lambda _share, _phase: None,
    )


def finding(report: ExaminationReport, code: str) -> Finding:
    (found,) = [one for one in report.findings if one.code == code]
    return found


@pytest.fixture(scope="module")
def sound() -> Iterator[Prepared]:
    yield make_prepared(make_plain_table(2_000))


def test_of_a_sound_model_no_check_is_red_and_the_assertion_holds(sound: Prepared) -> None:
    report = examined(sound)
    assert RED not in {one.state for one in report.findings if one.code != "plain_rule"}
    assert [one.state for one in report.assertions] == ["holds"]
    assert finding(report, "calibrated").state == PASSED
    assert (report.task, report.currency, report.threshold) == ("binary", "EUR", sound.threshold)
    assert ExaminationReport.from_document(report.document()) == report


def test_it_says_how_far_it_is_and_never_goes_back(sound: Prepared) -> None:
    heard: list[float] = []
    examine(
        sound.pipeline,
        sound.preparation,
        sound.table,
        make_known(sound),
        sound.asked,
        {},
        lambda share, _phase: heard.append(share),
    )
    assert heard == sorted(heard)
    assert 0 < heard[0] < heard[-1] < 1


def test_the_rows_kept_aside_are_not_looked_at_again(sound: Prepared) -> None:
    """What a model would say of them is what was measured at the end of its run, also where they are gone."""
    holdout = sound.preparation.holdout
    gone = replace(sound.preparation, holdout=replace(holdout, x=holdout.x.iloc[:0], y=holdout.y[:0]))
    known = make_known(sound)
    arguments: Any = (sound.table, known, sound.asked, {"a": FALLS}, lambda _share, _phase: None)
    blind, seeing = (examine(sound.pipeline, one, *arguments) for one in (gone, sound.preparation))
    assert blind.slices == seeing.slices
    assert blind.stresses == seeing.stresses
    assert [one.code for one in blind.findings if one.state == RED] == [
        one.code for one in seeing.findings if one.state == RED
    ]


def test_a_leak_is_red_and_too_good() -> None:
    table = make_plain_table(1_200)
    table["closed"] = (table["churn"] == "Yes") + np.random.default_rng(0).normal(0, 0.02, len(table))
    report = examined(make_prepared(table))
    assert finding(report, "leak").state == RED
    assert "“closed” alone" in finding(report, "leak").sentence
    assert finding(report, "too_good").state == AMBER


def test_a_model_of_noise_is_no_better_than_a_guess_and_learned_by_heart() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=900), "b": random.normal(size=900)})
    table["churn"] = pd.Series(np.where(random.random(900) < 0.4, "Yes", "No"), dtype="str")
    report = examined(make_prepared(table, candidate=CANDIDATES["random_forest"]))
    assert finding(report, "guess").state in (AMBER, RED)
    assert finding(report, "overfit").state in (AMBER, RED)


def test_a_limit_of_the_objective_that_is_broken_is_red() -> None:
    strict = make_prepared(make_plain_table(600), limits=ServingLimits(row_ms=0.001, file_mb=0.01))
    report = examined(strict)
    assert finding(report, "slow").state == RED
    assert finding(report, "large").state == RED


def test_a_constant_model_is_examined_and_found_worthless() -> None:
    """All inputs are noise of one value nearly everywhere: the model says the same of everybody."""
    random = np.random.default_rng(0)
    table = pd.DataFrame({"flag": np.where(np.arange(600) < 3, 1.0, 0.0)})
    table["churn"] = pd.Series(np.where(random.random(600) < 0.4, "Yes", "No"), dtype="str")
    report = examined(make_prepared(table))
    assert finding(report, "guess").state in (AMBER, RED)
    assert report.slices.found == ()
    assert report.stresses.found, "Its inputs can go wrong all the same."


def test_all_missing_500_categories_dates_and_text_do_not_stop_it() -> None:
    table = make_plain_table(1_000)
    random = np.random.default_rng(1)
    table["gone"] = np.where(np.arange(1_000) < 2, 1.0, np.nan)
    table["place"] = pd.Series([f"p{code}" for code in random.integers(0, 500, 1_000)], dtype="str")
    table["joined"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(random.integers(0, 1_500, 1_000), unit="D")
    words = np.array(["late", "kind", "broken", "bill", "again", "thanks"])
    table["note"] = pd.Series([" ".join(random.choice(words, 5)) for _ in range(1_000)], dtype="str")
    model = make_prepared(table)
    assert {column.kind for column in model.preparation.columns} >= {"number", "category", "date", "text"}
    report = examined(model)
    assert report.slices.n_tried > 0
    assert {one.kind for one in report.stresses.found} == {"missing", "shifted", "extreme", "noisy", "unseen"}


def test_a_number_is_examined_without_classes_and_money() -> None:
    random = np.random.default_rng(0)
    table = pd.DataFrame({"a": random.normal(size=900), "b": random.normal(size=900)})
    table["amount"] = 3 * table["a"] + random.normal(size=900)
    report = examined(make_prepared(table, target="amount", is_priced=False))
    assert (report.task, report.currency, report.threshold) == ("regression", None, None)
    assert finding(report, "calibrated").state == NOT_APPLICABLE
    assert finding(report, "guess").state == PASSED
    assert report.stresses.amount is None


def test_several_classes_are_examined() -> None:
    random = np.random.default_rng(0)
    kind = random.choice(["a", "b", "c"], 900)
    table = pd.DataFrame({"hint": pd.Series(kind, dtype="str"), "noise": random.normal(size=900)})
    table["kind"] = pd.Series(np.where(random.random(900) < 0.8, kind, "a"), dtype="str")
    report = examined(make_prepared(table, target="kind", is_priced=False))
    assert report.task == "multiclass"
    assert finding(report, "guess").state == PASSED
    assert report.slices.n_tried > 0


def test_rows_of_one_group_are_searched_as_groups() -> None:
    table = make_plain_table(1_200)
    table["customer"] = pd.Series([f"k{place // 4}" for place in range(1_200)], dtype="str")
    model = make_prepared(table, split={"kind": "group", "group": "customer"})
    report = examined(model)
    assert report.slices.n_exploring + report.slices.n_confirming == report.slices.n_rows
    assert report.slices.n_exploring % 4 == 0, "No customer is in both halves."
