"""What the draws say, and what they do not."""

import pytest

from services.valuation.uncertainty.sentences import advice_sentences, worth_sentence
from services.valuation.uncertainty.simulation import simulate
from tests.makers_plans import benefit, cost, plan


@pytest.mark.parametrize(
    ("capital", "words"),
    [
        (0, "pays back at once."),
        (1_000, "pays back in 1 month."),
        (20_000, "pays back in 2 months."),
        (9e9, "does not"),
    ],
)
def test_the_payback_is_said_as_a_person_would(capital: float, words: str) -> None:
    paid = [cost(low=capital, high=capital)] if capital else []
    assert words in worth_sentence(simulate(plan(*paid, benefit(low=10_000, high=10_000))))


def test_most_simulations_may_gain_and_the_plan_still_lose() -> None:
    ruin = cost("Fine", 3e6, 3e6, chance=0.15)
    assert advice_sentences(simulate(plan(benefit(), ruin)))[0] == (
        "Stop, or change the plan: most simulations gain, but those that lose lose more than all others bring."
    )


def test_a_sum_too_small_to_decide_over_is_no_advice() -> None:
    sure = advice_sentences(simulate(plan(cost(low=270_000, high=300_000), benefit(low=8_000, high=20_000))))
    assert sure == (
        "Go: at least 8 in 10 simulations gain, and so does the mean.",
        "No single figure is worth paying to measure: none is worth a hundredth of the costs to know.",
    )
    open_still = advice_sentences(simulate(plan(cost(low=300_000, high=500_000), benefit(low=5_000, high=25_000))))
    assert open_still[-1].startswith("Measure “Leavers kept” first, at most for €")
