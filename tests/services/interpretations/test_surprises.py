"""A surprise is a strong column nobody expected, an expected one that hardly matters, or the opposite direction."""

from hypothesis import given
from hypothesis import strategies as st

from services.interpretations.expectations import Expected
from services.interpretations.surprises import STRONG_SHARE, WEAK_SHARE, Kind, Surprise, find_surprises
from tests.makers_interpretations import make_drivers

DRIVERS = make_drivers(9, 5, 2.9, 0.8, directions=("up", "down", "mixed", "up"))


def _said(*pairs: tuple[str, str]) -> tuple[Expected, ...]:
    return tuple(Expected(*pair) for pair in pairs)


def test_each_kind_is_found_with_the_people_it_contradicts() -> None:
    found = find_surprises(
        {
            "Ana": _said(("b", "raises"), ("d", "unknown")),
            "Maren": _said(("b", "lowers"), ("d", "raises")),
        },
        DRIVERS,
    )
    assert found == (
        Surprise(Kind.UNEXPECTED, "a"),
        Surprise(Kind.WEAK, "d", ("Ana", "Maren")),
        Surprise(Kind.OPPOSITE, "b", ("Ana",)),
    )


def test_what_was_expected_is_no_surprise() -> None:
    assert find_surprises({"Ana": _said(("a", "raises"), ("b", "lowers"))}, DRIVERS) == ()


def test_who_skipped_expected_nothing_so_that_nothing_can_surprise() -> None:
    assert find_surprises({}, DRIVERS) == ()
    assert find_surprises({"Ana": ()}, DRIVERS) == ()
    assert find_surprises({"Ana": (), "Maren": _said(("a", "raises"))}, DRIVERS) == (Surprise(Kind.UNEXPECTED, "b"),)


def test_a_weak_column_is_not_also_opposite() -> None:
    assert [
        one.kind for one in find_surprises({"Ana": _said(("a", "unknown"), ("b", "unknown"), ("d", "lowers"))}, DRIVERS)
    ] == [Kind.WEAK]


def test_of_several_classes_no_direction_surprises() -> None:
    said = {"Ana": _said(("a", "lowers"), ("b", "raises"))}
    assert find_surprises(said, DRIVERS, is_directed=False) == ()
    assert len(find_surprises(said, DRIVERS)) == 2


def test_in_a_constant_model_everything_expected_hardly_matters() -> None:
    for drivers in ((), make_drivers(0, 0)):
        found = find_surprises({"Ana": _said(("a", "raises"))}, drivers)
        assert found == (Surprise(Kind.WEAK, "a", ("Ana",)),)


@given(
    st.lists(st.floats(0, 9), min_size=1, max_size=9).map(lambda found: sorted(found)[::-1]),
    st.dictionaries(
        st.sampled_from("abcdefghi"), st.sampled_from(["raises", "lowers", "unknown"]), min_size=1, max_size=6
    ),
)
def test_each_column_surprises_once_at_most_and_by_the_shares_that_are_said(
    effects: list[float], said: dict[str, str]
) -> None:
    drivers = make_drivers(*effects)
    named = {column: way for column, way in said.items() if column in {driver.column for driver in drivers}} or {
        "a": "raises"
    }
    found = find_surprises({"Ana": _said(*named.items())}, drivers)
    assert len({one.column for one in found}) == len(found)
    effect = {driver.column: driver.importance for driver in drivers}
    for one in found:
        if one.kind is Kind.UNEXPECTED:
            assert one.column not in named
            assert effect[one.column] >= STRONG_SHARE * max(effects)
        else:
            assert one.column in named
            assert (effect[one.column] < WEAK_SHARE * max(effects) or max(effects) <= 1e-9) == (one.kind is Kind.WEAK)
