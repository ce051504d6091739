"""What the kinds of model are called on pages. Free of machine-learning imports."""

FAMILY_LABELS = {
    "linear": "Linear model",
    "extra_trees": "Extra trees",
    "random_forest": "Random forest",
    "lightgbm": "Gradient boosting",
}
