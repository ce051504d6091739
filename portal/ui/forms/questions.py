"""The questions of a proposal: what is asked, why, and from which depth on."""

from dataclasses import dataclass
from typing import Literal

from services.proposals.answers import FIRST_LEVER
from services.proposals.sentences import CONNECTIONS

Depth = Literal["Simple", "Guided", "Expert"]
DEPTHS: tuple[Depth, ...] = ("Simple", "Guided", "Expert")
Shape = Literal["text", "number", "day", "choice"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `depth` is the shallowest that asks it."""

    name: str
    label: str
    why: str
    depth: Depth = "Guided"
    shape: Shape = "text"
    example: str = ""
    is_short: bool = False  # stands beside the next short ones

    @property
    def options(self) -> dict[str, str]:
        """What a choice may be, in words."""
        return {name: text.capitalize() for name, text in CONNECTIONS.items()} if self.shape == "choice" else {}


@dataclass(frozen=True, slots=True)
class Step:
    """Questions that belong together."""

    key: str
    title: str
    why: str
    questions: tuple[Question, ...]


GOAL = Step(
    "goal",
    "What should get better",
    "The one thing everybody should remember; a model is only a means to it",
    (
        Question("sentence", "In one sentence", "Everybody who joins later reads this first.", "Simple"),
        Question(
            "metric", "Metric", "What cannot be measured cannot be said to be better.", "Simple",
            example="Customers who leave in a month",
        ),
        Question("unit", "Unit", "Percent, days, euros.", "Simple", example="%", is_short=True),
        Question("baseline", "Today", "Where you start from.", "Simple", "number", is_short=True),
        Question("target", "Target", "Where you want to be.", "Simple", "number", is_short=True),
        Question("by_when", "By when", "A target without a date is a wish.", shape="day"),
        Question(
            "how_measured", "How it is measured", "Two people must read the same number.",
            example="Contracts ended, from the billing system",
        ),
    ),
)  # fmt: skip
DECISION = Step(
    "decision",
    "Which decision it informs",
    "A prediction that changes no decision is worth nothing",
    (
        Question(
            "decision", "Decision", "Somebody must do something else because of it.", "Simple",
            example="Whom the service team calls this week",
        ),
        Question(
            FIRST_LEVER, "What can you change?", "Only what you control can move the metric. More can be added later.",
            "Simple", example="A call with an offer",
        ),
        Question("decided_by", "Who decides", "This person must want the result.", example="Head of service"),
        Question(
            "considered.acts_how_often", "How often somebody acts", "It sets how fresh predictions must be.",
            example="every Monday",
        ),
        Question(
            "outcome", "Outcome the model predicts, per case", "One thing that happens to one case, or does not.",
            example="Customer leaves within 30 days",
        ),
    ),
)  # fmt: skip
RULES = Step(
    "rules",
    "What else was considered",
    "A model must beat what you do today, and know where it must stay silent",
    (
        Question(
            "considered.todays_rule", "How it is decided today", "The model is compared with this rule, in money.",
            example="We call the oldest contracts first",
        ),
        Question(
            "considered.alternatives", "What else could help, without a model", "Sometimes a rule is enough.",
            example="A cheaper plan for everybody",
        ),
        Question(
            "considered.fallback_rule", "What happens when there is no prediction",
            "Systems fail; somebody must know what to do then.", example="We call the oldest contracts first",
        ),
        Question(
            "considered.out_of_scope", "What it must not be used for", "Good models are borrowed for bad purposes.",
            example="Refusing service",
        ),
        Question(
            "considered.affected_people", "Who is affected", "They should be asked, or at least thought of.",
            example="Private customers in two countries",
        ),
        Question(
            "considered.label_delay_days", "Days until the outcome is known",
            "It sets the gap between training and test, and when quality can be checked.", shape="number", example="30",
        ),
    ),
)  # fmt: skip
LIMITS = Step(
    "limits",
    "Where it must work",
    "Say the limits now, so that no model is built that can never be used",
    (
        Question(
            "limits.connectivity",
            "Connection",
            "Offline it must carry all it needs, so it must be small.",
            shape="choice",
        ),
        Question(
            "limits.device",
            "Device",
            "What it runs on sets how large and slow it may be.",
            example="A tablet of the field team",
        ),
        Question(
            "limits.privacy",
            "What must not be used or shown",
            "Leaving it out is cheaper now than later.",
            example="No names",
        ),
        Question(
            "limits.max_latency_ms",
            "One answer, ms",
            "The slowest answer for one case that still helps.",
            "Expert",
            "number",
            "no limit",
            True,
        ),
        Question(
            "limits.max_batch_ms",
            "1,000 answers, ms",
            "The slowest answer for many cases at once that still helps.",
            "Expert",
            "number",
            "no limit",
            True,
        ),
        Question(
            "limits.max_memory_mb",
            "Memory, MB",
            "At most taken while it answers.",
            "Expert",
            "number",
            "no limit",
            True,
        ),
        Question(
            "limits.max_size_mb", "File, MB", "The largest file the model may be.", "Expert", "number", "no limit", True
        ),
    ),
)
REFLECTION = Step(
    "reflection",
    "What could go wrong because it works",
    "Your answers set what later stages begin with; a yes that needs an answer says so",
    (),
)
STEPS = (GOAL, DECISION, RULES, LIMITS, REFLECTION)
LABELS = {question.name: question.label for step in STEPS for question in step.questions}


def questions_of(step: Step, depth: Depth, *, has_levers: bool) -> list[Question]:
    """What this step asks at this depth; the first lever only where there is none yet."""
    shown = DEPTHS[: DEPTHS.index(depth) + 1]
    return [
        question
        for question in step.questions
        if question.depth in shown and not (has_levers and question.name == FIRST_LEVER)
    ]
