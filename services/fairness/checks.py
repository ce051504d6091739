"""What a proposal answered about feedback loops, turned into checks: passed, open, or not to be known yet.

A "not to be known yet" is never a pass: it says what would have to be live to tell.

References
----------
D. Ensign et al., "Runaway feedback loops in predictive policing", Proceedings of Machine Learning Research 81 (2018).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.automl.values_in_words import share_in_words
from services.proposals.later import LaterDefault, amount_of, is_labelling_blind
from services.proposals.reflection import BY_CODE, Reflection

State = Literal["passed", "open", "unknown"]
LOOPS = ("selects_cases", "selective_labels", "labellers_see_score", "moves_a_group")


@dataclass(frozen=True, slots=True)
class LoopCheck:
    """One check; `code` is that of its question, `title` what is asked for."""

    code: str
    title: str
    state: State
    sentence: str


@dataclass(frozen=True, slots=True)
class Held:
    """What the portal holds that a check looks at.

    Attributes
    ----------
    defaults
        What the answers set for later stages.
    n_kept_aside
        Rows that were kept aside from the model.
    is_live
        Whether the model answers predictions.
    is_assessed
        Whether groups were compared.
    """

    defaults: tuple[LaterDefault, ...]
    n_kept_aside: int
    is_live: bool
    is_assessed: bool


def check_loops(reflection: Reflection, held: Held) -> tuple[LoopCheck, ...]:
    """The checks that follow from the answers, in the order of the questions; a clear "no" asks for nothing."""
    return tuple(check for code in LOOPS for check in _checks(code, reflection, held))


def _checks(code: str, reflection: Reflection, held: Held) -> Iterator[LoopCheck]:
    answer, question = reflection.answer(code), BY_CODE[code].text
    if answer.is_yes is None:
        yield LoopCheck(code, question, "open", "Nobody has answered. Say it with the objective.")
        return
    if not answer.is_yes:
        return
    said = answer.text.strip()
    yield LoopCheck(
        code,
        "What is done about it",
        "passed" if said else "open",
        f"Written down: {said}" if said else f"Say with the objective what you do about it: {question}",
    )
    if code in ("selects_cases", "selective_labels"):
        yield _share(
            code, "A random share treated without the model", amount_of(held.defaults, "exploration_rate"), held
        )
    if code == "selective_labels":
        yield _kept_aside(code, held)
    if code == "labellers_see_score":
        yield _blind(code, held)
    if code == "moves_a_group":
        yield _share(code, "A control group kept for good", amount_of(held.defaults, "control_rate"), held)
        yield _assessed(code, held)


def _share(code: str, title: str, rate: float | None, held: Held) -> LoopCheck:
    if not rate:
        return LoopCheck(code, title, "open", "No share is set. Answer the questions of the objective.")
    share = share_in_words(rate)
    live = "The model answers predictions, and the portal does not see yet whom" if held.is_live else "Nothing is live"
    sentence = f"{share} are planned. {live}, so nobody can tell whether it is kept."
    return LoopCheck(code, title, "unknown", sentence)


def _kept_aside(code: str, held: Held) -> LoopCheck:
    title, n = "Rows kept aside to judge the model", held.n_kept_aside
    if not n:
        return LoopCheck(code, title, "open", "No rows were kept aside. Search again with some kept aside.")
    return LoopCheck(code, title, "passed", f"{n:,} rows were kept aside and not learned from.")


def _blind(code: str, held: Held) -> LoopCheck:
    title = "Who labels does not see the prediction"
    if is_labelling_blind(held.defaults):
        sentence = "The portal shows no prediction to who labels. Look yourself where outcomes come from elsewhere."
        return LoopCheck(code, title, "passed", sentence)
    return LoopCheck(code, title, "open", "Labelling is not blind. Save the objective again with this answer.")


def _assessed(code: str, held: Held) -> LoopCheck:
    title = "Groups are compared"
    if held.is_assessed:
        return LoopCheck(code, title, "passed", "This model was compared by group. Do it again once outcomes come in.")
    return LoopCheck(code, title, "open", "This model was not compared by group yet. Do it on this page.")
