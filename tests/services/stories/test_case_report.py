"""When a call is close."""

import pytest

from services.stories.case_report import CaseStory, Change, Counterfactual, SecondSearch
from tests.makers_stories import make_story


@pytest.mark.parametrize(
    ("prediction", "noise", "is_close"),
    [
        (33.0, 4.0, True),
        (37.9, 4.0, False),
        (37.8, 4.0, True),
        (22.2, 4.0, True),
        (22.0, 4.0, False),
        (30.0, 0.0, True),
    ],
)
def test_a_call_is_close_within_twice_the_noise_on_either_side(prediction: float, noise: float, is_close: bool) -> None:
    assert make_story(prediction=prediction, noise=noise).is_close is is_close


def test_without_a_line_or_noise_no_call_is_close() -> None:
    assert make_story(threshold=None).distance is None
    assert not make_story(threshold=None).is_close
    assert not make_story(noise=None).is_close


def test_a_story_comes_back_as_it_was_stored() -> None:
    assert CaseStory.from_document(make_story().document()) == make_story()


def test_a_story_comes_back_with_its_second_search() -> None:
    ways = (Counterfactual((Change("tenure", 2.0, 9.0),), 29.0, "DiCE 0.12"),)
    story = make_story(counterfactuals=ways, second=SecondSearch("DiCE 0.12", 8, 6, 1, ""))
    assert CaseStory.from_document(story.document()) == story


def test_a_story_of_before_there_was_a_second_search_is_read_and_keeps_its_hash() -> None:
    document = make_story().document()
    assert "second" not in document
    assert "found_by" not in document["counterfactuals"][0]
    assert CaseStory.from_document(document).second is None
    assert CaseStory.from_document(document).counterfactuals[0].found_by == ""
