"""What may be changed: levers as declared, columns people say they can influence, and nothing that is computed."""

from dataclasses import replace
from datetime import UTC, datetime

from services.datasets.dictionary import Description, DictionaryLine
from services.models.signature import Signature, SignatureColumn
from services.proposals.lever import Lever
from services.stories.changeable import changeable_columns
from tests.makers_models import make_signature

CONTRACT = Lever("Contract", "choice", choices=("Month-to-month", "Two year"), column="contract")


def said(**columns: str) -> dict[str, DictionaryLine]:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return {
        name: DictionaryLine(name, Description(actionability=actionability), "Ana", now)
        for name, actionability in columns.items()
    }


def test_levers_come_first_and_what_can_be_influenced_follows_within_what_was_seen() -> None:
    found = changeable_columns([CONTRACT], said(tenure="influenced"), make_signature(), [])
    assert [(one.lever.column, one.is_declared) for one in found] == [("contract", True), ("tenure", False)]
    assert (found[1].lever.low, found[1].lever.high) == (0.0, 72.0)


def test_what_is_fixed_or_not_spoken_of_stays_as_it_is() -> None:
    assert changeable_columns([], said(tenure="fixed", contract="unknown"), make_signature(), []) == ()
    assert changeable_columns([], {}, make_signature(), []) == ()


def test_the_limits_of_a_lever_hold_also_where_the_dictionary_names_its_column() -> None:
    lever = Lever("Tenure", "number", low=6.0, high=12.0, column="tenure")
    (found,) = changeable_columns([lever], said(tenure="lever"), make_signature(), [])
    assert (found.lever.low, found.lever.high) == (6.0, 12.0)


def test_a_lever_that_cannot_be_moved_for_each_case_is_not_moved_by_another_name() -> None:
    lever = replace(CONTRACT, scope="global")
    assert changeable_columns([lever], said(contract="lever"), make_signature(), []) == ()


def test_formulas_of_a_lever_are_left_out_because_only_the_columns_of_the_model_are_at_hand() -> None:
    lever = replace(CONTRACT, cost_formula="charges * 2", status_quo="Two year")
    (found,) = changeable_columns([lever], {}, make_signature(), [])
    assert (found.lever.cost_formula, found.lever.status_quo) == ("", "")


def test_a_column_with_one_value_or_of_another_kind_offers_no_choice() -> None:
    columns = (
        SignatureColumn("flat", "number", False, (), 3.0, 3.0, 3.0),
        SignatureColumn("only", "category", False, ("x",), None, None, "x"),
        SignatureColumn("note", "text", False, (), None, None, "hello"),
        SignatureColumn("since", "date", False, (), 1.0, 9.0, 2.0),
    )
    signature = Signature(columns, "binary", ("No", "Yes"), "Yes", "churn")
    assert changeable_columns([], said(flat="lever", only="lever", note="lever", since="lever"), signature, []) == ()


def test_of_five_hundred_categories_the_most_frequent_may_be_chosen() -> None:
    column = SignatureColumn("shop", "category", False, tuple(f"s{n}" for n in range(500)), None, None, "s0")
    signature = Signature((column,), "binary", ("No", "Yes"), "Yes", "churn")
    (found,) = changeable_columns([], said(shop="lever"), signature, [])
    assert len(found.lever.choices) == 30
    assert found.lever.choices[0] == "s0"
