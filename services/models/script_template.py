"""The text of the training script around what is particular to a model."""

SHARPENED = "Sharpened"
SHARPENED_CLASS = '''
class Sharpened(ClassifierMixin, BaseEstimator):
    """A classifier whose probabilities are too timid: all log probabilities times one number, chosen out of fold."""

    def __init__(self, estimator, sharpness):
        self.estimator = estimator
        self.sharpness = sharpness

    def fit(self, x, y):
        self.estimator_ = clone(self.estimator).fit(x, y)
        self.classes_ = self.estimator_.classes_
        return self

    def predict_proba(self, x):
        return sharpened(self.estimator_.predict_proba(x), self.sharpness)

'''

NO_MONEY = '''
def money_of(frame, y, said):
    """Nobody said what a right or wrong call is worth."""
    return {}
'''
MONEY = '''
GOAL = {goal!r}
THRESHOLD = {facts.threshold!r}
STORED["yearly_value"] = {facts.yearly_value!r}


def money_of(frame, y, said):
    """Money a year on the rows kept aside, against acting on nobody, from the threshold chosen out of fold on."""
    amounts = {amounts}
    return {{"yearly_value": GOAL.yearly(y == 1, said[:, 1], THRESHOLD, GOAL.gains(amounts))}}
'''
OWN_AMOUNTS = "amounts_of_rows(GOAL.amounts.formula, frame)[np.flatnonzero(parts_of_rows() == HOLDOUT)]"
SAME_AMOUNTS = "None  # all caught cases are worth the same"

TEMPLATE = '''"""Makes the model {facts.name} again, without the portal that found it.

    python train.py FILE [--save model.skops]

FILE is version {facts.dataset_version} of the data: the Parquet file from the page of run {facts.run_number}, or the
same rows as CSV from the page Data. The model is judged in the same folds and on the same rows kept aside as in that
run, and the scores are compared with those stored there. The exit code is 0 where they are the same to {tolerance:g},
else 1.

--save writes the pipeline fitted to all rows but those kept aside. It takes the typed columns that `prepare` makes.
"""

# Made with Python {facts.python} and
{versions}
import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"  # with more threads sums come out in another order

import argparse
import base64
import hashlib
import json
import sys
import warnings
import zlib

import numpy as np
import pandas as pd
{imports}

TARGET, TARGET_TYPE = {target!r}, {target_type!r}
CLASSES = {classes!r}
METRIC = {metric!r}
COLUMNS = (  # name, type in the stored table, what it means to the model
{columns})
PRICED_BY = {priced_by!r}  # columns that say what a row is worth, with their types; the model does not see them
STORED = {{"out_of_fold": {facts.out_of_fold!r}, "holdout": {facts.holdout!r}}}
TOLERANCE = {tolerance!r}
FOLDS_ARE_EXACT = {is_exact!r}  # False: a neural network was judged pass by pass, which a plain fit does not repeat
TABLE_SHA256 = "{facts.table_sha256}"  # of the Parquet file
INPUTS_SHA256 = "{inputs_sha256}"  # of the typed columns, whatever the file
N_FOLDS, N_ROWS, N_TRAIN = {n_folds}, {n_table}, {n_train}
HOLDOUT, UNJUDGED, UNSEARCHED = 0, -2, -3

{own}
def new_pipeline():
    """The model, not fitted yet."""
    return {pipeline}


# How the portal reads a column, scores predictions and names inputs: copied from it.

{copied}


# What this script does.

{money}

def read_file(path):
    """The columns as they are stored."""
    types = {{name: stored for name, stored, _ in COLUMNS}} | {{TARGET: TARGET_TYPE}} | PRICED_BY
    try:
        return read_stored_file(path, types)
    except (ValueError, OSError) as error:
        sys.exit(str(error))


def parts_of_rows():
    """What each row of the table is for: kept aside, the number of its fold, or not used."""
    return np.frombuffer(zlib.decompress(base64.b64decode(PARTS)), dtype=np.int8)


def prepare(frame):
    """Typed inputs and outcome of the rows to search with, those kept aside and all others; the fold of the first."""
    parts = parts_of_rows()
    if len(frame) < N_ROWS:
        sys.exit(f"The file has {{len(frame):,}} rows and {{N_ROWS:,}} are needed: it is another version of the data.")
    train, holdout, others = (
        np.flatnonzero((parts > HOLDOUT) | (parts == UNJUDGED)),
        np.flatnonzero(parts == HOLDOUT),
        np.flatnonzero(parts == UNSEARCHED),
    )
    x = pd.DataFrame({{name: to_model_values(frame[name], kind) for name, _, kind in COLUMNS}})
    words = as_words(frame[TARGET]).reset_index(drop=True)
    if CLASSES:
        y = words.map({{label: code for code, label in enumerate(CLASSES)}})
    else:
        y = to_model_values(frame[TARGET], "number")
    kind = np.int64 if CLASSES else np.float64
    parts_used = (train, holdout, others)
    sets = [(x.iloc[rows].reset_index(drop=True), y.iloc[rows].to_numpy(dtype=kind)) for rows in parts_used]
    found = input_fingerprint(pd.concat([sets[0][0], sets[1][0]]), np.concatenate([sets[0][1], sets[1][1]]))
    if found != INPUTS_SHA256:
        sys.exit("The rows are not those the model was made from: another version of the data, or a changed file.")
    return *sets, parts[train]


def learned_rows(fold_of, number):
    """Positions of the rows that the model of one fold learns from."""
    if not LEARNS:
        return np.flatnonzero(fold_of != number)
    bits = np.unpackbits(np.frombuffer(zlib.decompress(base64.b64decode(LEARNS)), dtype=np.uint8))
    return np.flatnonzero(bits[: N_FOLDS * N_TRAIN].reshape(N_FOLDS, N_TRAIN)[number - 1])


def predict(model, x):
    """Probabilities of each class (n, k), or numbers (n,)."""
    if not CLASSES:
        return np.asarray(model.predict(x), dtype=np.float64)
    probabilities = np.zeros((len(x), len(CLASSES)))
    probabilities[:, np.asarray(model.classes_, dtype=np.intp)] = model.predict_proba(x)
    return probabilities


def main():
    """Fit, judge, compare; returns the exit code."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\\n")[0])
    arguments.add_argument("file", help="version {facts.dataset_version} of the data, CSV or Parquet")
    arguments.add_argument("--save", help="where to write the fitted pipeline (needs skops)")
    given = arguments.parse_args()
    warnings.simplefilter("ignore")
    frame = read_file(given.file)
    (x, y), (x_holdout, y_holdout), (x_others, y_others), fold_of = prepare(frame)
    said = np.full((len(y), len(CLASSES)) if CLASSES else len(y), np.nan)
    for number in range(1, N_FOLDS + 1):
        rows, judged = learned_rows(fold_of, number), np.flatnonzero(fold_of == number)
        said[judged] = predict(new_pipeline().fit(x.iloc[rows], y[rows]), x.iloc[judged])
    known = fold_of > HOLDOUT
    model = new_pipeline().fit(pd.concat([x, x_others], ignore_index=True), np.concatenate([y, y_others]))
    answers = predict(model, x_holdout)
    found = {{
        "out_of_fold": score(METRIC, y[known], said[known]),
        "holdout": score(METRIC, y_holdout, answers),
        **money_of(frame, y_holdout, answers),
    }}
    compared = [name for name in STORED if name != "out_of_fold" or FOLDS_ARE_EXACT]
    size = {{name: max(1.0, abs(STORED[name])) if name == "yearly_value" else 1.0 for name in STORED}}
    is_same = all(abs(found[name] - STORED[name]) <= TOLERANCE * size[name] for name in compared)
    print(json.dumps({{"metric": METRIC, **found, "stored": STORED, "compared": compared, "is_same": is_same}}))
    if given.save:
        import skops.io

        skops.io.dump(model, given.save)
    return 0 if is_same else 1


# For each row of the table: 0 is kept aside, 1 and on is its fold, -1 is not used, -3 only the final model learns from.
PARTS = (
{parts}
)
LEARNS = (  # which rows each fold learns from, where those are not simply all the others
{learns}
)

if __name__ == "__main__":
    sys.exit(main())
'''
