"""The customers of the demo company."""

from portal.demo.table import N_ROWS, TARGET, make_customers


def test_the_same_seed_gives_the_same_customers() -> None:
    assert make_customers(50).equals(make_customers(50))
    assert not make_customers(50).equals(make_customers(50, seed=8))


def test_about_one_in_four_leaves_and_the_reasons_show() -> None:
    customers = make_customers()
    left = customers[TARGET] == "Yes"
    assert len(customers) == N_ROWS
    assert 0.22 < left.mean() < 0.30
    assert customers.loc[left, "tenure_months"].median() < customers.loc[~left, "tenure_months"].median()
    assert left[customers["contract"] == "Monthly"].mean() > 2 * left[customers["contract"] == "Two years"].mean()


def test_the_id_is_unique_and_some_answers_are_missing() -> None:
    customers = make_customers()
    assert customers["customer"].is_unique
    assert 0.01 < customers["satisfaction"].isna().mean() < 0.03
