from dataclasses import replace
from datetime import UTC, datetime

from services.datasets.dictionary import Description, DictionaryLine
from services.models.naming import beside_columns, name_evaluation, name_explanation, name_signature, names_for
from services.models.report import Between, Contribution, PlainAlternative, PlainComparison
from tests.makers_models import make_evaluation, make_explanation, make_signature

NAMES = {"tenure": "Time with us", "churn": "Leaves"}


def test_columns_and_sentences_about_them_are_in_business_words() -> None:
    raw = make_explanation()
    first = replace(raw.drivers[0], sentence="High “tenure” lowers the probability; “contract” stays.")
    example = replace(
        raw.examples[0], sentence="Most comes from “tenure”.", contributions=(Contribution("tenure", 2.0, 1.0),)
    )
    named = name_explanation(replace(raw, drivers=(first, raw.drivers[1]), examples=(example,)), NAMES)
    assert [driver.column for driver in named.drivers] == ["Time with us", "contract"]
    assert named.drivers[0].sentence == "High “Time with us” lowers the probability; “contract” stays."
    assert named.examples[0].sentence == "Most comes from “Time with us”."
    assert named.examples[0].contributions[0].column == "Time with us"
    assert named.drivers[0].points == first.points


def _line(column: str, name: str) -> DictionaryLine:
    return DictionaryLine(column, Description(business_name=name), "Ana", datetime(2026, 1, 1, tzinfo=UTC))


def test_a_name_that_is_another_column_is_told_apart() -> None:
    signature = make_signature()
    found = names_for(signature, {"tenure": _line("tenure", "contract"), "churn": _line("churn", "Leaves")})
    assert found == {"tenure": "contract (tenure)", "churn": "Leaves"}
    assert names_for(signature, {"tenure": _line("tenure", "tenure"), "other": _line("other", "Other")}) == {}


def test_where_people_sign_the_name_in_the_data_stands_beside() -> None:
    found = beside_columns({"tenure": "Time with us", "contract": "plan (contract)"})
    assert found == {"tenure": "Time with us (tenure)", "contract": "plan (contract)"}


def test_plain_rules_and_the_split_are_too() -> None:
    rule = PlainAlternative("rule", ("Where “tenure” is at most 12: 48%",), 0.7, None, Between())
    plain = PlainComparison(
        metric="roc_auc",
        currency=None,
        n=100,
        model_score=0.8,
        model_value=None,
        guess_score=0.5,
        everyone_value=None,
        alternatives=(rule,),
        verdict="A rule on “tenure” is as good.",
    )
    named = name_evaluation(replace(make_evaluation(), plain=plain, split="Split by “tenure”."), NAMES)
    assert named.plain is not None
    assert named.plain.alternatives[0].lines == ("Where “Time with us” is at most 12: 48%",)
    assert "Time with us" in named.plain.verdict and "Time with us" in named.split
    assert name_evaluation(make_evaluation(), NAMES).plain is None


def test_what_is_predicted_is_called_as_the_business_calls_it() -> None:
    assert name_signature(make_signature(), NAMES).target == "Leaves"
    assert name_signature(make_signature(), {}) == make_signature()
