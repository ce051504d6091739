"""What can be wrong with a step. The sentences name steps and columns, never a value from the table."""

from services.errors import InvalidInputError


class InvalidStepError(InvalidInputError):
    """The step does not say clearly what is to be done."""

    code = "invalid_step"


class StepNotPossibleError(InvalidInputError):
    """The step is clear, and this table does not allow it."""

    code = "step_not_possible"


class StepChangesNothingError(InvalidInputError):
    """The step would leave the table as it is."""

    code = "step_changes_nothing"
