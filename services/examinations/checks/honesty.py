"""Whether the score can be believed: learned by heart, leaks, folds that differ, rows kept aside that disagree."""

import numpy as np
from scipy import stats

from services.examinations.checks.subject import Subject, figure, found, metric_label, not_applicable, passed
from services.examinations.report import Finding

OVERFIT_AMBER, OVERFIT_RED = 0.5, 0.85  # of the gain over a guess that is there on learned rows only
ALONE_AMBER, ALONE_RED = 0.90, 0.98  # methods 4.4, of the AUC or the variance explained
AS_GOOD_AS_MODEL = 0.99
TOO_GOOD = 0.99
UNLIKELY, VERY_UNLIKELY = 0.01, 0.001
_APART_AMBER, _APART_RED = 1.96, 3.29  # standard errors
_WIDTH = 3.92  # of a 95% interval, in standard errors
_LARGE_SPREAD = 0.5


def overfit(subject: Subject) -> Finding:
    """Does it know its own rows far better than others?"""
    code, title = "overfit", "Learned by heart"
    learned = subject.better(subject.train_score, subject.guess_score)
    kept = subject.better(subject.fold_score, subject.guess_score)
    if learned <= 0:
        return not_applicable(code, title, "The model is no better than a guess even on the rows it learned from.")
    lost = 1 - kept / learned
    scores = (
        f"{subject.metric.label} is {figure(subject.train_score)} on the rows it learned from and "
        f"{figure(subject.fold_score)} on rows it had not seen"
    )
    if lost < OVERFIT_AMBER:
        return passed(code, title, f"{scores}; {max(lost, 0.0):.0%} of what it gains over a guess is lost on new rows.")
    advice = "Let a run try simpler models or give it more rows. What is said of money counts unseen rows only."
    return found(
        code, title, f"{scores}: {lost:.0%} of what it seems to know is lost.", advice, is_red=lost >= OVERFIT_RED
    )


def leak(subject: Subject) -> Finding:
    """Is one column alone nearly the answer?"""
    code, title = "leak", "A column that tells the outcome"
    if not subject.singles or subject.model_skill is None:
        return not_applicable(code, title, "No column can be asked about alone.", tells_drivers=True)
    best, name = subject.singles[0], "AUC" if subject.task.is_classification else "variance explained"
    chance = 0.5 if subject.task.is_classification else 0.0
    reached = (best.score - chance) / (subject.model_skill - chance) if subject.model_skill > chance else 0.0
    said = f"“{best.name}” alone has an {name} of {figure(best.score)}; the model has {figure(subject.model_skill)}"
    is_red = best.score >= ALONE_RED or (best.score >= ALONE_AMBER and reached >= AS_GOOD_AS_MODEL)
    if is_red or best.score >= ALONE_AMBER or reached >= AS_GOOD_AS_MODEL:
        advice = f"Is “{best.name}” known before the outcome, for every case? If not, leave it out and run again."
        return found(code, title, f"{said}.", advice, is_red=is_red, tells_drivers=True)
    return passed(code, title, f"{said}: no column does it alone.", tells_drivers=True)


def too_good(subject: Subject) -> Finding:
    """Is it better than anything one would expect?"""
    code, title = "too_good", "Too good to be true"
    if subject.model_skill is None:
        return not_applicable(code, title, "The rows hold one outcome only.")
    name = "AUC" if subject.task.is_classification else "variance explained"
    said = f"The {name} on unseen rows is {figure(subject.model_skill)}"
    if subject.model_skill >= TOO_GOOD:
        advice = "Look for a column that is only known after the outcome, and for rows that appear twice."
        return found(code, title, f"{said}. Few questions can be answered so well.", advice, is_red=False)
    return passed(code, title, f"{said}, which is believable.")


def unstable(subject: Subject) -> Finding:
    """Do the folds differ more than chance lets them (Cochran's Q)?"""
    code, title = "unstable", "Unstable over folds"
    known = [(value, error) for value, error in subject.fold_scores if error]
    if len(known) < 2:
        return not_applicable(
            code, title, "The rows of the folds are too few to say how far chance moves their scores."
        )
    values, errors = np.array(known, dtype=np.float64).T
    weights = 1 / errors**2
    q = float((weights * (values - np.average(values, weights=weights)) ** 2).sum())
    p = float(stats.chi2.sf(q, len(known) - 1))
    low, high = figure(float(values.min())), figure(float(values.max()))
    said = f"{subject.metric.label} lies between {low} and {high} over {len(known)} folds"
    if p >= UNLIKELY:
        return passed(code, title, f"{said}, which chance explains.")
    gain = abs(subject.better(subject.fold_score, subject.guess_score))
    is_red = p < VERY_UNLIKELY and float(np.ptp(values)) > _LARGE_SPREAD * gain
    advice = "Some kinds of rows are harder: look at the worst slices, and at whether time or groups order the rows."
    return found(code, title, f"{said}, more than chance explains (p = {p:.2g}).", advice, is_red=is_red)


def disagree(subject: Subject) -> Finding:
    """Does the estimate of the search agree with the rows kept aside?"""
    code, title = "disagree", "Estimate and rows kept aside"
    evaluation = subject.evaluation
    sealed, estimate = evaluation.score, evaluation.cross_validated
    widths = [_error(one.low, one.high) for one in (sealed, estimate)]
    if widths[0] is None or widths[1] is None:
        return not_applicable(code, title, "There are too few rows for an interval on one of the two sides.")
    spread = float(np.hypot(widths[0], widths[1]))
    apart = subject.better(sealed.value, estimate.value) / spread if spread > 0 else 0.0
    said = (
        f"{metric_label(evaluation.metric)} is {figure(estimate.value)} out of fold and {figure(sealed.value)} on "
        f"{evaluation.n_holdout:,} rows kept aside"
    )
    if abs(apart) < _APART_AMBER:
        return passed(code, title, f"{said}: they agree.")
    worse = "worse" if apart < 0 else "better"
    advice = "Believe the lower figure. The rows kept aside may be of another time or kind than those learned from."
    sentence = f"{said}: {worse} by {abs(apart):.1f} standard errors."
    return found(code, title, sentence, advice, is_red=apart <= -_APART_RED)


def openings(subject: Subject) -> Finding:
    """Were the rows kept aside looked at more than once?"""
    code, title = "openings", "Rows kept aside, opened"
    if subject.n_openings <= 1:
        return passed(code, title, "The rows kept aside were opened once, for this model.")
    said = f"The same rows kept aside were opened {subject.n_openings} times, once for each model made of them"
    advice = (
        "Who picks the best of several models by these rows flatters it: bring fresh rows to judge the one you pick."
    )
    return found(code, title, f"{said}.", advice, is_red=subject.n_openings >= 10)


def _error(low: float | None, high: float | None) -> float | None:
    """The standard error that a 95% interval stands for."""
    return None if low is None or high is None else (high - low) / _WIDTH
