"""Ways to treat groups alike: judged on rows they were not chosen on, and what is dropped from a model."""

from dataclasses import replace

import numpy as np
import pytest

from services.automl.priced_rows import PricedRows
from services.automl.training import fit_pipeline, new_pipeline
from services.fairness.groups import Grouping
from services.fairness.mitigation import columns_to_drop, compare_options, refit_without
from services.fairness.report import Proxy
from services.fairness.thresholds import Scored
from services.models.top_loss import out_of_fold
from tests.makers_automl import CANDIDATES, make_goal, prepared
from tests.services.fairness.test_thresholds import make_scored


def folds_of(n: int, k: int = 3) -> tuple[np.ndarray[tuple[int], np.dtype[np.intp]], ...]:
    return tuple(np.arange(start, n, k, dtype=np.intp) for start in range(k))


def grouping_of(rows: Scored) -> Grouping:
    return Grouping(("g",), tuple("abc"[: rows.n_groups]), rows.codes)


def test_the_gap_closes_on_rows_that_had_no_part_in_the_choice() -> None:
    rows = make_scored(3_000)
    found = compare_options(grouping_of(rows), rows, folds_of(3_000), threshold=0.5, harm="missed", without=None)
    options = {option.code: option for option in found}
    assert list(options) == ["as_is", "one", "acted", "found"]
    before, after = options["as_is"].found, options["found"].found
    assert before is not None and before.value > 0.4
    assert after is not None and after.value < 0.08
    assert options["as_is"].extra is None
    assert options["found"].needs_group and not options["one"].needs_group


def test_money_is_that_of_the_decisions_and_extra_is_paired() -> None:
    rows = make_scored(1_200)
    assert rows.priced is not None
    found = compare_options(grouping_of(rows), rows, folds_of(1_200), threshold=0.5, harm="missed", without=None)
    as_is, one = found[0], found[1]
    yearly = np.where(rows.scores >= 0.5, rows.priced.worth, 0.0).mean() * rows.priced.goal.yearly_cases
    assert as_is.yearly is not None and one.yearly is not None and one.extra is not None
    assert as_is.yearly.value == pytest.approx(yearly)
    assert one.extra.value == pytest.approx(one.yearly.value - as_is.yearly.value)
    assert one.extra.low is not None and one.yearly.low is not None
    assert one.extra.value - one.extra.low < one.yearly.value - one.yearly.low


def test_money_is_weighted_to_use() -> None:
    plain = make_scored(1_200)
    priced = PricedRows(make_goal(base_rate=0.1), plain.y)
    rows = replace(plain, priced=priced)
    as_is = compare_options(grouping_of(rows), rows, folds_of(1_200), threshold=0.5, harm="missed", without=None)[0]
    assert as_is.yearly is not None
    assert as_is.yearly.value == pytest.approx(priced.yearly(rows.scores, 0.5))


def test_fewer_than_two_large_groups_leave_nothing_to_compare() -> None:
    rows = make_scored(200)
    codes = np.zeros(200, dtype=np.intp)
    codes[:10] = 1
    small = Scored(rows.scores, rows.y, codes, 2, rows.priced)
    assert compare_options(grouping_of(small), small, folds_of(200), threshold=0.5, harm="missed", without=None) == ()


def test_a_model_fitted_without_columns_is_another_option() -> None:
    rows = make_scored(900)
    found = compare_options(
        grouping_of(rows),
        rows,
        folds_of(900),
        threshold=0.5,
        harm="missed",
        without=(("plan",), replace(rows, scores=rows.y.astype(np.float64))),
    )
    assert found[-1].without == ("plan",)
    assert found[-1].found is not None and found[-1].found.value == 0.0, "It finds everybody."


def test_what_is_dropped_is_the_column_itself_and_what_tells_it_alone() -> None:
    preparation = prepared()
    grouping = Grouping(("plan",), ("month", "year"), np.zeros(1, dtype=np.intp))
    proxy = Proxy("month", 0.9, 0.85, 0.95, 300, (("months", 0.8), ("charges", 0.65)), is_warning=True)
    assert columns_to_drop(grouping, proxy, preparation) == ("plan", "months")
    assert columns_to_drop(grouping, None, preparation) == ("plan",)
    unseen = replace(grouping, columns=("sex",))
    assert columns_to_drop(unseen, None, preparation) == ()
    everything = replace(proxy, columns=tuple((column.name, 0.9) for column in preparation.columns))
    assert columns_to_drop(grouping, everything, preparation) != tuple(c.name for c in preparation.columns)


def test_a_model_without_its_columns_answers_as_if_they_said_nothing() -> None:
    preparation, candidate = prepared(), CANDIDATES["linear"]
    pipeline = fit_pipeline(new_pipeline(preparation, candidate), candidate, preparation.train.x, preparation.train.y)
    blind = refit_without(pipeline, "linear", preparation, ("months", "plan"))
    shuffled = preparation.train.x.assign(months=0.0)
    other = replace(preparation, train=replace(preparation.train, x=shuffled))
    assert refit_without(pipeline, "linear", other, ("months", "plan")) == pytest.approx(blind, abs=1e-6)
    assert not np.allclose(out_of_fold(pipeline, "linear", preparation), blind, atol=0.01)


def test_no_row_judges_a_threshold_it_had_a_part_in(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, folds, chosen_on = make_scored(600), folds_of(600), list[frozenset[float]]()

    def watched(part: Scored, *_: object) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        chosen_on.append(frozenset(part.scores.tolist()))
        return np.full(part.n_groups, 0.5)

    distinct = replace(rows, scores=np.linspace(0, 1, 600))
    for name in ("equal_thresholds", "one_threshold"):
        monkeypatch.setattr(f"services.fairness.mitigation.{name}", watched)
    compare_options(grouping_of(rows), distinct, folds, threshold=0.5, harm="missed", without=None)
    assert len(chosen_on) == 3 * len(folds), "Three ways are chosen, each once for every fold."
    for place, seen in enumerate(chosen_on):
        judged = set(distinct.scores[folds[place % len(folds)]].tolist())
        assert len(seen) == 400
        assert not seen & judged
