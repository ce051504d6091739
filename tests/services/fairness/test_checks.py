"""Answers about feedback loops as checks: what follows from a yes, and that nothing unknown passes."""

import pytest

from services.fairness.checks import LOOPS, Held, LoopCheck, check_loops
from services.proposals.later import later_defaults
from services.proposals.reflection import Answer, Reflection


def reflection(**answers: Answer) -> Reflection:
    return Reflection(tuple(answers.items()))


def checks(
    said: Reflection, *, n_kept_aside: int = 40, is_live: bool = False, is_assessed: bool = False
) -> list[LoopCheck]:
    return list(check_loops(said, Held(later_defaults(said), n_kept_aside, is_live, is_assessed)))


YES, NO = Answer(True, "We keep a tenth apart."), Answer(False)


def test_a_clear_no_asks_for_nothing_and_silence_is_open() -> None:
    assert checks(reflection(**dict.fromkeys(LOOPS, NO))) == []
    silent = checks(Reflection())
    assert [check.code for check in silent] == list(LOOPS)
    assert {check.state for check in silent} == {"open"}


@pytest.mark.parametrize("code", LOOPS)
def test_a_yes_without_a_word_on_what_is_done_is_open(code: str) -> None:
    others = dict.fromkeys([each for each in LOOPS if each != code], NO)
    first, *_ = checks(reflection(**others, **{code: Answer(True)}))
    assert (first.code, first.state) == (code, "open")
    told, *_ = checks(reflection(**others, **{code: YES}))
    assert told.state == "passed"
    assert "We keep a tenth apart." in told.sentence


def states(said: dict[str, Answer], **held: object) -> list[str]:
    others = {code: NO for code in LOOPS if code not in said}
    return [check.state for check in checks(reflection(**others, **said), **held)]  # type: ignore[arg-type]


def test_a_planned_share_is_never_passed_before_somebody_can_see_it() -> None:
    assert states({"selects_cases": YES}) == ["passed", "unknown"]
    assert states({"selects_cases": YES}, is_live=True) == ["passed", "unknown"]
    (check,) = [one for one in checks(reflection(selects_cases=YES)) if one.state == "unknown"]
    assert "2% are planned" in check.sentence


def test_selective_labels_ask_for_a_share_and_rows_kept_aside() -> None:
    assert states({"selective_labels": YES}) == ["passed", "unknown", "passed"]
    assert states({"selective_labels": YES}, n_kept_aside=0) == ["passed", "unknown", "open"]


def test_labelling_is_blind_as_soon_as_it_is_said() -> None:
    assert states({"labellers_see_score": YES}) == ["passed", "passed"]


def test_a_group_that_may_be_moved_is_compared() -> None:
    assert states({"moves_a_group": YES}) == ["passed", "unknown", "open"]
    assert states({"moves_a_group": YES}, is_assessed=True) == ["passed", "unknown", "passed"]


def test_without_a_default_the_share_is_open() -> None:
    held = Held((), 40, is_live=False, is_assessed=False)
    found = check_loops(reflection(selects_cases=YES), held)
    assert [check.state for check in found if check.code == "selects_cases"] == ["passed", "open"]
