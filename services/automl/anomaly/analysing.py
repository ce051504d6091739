"""The search for unusual rows: several detectors, what each is worth without labels, and the best as a pipeline.

The delivered pipeline learns from seven tenths of the rows; its p-values are against the others. Every row of the table
is judged by a detector that has not learned from it. A detector is chosen by how well it finds rows that were made
unusual on purpose, because nothing else can be measured where nobody has said which rows are bad.
"""

import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from services.automl.anomaly import conformal
from services.automl.anomaly.apart import fence, histogram_of, rate_apart_by_chance, thinned
from services.automl.anomaly.detectors import NAMES, Kind, detectors_for, fit_detector, unusualness
from services.automl.anomaly.injection import inject, injections_for
from services.automl.anomaly.label_columns import find_label_column, label_auc, label_hint
from services.automl.anomaly.reasons import explain_rows
from services.automl.anomaly.report import (
    FlaggedShare,
    Found,
    TriedDetector,
    UnusualReport,
    UnusualRow,
)
from services.automl.anomaly.sentences import describe_unusual
from services.automl.anomaly.stability import rank_agreement, stability, top_agreement
from services.automl.columns import as_words
from services.automl.distance_features import Space, canonical_order, fit_space
from services.automl.intervals import delong
from services.automl.measured import Measured
from services.automl.unlabelled import Clock, Say, fitted_rows, read_unlabelled

MIN_ROWS = 30
SHARES = (0.01, 0.05)
MAX_SHOWN = 50
MAX_MEASURED = 2_000
N_FOLDS = 5
_LEARNED = 0.7
_AT_ONCE = 20_000
_MAX_ROWS_OF_NEIGHBOURS = 200_000  # to compare each of more rows with its neighbours takes minutes
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class UnusualFound:
    """What was found.

    Attributes
    ----------
    pipeline
        From typed rows by `score_samples` (less is more unusual), and by `predict` −1 for the share of 5%.
    scores, p_values
        Of each row of the table (n,): more is more unusual, less is more unusual.
    """

    report: UnusualReport
    pipeline: Pipeline
    scores: Floats
    p_values: Floats


@dataclass(frozen=True)
class _Judged:
    kind: Kind
    found: tuple[Found, ...]
    ranking: Measured
    top: Measured
    scores: Floats

    @property
    def skill(self) -> float:
        """The mean AUC on synthetic rows."""
        return float(np.mean([found.auc.value for found in self.found]))


def find_unusual_rows(
    frame: pd.DataFrame,
    *,
    seconds_left: Clock,
    seed: int = 0,
    feature_columns: Sequence[str] | None = None,
    label_column: str | None = None,
    say: Say = lambda _share, _phase: None,
) -> UnusualFound:
    """Look for rows that are unlike the others.

    Parameters
    ----------
    frame
        As read from a file.
    label_column
        A column that may say which rows are bad, by default one that looks like it. It is not learned from; how well
        the scores find its rarer value is measured.

    Raises
    ------
    UnusableDataError
        There are too few rows, or no column tells them apart.
    """
    began = time.monotonic()
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")  # a library's remark about one of many detectors helps nobody
        say(0.02, "Reading the columns")
        label = label_column or find_label_column(frame)
        wanted = [name for name in (frame.columns if feature_columns is None else feature_columns) if name != label]
        return _Search(frame, wanted, label, seed, seconds_left, say, began).result()


class _Search:
    """One search. Times are shares of what is left when it begins."""

    def __init__(
        self,
        frame: pd.DataFrame,
        wanted: Sequence[str],
        label: str | None,
        seed: int,
        seconds_left: Clock,
        say: Say,
        began: float,
    ) -> None:
        self.data = read_unlabelled(
            frame, purpose="to look for unusual ones", min_rows=MIN_ROWS, feature_columns=wanted
        )
        self.labels = None if label is None or label not in frame else as_words(frame[label]).reset_index(drop=True)
        self.label, self.seed, self.say, self.began = label, seed, say, began
        self._seconds_left, self._seconds = seconds_left, max(seconds_left(), 0.0)
        self.cut: list[str] = []
        rows = fitted_rows(len(self.data), len(self.data.columns), seed)
        ordered = rows[canonical_order(self._transform(self._space(rows), rows))]
        self.drawn: Indices = ordered[np.random.default_rng(seed).permutation(len(rows))]
        n_learned = round(_LEARNED * len(self.drawn))
        self.learned, self.reference = self.drawn[:n_learned], self.drawn[n_learned:]

    def result(self) -> UnusualFound:
        """Judge the detectors, keep the best, and score every row."""
        space = self._space(self.learned)
        z = self._transform(space, self.learned)
        judged = self._judge(space, z)
        best = max(judged, key=lambda one: (round(one.skill, 2), one.top.value))
        self.say(0.62, f"Finishing: {NAMES[best.kind].lower()}")
        detector = fit_detector(z, best.kind, seed=self.seed)
        pipeline = Pipeline([("features", space.features), ("detector", detector)])
        reference = unusualness(pipeline, self.data.x.iloc[self.reference])
        limit = conformal.limit_for(SHARES[-1], reference)
        detector.offset_ = -np.inf if limit is None else -limit
        scores, p_values = self._score(pipeline, best.kind, reference)
        self.say(0.87, "Looking for unusual rows where there are none")
        rate = rate_apart_by_chance(z[:MAX_MEASURED], best.kind, seed=self.seed, seconds_left=self._until(0.92))
        self.say(0.93, "Looking for the columns that make rows unusual")
        report = self._report(best, judged, pipeline, reference, scores, p_values, rate * len(self.data))
        return UnusualFound(report, pipeline, scores, p_values)

    def _judge(self, space: Space, z: Floats) -> list[_Judged]:
        kinds = detectors_for(self.data.columns, len(z))
        if len(self.data) > _MAX_ROWS_OF_NEIGHBOURS:
            kinds = tuple(kind for kind in kinds if kind != "neighbours")
            self.cut.append(f"{NAMES['neighbours']} is not tried on more than {_MAX_ROWS_OF_NEIGHBOURS:,} rows.")
        kept = self.data.x.iloc[self.reference[:MAX_MEASURED]].reset_index(drop=True)
        usual = np.asarray(space.features.transform(kept), dtype=np.float64)
        changed = {
            kind: np.asarray(
                space.features.transform(inject(kept, self.data.columns, kind, seed=self.seed)), dtype=np.float64
            )
            for kind in injections_for(self.data.columns)
        }
        judged: list[_Judged] = []
        left = self._until(0.6)
        for number, kind in enumerate(kinds):
            if judged and left() <= 0:
                self.cut.append(f"{', '.join(NAMES[kind] for kind in kinds[number:])}: not tried.")
                break
            self.say(0.05 + 0.55 * number / len(kinds), f"Trying: {NAMES[kind].lower()}")
            detector = fit_detector(z, kind, seed=self.seed)
            scores = unusualness(detector, usual)
            found = tuple(Found(name, _auc(scores, unusualness(detector, rows))) for name, rows in changed.items())
            ranking, top = stability(z[:MAX_MEASURED], kind, seed=self.seed, seconds_left=left)
            judged.append(_Judged(kind, found, ranking, top, scores))
        return judged

    def _score(self, pipeline: Pipeline, kind: Kind, reference: Floats) -> tuple[Floats, Floats]:
        """Each row by a detector that has not learned from it: those of the folds crosswise, the others by the last."""
        n = len(self.data)
        scores, p_values = np.zeros(n), np.ones(n)
        folds = np.array_split(self.drawn, N_FOLDS)
        for number, fold in enumerate(folds):
            self.say(0.65 + 0.2 * number / N_FOLDS, "Judging every row by rows that do not hold it")
            others = np.concatenate([rows for place, rows in enumerate(folds) if place != number])
            space = self._space(others)
            detector = fit_detector(self._transform(space, others), kind, seed=self.seed)
            scores[fold] = unusualness(detector, self._transform(space, fold))
            p_values[fold] = conformal.p_values_within(scores[fold])
        rest = np.setdiff1d(np.arange(n), self.drawn)
        for start in range(0, len(rest), _AT_ONCE):
            part = rest[start : start + _AT_ONCE]
            scores[part] = unusualness(pipeline, self.data.x.iloc[part])
            p_values[part] = conformal.p_values(scores[part], reference)
        return scores, p_values

    def _report(
        self,
        best: _Judged,
        judged: Sequence[_Judged],
        pipeline: Pipeline,
        reference: Floats,
        scores: Floats,
        p_values: Floats,
        by_chance: float,
    ) -> UnusualReport:
        tried = tuple(_tried(one, best) for one in judged)
        flagged = tuple(_flagged(share, p_values, reference) for share in SHARES)
        n_apart = int((scores > fence(scores)).sum())
        return UnusualReport(
            sentence=describe_unusual(_tried(best, best), flagged, n_apart, by_chance),
            detector=NAMES[best.kind],
            n_rows=len(self.data),
            n_learned=len(self.learned),
            n_reference=len(self.reference),
            flagged=flagged,
            n_apart=n_apart,
            n_apart_by_chance=by_chance,
            tried=tried,
            rows=self._rows(pipeline, scores, p_values),
            histogram=histogram_of(scores),
            reference_scores=thinned(reference),
            label_hint="" if self.label is None else label_hint(self.label),
            label_auc=None if self.labels is None else label_auc(self.labels, scores),
            columns=tuple(column.name for column in self.data.columns),
            left_out={column.name: column.note for column in self.data.left_out},
            cut=tuple(self.cut),
            seed=self.seed,
            seconds=round(time.monotonic() - self.began, 2),
        )

    def _rows(self, pipeline: Pipeline, scores: Floats, p_values: Floats) -> tuple[UnusualRow, ...]:
        order = np.argsort(-scores, kind="stable")[:MAX_SHOWN]
        ordinary = self.data.x.iloc[self.drawn[:MAX_MEASURED]]
        shown = self.data.x.iloc[order].reset_index(drop=True)
        reasons = explain_rows(pipeline, shown, ordinary, self.data.columns, seed=self.seed)
        return tuple(
            UnusualRow(int(row), float(scores[row]), float(p_values[row]), told)
            for row, told in zip(order, reasons, strict=True)
        )

    def _space(self, rows: Indices) -> Space:
        return fit_space(self.data.x.iloc[rows], self.data.columns, mark_gaps=True, weigh_rarity=True, seed=self.seed)

    def _transform(self, space: Space, rows: Indices) -> Floats:
        return np.asarray(space.features.transform(self.data.x.iloc[rows]), dtype=np.float64)

    def _until(self, share: float) -> Clock:
        """The clock of a part that ends when `share` of the time is used."""
        return lambda: self._seconds_left() - (1 - share) * self._seconds


def _auc(usual: Floats, changed: Floats) -> Measured:
    is_changed = np.arange(len(usual) + len(changed)) >= len(usual)
    area, low, high = delong(is_changed, np.concatenate([usual, changed]))
    return Measured(area, low, high, len(changed), "synthetic rows, DeLong")


def _tried(one: _Judged, best: _Judged) -> TriedDetector:
    return TriedDetector(
        kind=one.kind,
        label=NAMES[one.kind],
        found=one.found,
        ranking=one.ranking,
        top=one.top,
        agreement=rank_agreement(one.scores, best.scores),
        agreement_top=top_agreement(one.scores, best.scores),
    )


def _flagged(share: float, p_values: Floats, reference: Floats) -> FlaggedShare:
    interval = conformal.flagged_interval(share, len(reference))
    low, high = interval if interval is not None else (None, None)
    n_rows = int((p_values <= share).sum())
    return FlaggedShare(share, n_rows, low, high, conformal.limit_for(share, reference))
