"""What the answers of a proposal set for later stages: searches, labelling, the pilot and the review begin with it.

A default is no row of its own: it follows from the version of the objective, which is stored, hashed and signed.

References
----------
D. Ensign et al., "Runaway feedback loops in predictive policing", Proceedings of Machine Learning Research 81 (2018): a
random share of cases is looked at whatever the model says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from services.proposals.considerations import Considerations
from services.proposals.reflection import Reflection

Stage = Literal["Data", "Model", "Pilot", "Review"]
Code = Literal["gap_days", "kept_aside_rate", "blind_labelling", "exploration_rate", "control_rate", "monitor"]
IN_FORCE: dict[Stage, str] = {
    "Data": "in force now",
    "Model": "each search begins with it; an expert may choose otherwise",
    "Pilot": "kept with the objective until a pilot is planned",
    "Review": "kept with the objective until the model is live",
}
"""What becomes of the defaults of a stage today."""

EXPLORATION_RATE, EXPLORATION_RATE_SELECTIVE, CONTROL_RATE = 0.02, 0.05, 0.10
KEPT_ASIDE_RATE = 0.25
_MONITORS = {
    "can_be_gamed": ("Drift of the inputs, weekly", "people could change what they tell you"),
    "moves_a_group": ("Outcomes by group, monthly", "the action may change outcomes of one group"),
    "biased_history": ("Decisions by group, monthly", "the data may carry unfair decisions"),
    "harm": ("Check of cases by a person, monthly", "a wrong prediction can harm somebody"),
    "out_of_domain": ("Share of cases unlike the data, daily", "it will meet cases unlike those in the data"),
}


@dataclass(frozen=True, slots=True)
class LaterDefault:
    """What an answer sets for a later stage, and why.

    Attributes
    ----------
    amount
        The figure a stage computes with: a share of 1, or days; None where it is a switch or a monitor.
    """

    code: Code
    stage: Stage
    name: str
    value: str
    because: str
    amount: float | None = None


def later_defaults(reflection: Reflection, label_delay_days: int | None = None) -> tuple[LaterDefault, ...]:
    """What the answers set. Unanswered counts as no answer.

    An exploration share of 1 to 5 %, its upper end where the outcome is only known for chosen cases; a control group of
    5 to 10 % kept for good, which measures what the model brings. Where a wrong prediction can harm somebody a quarter
    of the rows is kept aside instead of a fifth, so that quality is known more exactly: intervals become shorter by
    1 - sqrt(0.20 / 0.25), about a tenth (judgement).
    """
    said = {code for code, answer in reflection.answers if answer.is_yes is True}
    return (*_building(said, label_delay_days), *_pilot(said), *_monitors(said))


def defaults_of(considered: Considerations) -> tuple[LaterDefault, ...]:
    """What a proposal sets for later stages."""
    return later_defaults(considered.reflection, considered.label_delay_days)


def amount_of(defaults: Iterable[LaterDefault], code: Code) -> float | None:
    """The figure set by this name, None where nothing sets it."""
    return next((each.amount for each in defaults if each.code == code), None)


def is_labelling_blind(defaults: Iterable[LaterDefault]) -> bool:
    """Whether people who label must not see what a model says."""
    return any(each.code == "blind_labelling" for each in defaults)


def _pilot(said: set[str]) -> Iterator[LaterDefault]:
    share = "Exploration share"
    if "selective_labels" in said:
        because, rate = "the outcome is only known for chosen cases", EXPLORATION_RATE_SELECTIVE
        yield LaterDefault("exploration_rate", "Pilot", share, f"{rate:.0%}", because, rate)
    elif said & {"selects_cases", "keeps_exploration"}:
        because = "acting changes which cases are seen" if "selects_cases" in said else "a random share is kept"
        rate = EXPLORATION_RATE
        yield LaterDefault("exploration_rate", "Pilot", share, f"{rate:.0%}", because, rate)
    if said & {"selects_cases", "moves_a_group"}:
        because = "acting changes later cases" if "selects_cases" in said else "the action may move a group"
        name, rate = "Control group kept for good", CONTROL_RATE
        yield LaterDefault("control_rate", "Pilot", name, f"{rate:.0%}", because, rate)


def _building(said: set[str], label_delay_days: int | None) -> Iterator[LaterDefault]:
    if "labellers_see_score" in said:
        because = "who records the outcome sees the prediction"
        yield LaterDefault("blind_labelling", "Data", "Blind labelling", "on", because)
    if "harm" in said:
        name, because = "Rows kept aside to judge the model", "a wrong prediction can harm somebody"
        yield LaterDefault("kept_aside_rate", "Model", name, f"{KEPT_ASIDE_RATE:.0%}", because, KEPT_ASIDE_RATE)
    if label_delay_days is not None:
        value = "1 day" if label_delay_days == 1 else f"{label_delay_days:,} days"
        name, because = "Gap between training and test", "outcomes are known that much later"
        yield LaterDefault("gap_days", "Model", name, value, because, float(label_delay_days))


def _monitors(said: set[str]) -> Iterator[LaterDefault]:
    for code, (value, because) in _MONITORS.items():
        if code in said:
            yield LaterDefault("monitor", "Review", "Monitor", value, because)
