"""All checks together: each has a code of its own, says what to do where it asks, and names no value of the data."""

from services.examinations.checks.registry import CHECKS, check
from services.examinations.report import AMBER, NOT_APPLICABLE, PASSED, RED
from services.examinations.single_columns import SingleColumn
from tests.makers_examined import make_outcomes, make_subject

ALL_WRONG = {
    "train_score": 1.0,
    "fold_score": 0.52,
    "singles": (SingleColumn("closed", 0.999),),
    "model_skill": 0.999,
    "fold_scores": ((0.3, 0.001), (0.9, 0.001)),
    "n_openings": 12,
    "n_columns": 900,
    "has_twin": False,
}


def test_each_check_has_a_code_and_a_title_of_its_own() -> None:
    findings = check(make_subject())
    assert len(findings) == len(CHECKS) == len({one.code for one in findings}) == len({one.title for one in findings})


def test_of_a_sound_model_nothing_is_asked() -> None:
    assert {one.state for one in check(make_subject())} == {PASSED, NOT_APPLICABLE}


def test_every_finding_that_asks_says_what_to_do_in_sentences() -> None:
    y, predictions = make_outcomes(bold=8.0)
    asking = [one for one in check(make_subject(y=y, predictions=predictions, **ALL_WRONG)) if one.asks]
    assert {one.code for one in asking} >= {"leak", "overfit", "unstable", "openings", "events", "calibrated", "twin"}
    for one in asking:
        assert one.state in (AMBER, RED)
        assert one.advice.endswith((".", "?"))
        assert one.sentence.endswith(".")
        assert any(letter.isdigit() for letter in one.sentence) or one.code in ("twin", "plain_rule")


def test_only_what_is_marked_names_a_column() -> None:
    y, predictions = make_outcomes(bold=8.0)
    for one in check(make_subject(y=y, predictions=predictions, **ALL_WRONG)):
        assert "closed" not in one.sentence + one.advice or one.tells_drivers
