"""What a case is worth under an action: as the payoffs say, or as a person's own formula says."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from services.errors import InvalidInputError
from services.formulas.evaluation import compute
from services.formulas.reading import read_formula

Floats = NDArray[np.float64]
CHANCE, PREDICTED = "chance", "predicted"


@dataclass(frozen=True, slots=True)
class Worth:
    """How a case is valued, before what moving the levers costs.

    Attributes
    ----------
    lost_amount
        Money that is lost where the outcome happens: worth = - chance x lost_amount. Used where `formula` is empty.
    formula
        A safe formula over the columns, and `answer_name` for what the model says.
    answer_name
        `chance` of a yes-or-no model, `predicted` of one that answers with a number.
    """

    lost_amount: float
    formula: str = ""
    answer_name: str = CHANCE

    def check(self, columns: "pd.Index[Any]") -> None:
        """Raise unless the formula can be read with these columns.

        Raises
        ------
        InvalidInputError
            It names what is not there, or a column is called like what the model says.
        """
        if not self.formula:
            return
        if self.answer_name in columns:
            raise InvalidInputError(
                f"A column of the data is called “{self.answer_name}”, as what the model says is in a formula. Give "
                "that column another name in the data, or value a case as the payoffs say."
            )
        read_formula(self.formula, [*map(str, columns), self.answer_name])

    def of(self, rows: pd.DataFrame, answers: Floats) -> Floats:
        """Money of each case (n,), NaN where the formula has no answer.

        Parameters
        ----------
        rows
            As they would be under the action (n).
        answers
            What the model says of them, (n,).
        """
        if not self.formula:
            return np.asarray(-answers * self.lost_amount)
        columns = rows.assign(**{self.answer_name: answers})
        return compute(read_formula(self.formula, map(str, columns.columns)), columns, len(rows)).values
