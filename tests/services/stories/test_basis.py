from services.proposals.lever import Lever
from services.stories.basis import Basis
from services.stories.changeable import Changeable

PRICE = Changeable(Lever("Price", "number", low=1.0, high=9.0, column="price"), is_declared=True)


def test_its_digest_is_another_as_soon_as_anything_of_it_is() -> None:
    wider = Changeable(Lever("Price", "number", low=1.0, high=10.0, column="price"), is_declared=True)
    known = [Basis((), ()), Basis((PRICE,), ()), Basis((wider,), ()), Basis((PRICE,), ("age",)), Basis((), ("age",))]
    assert len({basis.digest for basis in known}) == len(known)


def test_the_order_of_columns_that_are_never_a_reason_does_not_matter() -> None:
    assert Basis((PRICE,), ("age", "sex")).digest == Basis((PRICE,), ("sex", "age")).digest
