"""What a training script says of its model, as plain data."""

from dataclasses import dataclass

KIND = "models.script"  # of the job that writes one


@dataclass(frozen=True)
class ScriptFacts:
    """What the script says of the model, and what it must find again.

    Attributes
    ----------
    out_of_fold, holdout
        The scores that are stored with the model.
    stored_types
        The type of each column in the stored table: "int64", "float64", "str" or "datetime".
    versions
        Libraries the model was made with.
    n_learned
        Rows that the model has learned from, with those that the search did not look at.
    threshold, yearly_value
        From which chance on the model acts, and the money a year on the rows kept aside; None without payoffs.
    """

    name: str
    run_number: int
    dataset_version: int
    table_sha256: str
    out_of_fold: float
    holdout: float
    stored_types: dict[str, str]
    versions: dict[str, str]
    python: str
    n_learned: int
    threshold: float | None = None
    yearly_value: float | None = None
