"""What answers set for later stages, as figures and in words."""

from typing import get_args

from services.proposals.considerations import Considerations
from services.proposals.later import IN_FORCE, Code, Stage, amount_of, defaults_of, is_labelling_blind, later_defaults
from services.proposals.reflection import BY_CODE, Answer, Reflection
from services.proposals.sentences import SET_FOR, considered_words, later_words


def reflect(**answers: Answer) -> Reflection:
    return Reflection(tuple(answers.items()))


def test_answers_set_what_later_stages_begin_with() -> None:
    said = reflect(
        selects_cases=Answer(True, "We explore."),
        labellers_see_score=Answer(True, "Blind."),
        out_of_domain=Answer(True, "Watched."),
        harm=Answer(True, "Checked."),
    )
    found = {(each.stage, each.name): each.value for each in later_defaults(said, 30) if each.stage != "Review"}
    assert found == {
        ("Pilot", "Exploration share"): "2%",
        ("Pilot", "Control group kept for good"): "10%",
        ("Data", "Blind labelling"): "on",
        ("Model", "Rows kept aside to judge the model"): "25%",
        ("Model", "Gap between training and test"): "30 days",
    }
    monitors = [each.value for each in later_defaults(said) if each.stage == "Review"]
    assert monitors == ["Check of cases by a person, monthly", "Share of cases unlike the data, daily"]


def test_stages_compute_with_the_figures() -> None:
    said = reflect(selects_cases=Answer(True, "x"), harm=Answer(True, "x"), labellers_see_score=Answer(True, "x"))
    found = defaults_of(Considerations(label_delay_days=45, reflection=said))
    codes: tuple[Code, ...] = ("exploration_rate", "control_rate", "kept_aside_rate", "gap_days")
    assert [amount_of(found, code) for code in codes] == [0.02, 0.10, 0.25, 45.0]
    assert is_labelling_blind(found)
    assert amount_of((), "gap_days") is None
    assert not is_labelling_blind(())


def test_labels_of_chosen_cases_only_need_more_exploration() -> None:
    said = reflect(selects_cases=Answer(True, "x"), selective_labels=Answer(True, "x"))
    assert [each.value for each in later_defaults(said) if each.code == "exploration_rate"] == ["5%"]


def test_no_answer_sets_nothing() -> None:
    assert later_defaults(Reflection()) == ()
    assert later_defaults(reflect(harm=Answer(None), selects_cases=Answer(False))) == ()


def test_every_stage_says_what_becomes_of_it() -> None:
    assert set(IN_FORCE) == set(SET_FOR) == set(get_args(Stage))
    everything = reflect(**{code: Answer(True, "x") for code in BY_CODE})
    words = later_words(later_defaults(everything, 30))
    assert set(words) == set(SET_FOR.values())
    assert words["Set for the pilot"] == (
        "Exploration share: 5%, because the outcome is only known for chosen cases; "
        "Control group kept for good: 10%, because acting changes later cases"
    )


def test_what_is_set_stands_in_what_was_understood_and_in_the_evidence() -> None:
    words = considered_words(Considerations(label_delay_days=1))
    assert (
        words["Set for searches"] == "Gap between training and test: 1 day, because outcomes are known that much later"
    )
