"""A forecast in words: whether a model is needed, how far it is off, and how sure its intervals are."""

from collections.abc import Sequence

from services.automl.forecasting.report import Coverage, Sealed, TriedModel
from services.automl.values_in_words import number_in_words, share_in_words


def describe_forecast(
    chosen: TriedModel, best: TriedModel, sealed: Sealed, coverage: Sequence[Coverage], horizon: int, steps: str
) -> str:
    """The finding with its numbers."""
    sentences = [_choice(chosen, best), _sealed(sealed, horizon, steps), _coverage(coverage)]
    return " ".join(sentence for sentence in sentences if sentence)


def describe_constant(target: str, horizon: int, steps: str) -> str:
    """A series that never changes."""
    return (
        f"“{target}” never changes, so the forecast of the next {horizon:,} {steps} is the same value; no model is "
        "needed, and how far it may be off cannot be said from a history without a change."
    )


def describe_gaps(n_gaps: int, n_values: int, steps: str) -> str:
    """How much of the time axis is empty."""
    share = share_in_words(n_gaps / (n_gaps + n_values))
    return f"{n_gaps:,} {steps} ({share}) between the first and the last value have none; they are left as gaps."


def _choice(chosen: TriedModel, best: TriedModel) -> str:
    if chosen.is_naive:
        if best.is_naive or best.gain is None:
            return f"{chosen.label} is the best of what was tried: no model is needed."
        return (
            f"{chosen.label} is as good: no model is needed. The best model, {_inside(best.label)}, was off by "
            f"{share_in_words(abs(best.gain.value))} {'less' if best.gain.value > 0 else 'more'}{_range(best)}."
        )
    gain = chosen.gain
    if gain is None:
        return f"{chosen.label} was the best of what was tried."
    sentence = f"{chosen.label} was off by {share_in_words(gain.value)} less than the best repeat{_range(chosen)}"
    if gain.low is not None and gain.low <= 0:
        return f"{sentence}, which may be chance."
    return f"{sentence}."


def _range(tried: TriedModel) -> str:
    gain = tried.gain
    if gain is None or gain.low is None or gain.high is None:
        return ""
    return f" (95%: {_signed(gain.low)} to {_signed(gain.high)})"


def _signed(share: float) -> str:
    return f"{share:.0%}".replace("-", "−")


def _sealed(sealed: Sealed, horizon: int, steps: str) -> str:
    told = []
    if sealed.rmse is not None:
        told.append(f"{number_in_words(sealed.rmse.value)} typically")
    if sealed.wape is not None:
        told.append(f"{share_in_words(sealed.wape.value)} of the sum")
    if sealed.mase is not None:
        beside = "" if sealed.naive_mase is None else f" against {sealed.naive_mase:.2f} of the best repeat"
        told.append(f"{sealed.mase.in_words()} of the change over a season (MASE){beside}")
    return f"On the last {horizon:,} {steps}, kept aside, it was off by {', '.join(told)}." if told else ""


def _coverage(coverage: Sequence[Coverage]) -> str:
    if not coverage:
        return "The history is too short for intervals."
    told = " and ".join(f"{share_in_words(one.share)} in the {one.level:.0%} interval" for one in coverage)
    return f"Of {coverage[0].n:,} values there, {told}."


def _inside(label: str) -> str:
    return label[0].lower() + label[1:]
