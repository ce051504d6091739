"""Groups are told by the columns as the business calls them, and no figure changes."""

from services.fairness.naming import in_business_words
from services.fairness.sentences import finding_of
from tests.makers_fairness import make_fairness


def test_columns_the_outcome_and_what_was_left_out_are_renamed() -> None:
    report = make_fairness()
    names = {"contract": "Kind of contract", "churn": "Customer leaves", "tenure": "Time with us"}
    said = in_business_words(report, names)
    assert "where Customer leaves is Yes" in finding_of(said)
    assert "where Kind of contract is Month-to-month" in finding_of(said)
    assert {name for one in said.compared for option in one.options for name in option.without} == {"Time with us"}
    proxies = [name for one in said.compared if one.proxy for name, _area in one.proxy.columns]
    assert "tenure" not in proxies
    assert [one.groups for one in said.compared] == [one.groups for one in report.compared]
    assert [one.gaps for one in said.compared] == [one.gaps for one in report.compared]


def test_without_names_it_stays_as_it_is() -> None:
    report = make_fairness()
    assert in_business_words(report, {}) is report
    assert in_business_words(report, {"another": "Another column"}) == report
