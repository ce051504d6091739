"""Bad input, one test each: a clear sentence, and what was there before is still all there is.

The services are called as a page calls them: the file is read by the limited child process before a transaction opens.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel

from db.artifacts import get_artifact_store
from db.session import reading, transaction
from services.automl.commands import start_run
from services.automl.preparation import prepare
from services.datasets.commands import choose_target, upload_dataset
from services.datasets.intake import read_upload
from services.datasets.queries import find_dataset, get_table_content
from services.datasets.tables import read_table
from services.datasets.views import Dataset
from services.errors import PortalError
from services.people.permissions import Role
from services.valuation.commands import save_valuation
from tests.makers import make_actor, make_project
from tests.makers_datasets import make_dataset
from tests.makers_money import CALLS

GOOD = "plan,months,left\n" + "".join(f"{'AB'[n % 2]},{n % 7},{('Yes', 'No')[n % 3 > 0]}\n" for n in range(60))


class Desk:
    """A project with good data and figures, and the two people who work on it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        with transaction(engine) as session:
            self.scientist, self.business = make_actor(session, Role.DATA_SCIENTIST), make_actor(session)
            self.project_id = make_project(session, self.scientist, self.business).id
            make_dataset(session, self.scientist, self.project_id)
            save_valuation(session, actor=self.business, project_id=self.project_id, assumptions=CALLS, based_on=0)

    def upload(self, content: bytes, file_name: str = "table.csv") -> Dataset:
        """Read a file and keep it, as the page does."""
        upload = read_upload(file_name, content)
        with transaction(self._engine) as session:
            return upload_dataset(session, actor=self.scientist, project_id=self.project_id, upload=upload)

    def choose(self, dataset: Dataset, column: str) -> Dataset:
        """Choose what shall be predicted."""
        with transaction(self._engine) as session:
            return choose_target(session, actor=self.scientist, dataset_id=dataset.id, column=column)

    def start(self, dataset: Dataset, **budget: Any) -> None:
        """Start a run."""
        with transaction(self._engine) as session:
            start_run(session, actor=self.scientist, project_id=self.project_id, dataset_id=dataset.id, **budget)

    def value(self, **changes: Any) -> None:
        """Save other figures."""
        with transaction(self._engine) as session:
            save_valuation(
                session,
                actor=self.business,
                project_id=self.project_id,
                assumptions=replace(CALLS, **changes),
                based_on=1,
            )

    def latest(self) -> Dataset:
        """The data as they are now."""
        with reading(self._engine) as session:
            found = find_dataset(session, actor=self.scientist, project_id=self.project_id)
        assert found is not None
        return found

    def table(self, dataset: Dataset) -> Any:
        """The rows as they are kept."""
        with reading(self._engine) as session:
            return read_table(get_table_content(session, actor=self.scientist, dataset_id=dataset.id))

    @contextmanager
    def refused(self, *words: str) -> Iterator[None]:
        """The block ends in a sentence with these words, and leaves every table and every file as it was."""
        before = self._everything()
        with pytest.raises(PortalError) as refusal:
            yield
        sentence = refusal.value.sentence
        assert sentence.endswith("."), sentence
        assert "Error" not in sentence, sentence
        for word in words:
            assert word in sentence, sentence
        assert self._everything() == before

    def _everything(self) -> tuple[list[list[tuple[Any, ...]]], list[str]]:
        with reading(self._engine) as session:
            rows = [
                [tuple(row) for row in session.execute(table.select().order_by(*table.primary_key)).all()]
                for table in SQLModel.metadata.sorted_tables
            ]
        return rows, get_artifact_store().list_digests()


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


def test_an_empty_file(desk: Desk) -> None:
    with desk.refused("The file is empty", "column names in its first line"):
        desk.upload(b"")


def test_a_wrong_delimiter(desk: Desk) -> None:
    """No separator that the portal knows splits every line alike."""
    with desk.refused("separat"):
        desk.upload(GOOD.replace(",", "~").encode())


def test_a_target_without_variation(desk: Desk) -> None:
    dataset = desk.upload(GOOD.replace("Yes", "No").encode())
    with desk.refused("“left” cannot be the target", "same value in every row"):
        desk.choose(dataset, "left")


def test_one_row(desk: Desk) -> None:
    with desk.refused("only one row", "upload all of them"):
        desk.upload(b"plan,left\nA,Yes\n")


def test_three_thousand_columns(desk: Desk) -> None:
    header = ",".join(f"c{number}" for number in range(3_000))
    row = ",".join("1" for _ in range(3_000))
    with desk.refused("3,000 columns", "at most 2,000", "Upload the columns that matter"):
        desk.upload(f"{header}\n{row}\n{row}\n".encode())


def test_a_wrong_encoding(desk: Desk) -> None:
    with desk.refused("UTF-8"):
        desk.upload(GOOD.replace("plan", "tarif_é").encode("latin-1"))


def test_a_missing_target(desk: Desk) -> None:
    dataset = desk.upload(GOOD.replace("left", "gone").encode())
    assert dataset.target is None
    with desk.refused("have no column", "churn"):
        desk.choose(dataset, "churn")
    with desk.refused("no target yet", "Choose on the Data page"):
        desk.start(dataset)


@pytest.mark.parametrize("budget", [{"budget_seconds": 0.0}, {"budget_seconds": float("nan")}, {"n_trials": 0}])
def test_a_budget_of_zero(desk: Desk, budget: dict[str, float]) -> None:
    words = "variants" if "n_trials" in budget else "needs time"
    with desk.refused(words):
        desk.start(desk.latest(), **budget)


@pytest.mark.parametrize("name", ["caught_value_amount", "miss_amount", "action_amount", "base_rate"])
def test_payoffs_that_are_no_numbers(desk: Desk, name: str) -> None:
    with desk.refused("must be a number"):
        desk.value(**{name: float("nan")})


def test_a_capacity_of_zero(desk: Desk) -> None:
    with desk.refused("capacity"):
        desk.value(capacity_per_month=0.0)


def test_an_id_as_the_only_feature(desk: Desk) -> None:
    """The file is good and stays; a run is refused before it is queued, and the search itself refuses too."""
    rows = "".join(f"K-{number:05d},{('Yes', 'No')[number % 3 > 0]}\n" for number in range(60))
    dataset = desk.choose(desk.upload(f"customerID,left\n{rows}".encode()), "left")
    table = desk.table(dataset)
    with desk.refused("customerID"):
        prepare(table, target="left", feature_columns=dataset.feature_columns)
    with desk.refused("customerID"):
        desk.start(dataset)
