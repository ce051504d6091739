"""Why a story has no other case to tell of, in words. Loads no machine learning."""

NO_LINE = "This model decides nothing by a threshold, so there is no line that a change could cross."
NOTHING_CHANGES = (
    "Nobody has said yet what can be changed. Name levers on the objective, or say in the dictionary of the data which "
    "columns you decide or influence."
)
UNSUPPORTED = (
    "No change was tried on cases like this one often enough, or the case is unlike those the model knows, so nothing "
    "is said of what would turn it."
)
NOT_FOUND = "No change of what can be changed, within what was tried on cases like this one, takes it across the line."
