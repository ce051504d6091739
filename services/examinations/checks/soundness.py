"""Whether a model is fit for use: probabilities that mean what they say, enough cases, fast and small enough."""

from services.automl.serving_limits import BYTES_PER_MB, format_file_size
from services.automl.task import Task
from services.examinations.calibration import (
    Recalibration,
    calibration_error,
    noise_floor,
    recalibration,
    spiegelhalter_z,
)
from services.examinations.checks.subject import Subject, found, not_applicable, passed
from services.examinations.report import Finding

LEAST_CALIBRATED = 200
FEWEST_EVENTS, EVENTS_PER_COLUMN = 50, 10  # methods 4.5
LARGE_FILE_MB, SLOW_MS = 100.0, 1_000.0
_RED_ERROR = 0.1


def calibrated(subject: Subject) -> Finding:
    """Are probabilities as frequent as they say, beyond what chance explains?"""
    code, title = "calibrated", "Probabilities beside what happened"
    if subject.task is not Task.BINARY:
        return not_applicable(code, title, "Only the chance of a yes or no is checked.")
    if len(subject.y) < LEAST_CALIBRATED:
        few = f"{len(subject.y):,} rows are too few to tell wrong probabilities from chance; {LEAST_CALIBRATED} do."
        return not_applicable(code, title, few)
    y, p = subject.y == 1, subject.predictions[:, 1]
    error, floor, z = calibration_error(y, p), noise_floor(p, seed=subject.seed), spiegelhalter_z(y, p)
    said = (
        f"Probabilities are off by {error:.1%} on average on {len(y):,} unseen rows; of perfect ones chance gives "
        f"{floor.mean:.1%}, and in 95 of 100 cases at most {floor.p95:.1%}"
    )
    if error <= floor.p95:
        return passed(code, title, f"{said}: no sign that they are wrong (Spiegelhalter z = {_signed(z)}).")
    sentence = f"{said}. {_how_bold(recalibration(y, p))} Spiegelhalter z = {_signed(z)}."
    advice = "Act from a threshold, which was chosen on these rows, but do not quote a single probability as it stands."
    return found(code, title, sentence, advice, is_red=error >= _RED_ERROR)


def events(subject: Subject) -> Finding:
    """Are there enough cases to learn from and to judge by?"""
    code, title = "events", "Cases to learn from"
    counts = [int((subject.y == place).sum()) for place in range(len(subject.classes))]
    n = min(counts) if counts else len(subject.y)
    what = f"rows of the rarest outcome “{subject.classes[counts.index(n)]}”" if counts else "rows"
    said = f"{n:,} {what} for {subject.n_columns:,} columns"
    if n < FEWEST_EVENTS:
        advice = f"Bring at least {FEWEST_EVENTS} such rows before anybody acts on the model."
        return found(code, title, f"{said}: too few to rely on any figure.", advice, is_red=True)
    if n < EVENTS_PER_COLUMN * subject.n_columns:
        advice = f"{EVENTS_PER_COLUMN} for each column are a common floor. Bring more rows, or leave columns out."
        return found(code, title, f"{said}, {n / subject.n_columns:.1f} for each.", advice, is_red=False)
    return passed(code, title, f"{said}, {n / subject.n_columns:,.0f} for each.")


def slow(subject: Subject) -> Finding:
    """Does it answer one row within the limit of the objective?"""
    code, title, limit = "slow", "Time to answer", subject.limits.row_ms
    taken = subject.cost.row_ms
    if taken is None:
        return not_applicable(code, title, "How long an answer takes was not measured.")
    said = f"One answer takes {taken:,.1f} ms"
    advice = "Let a run try faster kinds of model, or widen the limit in the objective."
    if limit is not None:
        if taken > limit:
            return found(code, title, f"{said}; the objective allows {limit:,.12g} ms.", advice, is_red=True)
        return passed(code, title, f"{said}; the objective allows {limit:,.12g} ms.")
    if taken > SLOW_MS:
        return found(code, title, f"{said}. The objective names no limit; people wait.", advice, is_red=False)
    return passed(code, title, f"{said}. The objective names no limit.")


def large(subject: Subject) -> Finding:
    """Is its file small enough?"""
    code, title, limit = "large", "Size of its file", subject.limits.file_mb
    size = subject.cost.file_bytes
    if size is None:
        return not_applicable(code, title, "Its size was not measured.")
    said, advice = f"Its file has {format_file_size(size)}", "Let a run try simpler kinds of model."
    if limit is not None:
        is_beyond = size > limit * BYTES_PER_MB
        sentence = f"{said}; the objective allows {limit:,.12g} MB."
        return found(code, title, sentence, advice, is_red=True) if is_beyond else passed(code, title, sentence)
    if size > LARGE_FILE_MB * BYTES_PER_MB:
        return found(code, title, f"{said}. The objective names no limit.", advice, is_red=False)
    return passed(code, title, f"{said}. The objective names no limit.")


def twin(subject: Subject) -> Finding:
    """Is there a verified ONNX twin that answers without Python's libraries?"""
    code, title = "twin", "A portable twin"
    if subject.has_twin:
        return passed(code, title, "A verified ONNX twin gives the same answers, also outside the portal.")
    reason = f" {subject.twin_reason}" if subject.twin_reason else ""
    advice = "It still answers, in a process of its own, and more slowly. Another kind of model may have a twin."
    return found(code, title, f"There is no ONNX twin.{reason}", advice, is_red=False)


def _how_bold(found: Recalibration | None) -> str:
    if found is None:
        return "Whether they are too bold or too timid cannot be told from these rows."
    slope = (
        f"the slope of their log odds is {found.slope:.2f}, 19 times in 20 between {found.low:.2f} and {found.high:.2f}"
    )
    if found.high < 1:
        return f"They are too bold: {slope}, and 1 would be right."
    if found.low > 1:
        return f"They are too timid: {slope}, and 1 would be right."
    return f"Neither too bold nor too timid can be told: {slope}."


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")
