"""Do we need a model? Plain rules beside it, on the same rows."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from services.automl.preparation import Preparation, prepare
from services.automl.scoring import score
from services.automl.task import Task
from services.models import plain_rules
from services.models.plain_rules import compare_with_plain
from services.models.report import Between, Evaluation, PlainComparison
from services.valuation.amounts import format_money
from tests.makers_automl import make_goal, prepared, trained
from tests.makers_models import make_evaluation


def make_frame(n_rows: int = 600, *, is_plain: bool) -> pd.DataFrame:
    """An outcome that follows from one number, or from the parity of a sum that no line can say."""
    random = np.random.default_rng(3)
    months, calls = random.integers(0, 40, n_rows), random.integers(0, 40, n_rows)
    leaves = months < 12 if is_plain else (months + calls) % 2 == 0
    flipped = leaves ^ (random.random(n_rows) < 0.03)
    plan = pd.Series(random.choice(["month", "year"], n_rows)).mask(random.random(n_rows) < 0.1)
    return pd.DataFrame({"months": months, "calls": calls, "plan": plan, "left": np.where(flipped, "Yes", "No")})


@cache
def compared(*, is_plain: bool) -> PlainComparison:
    """Beside a model that knows the outcome but for some noise."""
    preparation = prepare(make_frame(is_plain=is_plain), target="left", money=make_goal())
    return _compared_with_expert(preparation)


def _compared_with_expert(preparation: Preparation) -> PlainComparison:
    y = preparation.train.y
    noise = np.random.default_rng(0).uniform(0, 0.45, len(y))
    p = np.where(y == 1, 1 - noise, noise)
    found = compare_with_plain(preparation, np.column_stack([1 - p, p]))
    assert found is not None
    return found


def test_where_one_number_decides_the_advice_is_to_stop() -> None:
    found = compared(is_plain=True)
    assert found.is_enough
    assert found.verdict.startswith("A rule of one condition gives 9")
    assert found.verdict.endswith("% of the value of the best model: consider stopping here.")


def test_the_rule_is_said_in_lines_that_a_person_can_follow() -> None:
    first = compared(is_plain=True).alternatives[0]
    assert first.name == "rule of one condition"
    assert len(first.lines) == 2
    assert first.lines[0].startswith("Where “months” is at most 11.5: 9")
    assert "are “Yes” (" in first.lines[0]
    assert first.lines[1].startswith("Where “months” is more than 11.5: ")


@cache
def compared_with_today(rule: str, capacity: float | None = None) -> PlainComparison:
    goal = make_goal(capacity_rate=capacity)
    return _compared_with_expert(prepare(make_frame(is_plain=True), target="left", money=goal, todays_rule=rule))


def test_todays_rule_is_priced_as_it_is_and_not_as_it_would_pay_best() -> None:
    """Acting on the loyal ones loses money; a threshold chosen for it would act on nobody or on everybody."""
    sound, unsound = (compared_with_today(rule).alternatives[0] for rule in ("months < 12", "months >= 12"))
    assert sound.name == unsound.name == "rule used today"
    everyone = compared_with_today("months < 12").everyone_value
    assert everyone is not None
    assert sound.yearly_value is not None
    assert unsound.yearly_value is not None
    assert unsound.yearly_value < 0 < sound.yearly_value
    assert sound.yearly_value + unsound.yearly_value == pytest.approx(everyone, rel=0.02)  # together they are everybody
    assert sound.between.value_low is not None
    assert sound.between.value_low < sound.yearly_value < sound.between.value_high  # type: ignore[operator]
    assert sound.lines[0].startswith("It acts on 1")
    assert sound.score > 0.9 > 0.6 > 0.5


def test_beyond_capacity_todays_rule_acts_by_chance() -> None:
    free, bound = (compared_with_today("months < 12", capacity).alternatives[0] for capacity in (None, 0.05))
    assert free.yearly_value is not None
    assert bound.yearly_value is not None
    share = int(free.lines[0].split("on ")[1].split(" of")[0].replace(",", "")) / 480
    assert bound.yearly_value == pytest.approx(free.yearly_value * 0.05 / share, rel=0.02)


def test_where_todays_rule_is_enough_it_is_named_first() -> None:
    assert compared_with_today("months < 12").verdict.startswith("The rule used today gives 9")
    assert compared_with_today("months < 12").is_enough


def test_of_a_number_todays_rule_is_scored_by_what_it_says() -> None:
    random = np.random.default_rng(2)
    frame = pd.DataFrame({"size": random.uniform(1, 100, 300)})
    frame["price"] = 3 * frame["size"] + random.normal(size=300)
    preparation = prepare(frame, target="price", todays_rule="where(size > 5, 3 * size, 1 / 0)")
    found = compare_with_plain(preparation, preparation.train.y + 0.01)
    assert found is not None
    today = found.alternatives[0]
    assert today.yearly_value is None
    assert today.score < found.guess_score / 3  # the mean where it has no answer
    assert "it has no answer for" in today.lines[0]


def test_where_no_rule_reaches_it_the_model_is_worth_more() -> None:
    found = compared(is_plain=False)
    assert not found.is_enough
    assert found.model_value is not None
    best = max(rule.yearly_value or 0.0 for rule in found.alternatives)
    assert "The best plain rule, a " in found.verdict
    assert found.verdict.endswith(f"the model earns {format_money(found.model_value - best)} a year more.")


def test_rules_are_judged_on_rows_they_were_not_found_on() -> None:
    """On noise a tree fitted to all rows looks good; out of fold it must not."""
    random = np.random.default_rng(5)
    frame = pd.DataFrame(random.normal(size=(300, 8)), columns=[f"x{i}" for i in range(8)])
    frame["left"] = random.choice(["Yes", "No"], 300)
    found = _compared_with_expert(prepare(frame, target="left", metric="roc_auc"))
    assert all(rule.score < 0.62 for rule in found.alternatives)


@pytest.mark.parametrize("task", list(Task))
def test_every_task_has_its_rules(task: Task) -> None:
    preparation, outcome = prepared(task), trained("linear", task)
    found = compare_with_plain(preparation, outcome.predictions)
    assert found is not None
    assert [len(rule.lines) for rule in found.alternatives[:2]] == [2, 3]
    rows = preparation.judged
    assert found.model_score == score(preparation.metric.name, preparation.train.y[rows], outcome.predictions[rows])
    assert found.model_value is None
    assert PlainComparison.from_document(found.document()) == found


def test_every_way_has_its_interval() -> None:
    found = compared(is_plain=True)
    for between, score_found in ((found.model_between, found.model_score), *_scored(found)):
        assert between.score_low is not None
        assert between.score_high is not None
        assert between.score_low <= score_found <= between.score_high
        assert between.value_low is not None


def _scored(found: PlainComparison) -> list[tuple[Between, float]]:
    return [(rule.between, rule.score) for rule in found.alternatives]


def test_many_rows_are_answered_in_blocks_and_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    preparation = prepare(make_frame(is_plain=False), target="left", metric="roc_auc")
    whole = _compared_with_expert(preparation)
    monkeypatch.setattr(plain_rules, "_BLOCK_ROWS", 7)
    assert _compared_with_expert(preparation) == whole


def test_numbers_too_large_for_a_tree_are_no_error() -> None:
    frame = make_frame(is_plain=True)
    frame["calls"] = np.where(frame["calls"] > 20, 1e300, -1e300)
    assert _compared_with_expert(prepare(frame, target="left", metric="roc_auc")).n > 0


def test_free_text_alone_gives_no_rule() -> None:
    words = np.random.default_rng(0).choice(["the", "a", "dress", "fits", "well", "badly", "colour", "size"], (80, 6))
    frame = pd.DataFrame({"review": [" ".join(row) for row in words], "left": ["Yes", "No"] * 40})
    preparation = prepare(frame, target="left")
    assert [column.kind for column in preparation.columns] == ["text"]
    assert compare_with_plain(preparation, np.full((len(preparation.train), 2), 0.5)) is None


def test_an_evaluation_of_before_is_still_read() -> None:
    document = make_evaluation().document()
    del document["plain"]
    assert Evaluation.from_document(document).plain is None
