"""Fairness in words: counts, gaps, the rule, the price, and that no sentence judges what is lawful."""

from dataclasses import replace

import pytest

from services.fairness.report import Gap, Gaps, Mean, Option, Rate, Ratio
from services.fairness.sentences import (
    IMPOSSIBLE,
    LEGAL,
    NOTHING_COMPARED,
    counts_sentence,
    finding_of,
    gap_sentence,
    money_in_words,
    option_name,
    price_sentence,
    proxy_sentence,
    rate_in_words,
    rule_sentence,
    worst_of,
)
from tests.makers_fairness import make_agreed, make_compared, make_fairness, make_group, make_option


def test_counts_are_of_a_hundred_people_and_name_both_ends() -> None:
    assert counts_sentence(make_fairness(), make_compared()) == (
        "Of 100 cases where churn is Yes, 81 are found where contract is Month-to-month, and 88 where contract is "
        "Two year"
    )


def test_false_alarms_are_of_those_in_whom_it_does_not_happen() -> None:
    sentence = counts_sentence(make_fairness(harm="false_alarm"), make_compared())
    assert sentence.startswith("Of 100 cases where not churn is Yes, 10 are acted on where contract is")


def test_two_columns_together_are_named_together() -> None:
    compared = make_compared(columns=("sex", "age"))
    assert "where sex and age are Two year" in counts_sentence(make_fairness(), compared)


def test_the_gravest_comes_first_and_a_tolerance_outweighs_size() -> None:
    large = Gap(0.3, 0.0, 0.6, "Newcombe", 2)
    wide = make_compared(columns=("age",), gaps=Gaps(found=large), standing="untold")
    beyond = make_compared(standing="beyond")
    report = make_fairness(compared=(wide, beyond), agreed=make_agreed(0.005))
    assert worst_of(report) == beyond
    assert finding_of(report).endswith(": beyond the 0 points agreed")
    assert worst_of(make_fairness(compared=(replace(wide, standing="none"), make_compared()))).columns == ("age",)  # type: ignore[union-attr]


def test_nothing_compared_is_said() -> None:
    assert finding_of(make_fairness(compared=(make_compared(gaps=Gaps()),))) == NOTHING_COMPARED
    assert "no gap of 0" in gap_sentence(make_fairness(), make_compared(gaps=Gaps()))
    assert finding_of(make_fairness(compared=())) == NOTHING_COMPARED


def test_the_rule_is_said_with_its_counts_interval_and_test() -> None:
    worse = Ratio(0.62, 0.5, 0.75, 0.0004, 62, 400, "indicated")
    groups = (make_group("f", 81, rule=worse), make_group("m", 88))
    sentence = rule_sentence(make_fairness(), make_compared(columns=("sex",), groups=groups))
    assert sentence == (
        "By the four-fifths rule a disadvantage is indicated: where sex is f, 62 of 400 are acted on, 62% as often as "
        "where sex is m, 19 times in 20 between 50% and 75% (Fisher p below 0.001)."
    )
    left = rule_sentence(make_fairness(harm="false_alarm"), make_compared(groups=groups))
    assert "are left alone" in left
    possible = (make_group("f", 81, rule=replace(worse, verdict="possible", p=0.2, low=None, high=None)), groups[1])
    assert "is possible, the numbers leave it open" in rule_sentence(make_fairness(), make_compared(groups=possible))
    small = replace(worse, verdict="possible", p=0.0001, value=0.9, low=0.86, high=0.94)
    said = rule_sentence(make_fairness(), make_compared(groups=(make_group("f", 81, rule=small), groups[1])))
    assert "no disadvantage is indicated, yet there is a difference, more than chance explains" in said
    assert "leave it open" not in said, "Nothing is open: it is sure, and it is small."
    one = (make_group("f", 81, rule=None), groups[1])
    assert "cannot be applied" in rule_sentence(make_fairness(), make_compared(groups=one))


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (Mean(-4_100, -6_000, -2_000, "", 9), "costs about €4.1k a year, 19 times in 20 between €2k and €6k"),
        (
            Mean(-400, -6_000, 2_000, "", 9),
            "has no price that can be told from chance: money changes by between −\u2060€6k and €2k a year",
        ),
        (Mean(3_000, 1_000, 5_000, "", 9), "even brings about €3k a year, 19 times in 20 between €1k and €5k"),
    ],
)
def test_closing_a_gap_has_a_price_with_an_interval(extra: Mean, words: str) -> None:
    options = (make_option("as_is", 0.12), replace(make_option("found", 0.03), extra=extra))
    sentence = price_sentence(make_fairness(), options)
    assert sentence.startswith("Closing the gap from 12 to 3 points ")
    assert words in sentence


def test_where_no_way_helps_or_none_can_be_priced_that_is_said() -> None:
    worse = (make_option("as_is", 0.03), make_option("found", 0.05, -10.0))
    assert price_sentence(make_fairness(), worse) == "None of these ways makes the gap of 3 points smaller"
    unpriced = (make_option("as_is", 0.12), make_option("found", 0.01))
    assert "nobody can say what it costs" in price_sentence(make_fairness(), unpriced)
    assert "to 1 point is possible" in price_sentence(make_fairness(), unpriced)
    assert "Nothing can be compared" in price_sentence(make_fairness(), ())


def test_closing_a_gap_of_numbers_is_told_in_their_unit() -> None:
    def option(code: str, gap: float, extra: float | None = None) -> Option:
        one = make_option(code, 0.0, extra)
        return replace(one, found=None, acted=None, alarms=None, bias=Gap(gap, 0.0, gap + 1, "Welch", 2))

    number = make_fairness(task="regression", harm="error", target="price")
    assert price_sentence(number, (option("as_is", 31.0), option("shift", 2.0, -4_100.0))) == (
        "Closing the gap from 31 to 2 costs about €4.1k a year, 19 times in 20 between €3.1k and €5.1k"
    )
    unpriced = replace(option("shift", 2.0), extra=None)
    assert "from 31 to 2 is possible; without payoffs" in price_sentence(number, (option("as_is", 31.0), unpriced))
    assert "the gap of 31 smaller" in price_sentence(number, (option("as_is", 31.0), option("line", 40.0, 1.0)))
    assert "its mean error is taken off" in option_name(option("shift", 2.0))


def test_a_proxy_is_named_with_what_tells_it() -> None:
    proxy = make_compared().proxy
    assert proxy is not None
    assert "“tenure” (0.20 alone)" in proxy_sentence(proxy)
    assert "hides little" in proxy_sentence(proxy)
    assert "hardly tell" in proxy_sentence(replace(proxy, is_warning=False))


def test_numbers_too_small_and_money_not_known_are_words() -> None:
    assert rate_in_words(None) == "n too small"
    assert rate_in_words(Rate(0.81, 0.74, 0.87, 81, 100)) == "81 of 100 (74 to 87), n = 100"
    assert money_in_words(None, "EUR") == "–"
    assert money_in_words(Mean(5.0, None, None, "", 1), "EUR") == "€5"
    assert option_name(make_option("without", 0.1, without=("sex", "district"))) == "Fitted without sex and district"


def test_no_sentence_says_what_is_lawful() -> None:
    report = make_fairness(agreed=make_agreed(), compared=(make_compared(standing="beyond"),))
    said = " ".join(
        [finding_of(report), gap_sentence(report, report.compared[0]), rule_sentence(report, report.compared[0])]
    )
    assert not {"illegal", "unlawful", "discriminat", "lawful"} & set(said.lower().split())
    assert "no legal conclusion" in LEGAL
    assert "which harm matters" in IMPOSSIBLE


def test_where_nobody_is_acted_on_that_is_the_reason_why_there_is_no_ratio() -> None:
    groups = tuple(make_group(name, 0, rule=None) for name in ("East", "West"))
    said = rule_sentence(make_fairness(), make_compared(groups=groups))
    assert said == "The four-fifths rule cannot be applied: nobody is acted on in groups that are large enough."
