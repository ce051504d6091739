"""Stories of cases: told of the right rows, by what refits say, without the outcome of rows kept aside."""

from dataclasses import replace

import numpy as np
import pytest

from services.automl.task import Task
from services.errors import InvalidInputError
from services.models.pipeline_file import load_pipeline
from services.proposals.lever import Lever
from services.stories import second_search, telling
from services.stories.case_report import CaseStory, SecondSearch
from services.stories.case_settings import CaseSettings
from services.stories.changeable import Changeable
from services.stories.counterfactuals import MAX_FOUND
from services.stories.deepening import tell_case
from services.stories.dice_ways import Proposals
from services.stories.obstacles import NO_LINE, NOT_FOUND, NOTHING_CHANGES
from services.stories.stability import refit
from services.stories.telling import Asked, Cases, tell_stories
from tests.makers_automl import finished, prepared

PLAN = Changeable(Lever("Plan", "choice", choices=("month", "year", "two years"), column="plan"), is_declared=True)
MONTHS = Changeable(Lever("Months", "number", low=0.0, high=59.0, column="months"), is_declared=False)


def told(row: int, task: Task = Task.BINARY, *, threshold: float | None = 0.5, family: str = "linear") -> CaseStory:
    asked = Asked((row,), ("One",), threshold, (PLAN, MONTHS))
    return tell_case(load_pipeline(finished(family, task).pipeline_file), family, prepared(task), asked)


def test_the_story_is_of_the_row_that_was_asked_about() -> None:
    preparation, example = prepared(), finished("linear").explanation.examples[0]
    story = told(example.row_number)
    assert story.prediction == pytest.approx(example.prediction)
    assert story.was_kept_aside
    place = int(np.flatnonzero(preparation.train.positions == preparation.train.positions[4])[0])
    assert not told(int(preparation.train.positions[place]) + 1).was_kept_aside


def test_reasons_add_up_to_where_the_case_is_but_for_the_small_ones() -> None:
    example = finished("linear").explanation.examples[0]
    story = told(example.row_number)
    assert story.is_towards
    harm = sum(part.effect for part in example.contributions if part.effect > 0)
    assert 0.8 * harm <= sum(reason.effect for reason in story.reasons) <= harm + 1e-9
    values = {part.column: part.value for part in example.contributions}
    assert all(reason.value == values[reason.column] for reason in story.reasons if reason.column != "since")


def test_a_counterfactual_is_what_the_model_says_of_the_changed_case() -> None:
    preparation, pipeline = prepared(), load_pipeline(finished("linear").pipeline_file)
    row = finished("linear").explanation.examples[0].row_number
    story = told(row)
    assert story.counterfactuals
    assert story.obstacle == ""
    case = preparation.holdout.x[preparation.holdout.positions == row - 1]
    for one in story.counterfactuals:
        changed = case.assign(**{change.column: change.after for change in one.changes})
        assert 100 * pipeline.predict_proba(changed)[0, 1] == pytest.approx(one.prediction)
        assert one.prediction < 50.0 <= story.prediction
        assert {change.column for change in one.changes} <= {"plan", "months"}


@pytest.fixture
def proposing(monkeypatch: pytest.MonkeyPatch) -> list[CaseSettings]:
    """Another library that proposes a longer contract for longer; the cases it was asked about."""
    asked: list[CaseSettings] = []

    def propose(case: CaseSettings) -> Proposals:
        asked.append(case)
        return Proposals("DiCE 9.9", ({"plan": "two years", "months": 50.0},))

    monkeypatch.setattr(second_search, "propose", propose)
    return asked


def test_a_second_search_is_of_the_same_case_and_told_beside_ours(proposing: list[CaseSettings]) -> None:
    row = finished("linear").explanation.examples[0].row_number
    story = told(row)
    (asked,) = proposing
    assert asked.answers([{}]) == pytest.approx([story.prediction])
    assert asked.values.keys() == {"plan", "months"}
    assert story.second == SecondSearch("DiCE 9.9", n_proposed=1, n_holding=1, n_new=0)
    assert 1 <= len(story.counterfactuals) <= MAX_FOUND
    assert not any(found.found_by for found in story.counterfactuals)


def test_a_way_that_only_the_second_search_finds_is_told(
    proposing: list[CaseSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "find_ways", lambda _case: [])
    story = told(finished("linear").explanation.examples[0].row_number)
    assert story.obstacle == ""
    assert {found.found_by for found in story.counterfactuals} == {"DiCE 9.9"}
    assert all(found.prediction < 50.0 for found in story.counterfactuals)


def test_of_many_cases_only_the_first_are_searched_again(
    proposing: list[CaseSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "_MOST_SEARCHED_AGAIN", 1)
    asked = Asked((1, 2, 3), ("", "", ""), 0.5, (PLAN, MONTHS))
    stories = tell_stories(load_pipeline(finished("linear").pipeline_file), Cases(prepared(), asked))
    assert [story.second is None for story in stories] == [False, True, True]
    assert len(proposing) == 1


def test_where_nothing_is_looked_for_no_library_is_asked(proposing: list[CaseSettings]) -> None:
    row = finished("linear").explanation.examples[0].row_number
    assert told(row, threshold=None).second is None
    pipeline = load_pipeline(finished("linear").pipeline_file)
    assert tell_case(pipeline, "linear", prepared(), Asked((row,), ("",), 0.5)).second is None
    assert proposing == []


def test_without_a_line_or_a_choice_it_says_why_there_is_no_other_case() -> None:
    row = finished("linear").explanation.examples[0].row_number
    assert told(row, threshold=None).obstacle == NO_LINE
    pipeline, preparation = load_pipeline(finished("linear").pipeline_file), prepared()
    nothing = tell_case(pipeline, "linear", preparation, Asked((row,), ("",), 0.5))
    assert nothing.obstacle == NOTHING_CHANGES
    assert told(row, threshold=0.0001).obstacle == NOT_FOUND


def test_the_similar_case_was_not_seen_by_the_copy_and_went_wrong() -> None:
    preparation = prepared()
    row = finished("linear").explanation.examples[0].row_number
    similar = told(row).similar
    assert similar is not None
    place = int(np.flatnonzero(preparation.train.positions == similar.row - 1)[0])
    outcome = preparation.classes[preparation.train.y[place]]
    assert similar.happened == outcome
    assert (similar.said >= 50.0) != (outcome == "Yes")
    assert 0 < similar.n_wrong < similar.n_judged == len(preparation.train)
    assert 0.5 < similar.likeness <= 1.0


def test_a_case_is_never_like_itself() -> None:
    preparation = prepared()
    wrong = told(finished("linear").explanation.examples[0].row_number).similar
    assert wrong is not None
    again = told(wrong.row).similar
    assert again is not None
    assert again.row != wrong.row
    assert wrong.row - 1 in preparation.train.positions


def test_a_close_call_is_one_within_the_noise_of_refits() -> None:
    examples = {example.label: example.row_number for example in finished("linear").explanation.examples}
    high, close = told(examples["The highest prediction"]), told(examples["A close call"])
    assert not high.is_close
    assert close.is_close
    assert close.noise is not None
    assert close.distance is not None
    assert abs(close.distance) <= 1.96 * close.noise


def test_two_refits_are_too_few_to_speak_of_noise() -> None:
    preparation, pipeline = prepared(), load_pipeline(finished("linear").pipeline_file)
    cases = Cases(preparation, Asked((1, 2), ("", ""), 0.5))
    for place, one in enumerate(refit(pipeline, "linear", preparation, 1, lambda _share, _phase: None)):
        cases.hear(one)
        assert (cases.noise(0, 1) is None) == (place < 2)
    assert np.isfinite(cases.out_of_fold).all()
    assert [story.row for story in tell_stories(pipeline, cases)] == [1, 2]


def test_outcomes_of_rows_kept_aside_change_nothing() -> None:
    preparation, pipeline = prepared(), load_pipeline(finished("linear").pipeline_file)
    asked = Asked((finished("linear").explanation.examples[0].row_number,), ("",), 0.5, (PLAN, MONTHS))
    turned = replace(preparation, holdout=replace(preparation.holdout, y=1 - preparation.holdout.y))
    assert tell_case(pipeline, "linear", preparation, asked) == tell_case(pipeline, "linear", turned, asked)


@pytest.mark.parametrize("task", [Task.MULTICLASS, Task.REGRESSION])
def test_several_classes_and_numbers_have_stories_without_a_line(task: Task) -> None:
    story = told(7, task, threshold=None, family="lightgbm")
    assert story.answer in ("", *prepared(task).classes)
    assert (story.answer == "") == (task is Task.REGRESSION)
    assert (story.distance, story.is_close, story.counterfactuals) == (None, False, ())
    assert story.reasons
    similar = story.similar
    assert similar is not None
    if task is Task.MULTICLASS:
        assert similar.said_answer != similar.happened


def test_a_row_without_a_known_outcome_is_refused_in_a_sentence() -> None:
    with pytest.raises(InvalidInputError, match="Row 9,999 is not among the rows"):
        Cases(prepared(), Asked((9_999,), ("",), 0.5))


def test_a_protected_column_is_no_reason() -> None:
    pipeline, preparation = load_pipeline(finished("linear").pipeline_file), prepared()
    row = finished("linear").explanation.examples[0].row_number
    story = tell_case(pipeline, "linear", preparation, Asked((row,), ("",), 0.5, without=("months",)))
    assert story.reasons
    assert all("months" not in (reason.column, *reason.along) for reason in story.reasons)
