"""What is withheld from who is still to say what they expect."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from services.datasets.dictionary import Description, DictionaryLine
from services.fairness.withholding import declared_columns, without_drivers
from tests.makers_fairness import make_compared, make_fairness


def line(**said: str) -> DictionaryLine:
    return DictionaryLine("c", Description(**said), "Ana", datetime.now(UTC))


def test_declared_is_what_people_called_sensitive_or_want_compared() -> None:
    dictionary = {
        "sex": line(sensitivity="special"),
        "name": line(sensitivity="personal"),
        "place": line(compared="yes"),
        "price": line(sensitivity="internal"),
        "tenure": line(),
    }
    assert declared_columns(dictionary) == {"sex", "name", "place"}


def test_who_must_first_say_what_they_expect_declares_nothing_once_the_model_is_there() -> None:
    made, moment = datetime(2026, 5, 3, tzinfo=UTC), timedelta(seconds=1)
    sensitive = line(sensitivity="special")
    dictionary = {
        "before": replace(sensitive, changed_at=made - moment),
        "with it": replace(sensitive, changed_at=made),
        "after": replace(sensitive, changed_at=made + moment),
    }
    assert declared_columns(dictionary, made) == {"before"}
    assert declared_columns(dictionary) == set(dictionary)


def test_other_columns_and_what_a_model_loses_are_not_in_it() -> None:
    mixed = make_compared(columns=("contract", "tenure"))
    report = make_fairness(compared=(make_compared(), make_compared(columns=("tenure",)), mixed))
    seen = without_drivers(report, {"contract"})
    assert [one.columns for one in seen.compared] == [("contract",)]
    assert "without" not in {option.code for option in seen.compared[0].options}
    assert len(seen.compared[0].options) == len(make_compared().options) - 1
    assert without_drivers(report, ()).compared == ()
