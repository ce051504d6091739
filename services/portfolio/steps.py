"""What each phase means in words, and whose turn it is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.audit.actor import Actor
from services.people.permissions import Permission, is_allowed
from services.portfolio.standing import Phase, Standing
from services.portfolio.views import Destination, NextStep


@dataclass(frozen=True, slots=True)
class Turn:
    """A phase: what is so, whose turn it is, and what that person does on which page.

    Attributes
    ----------
    finding
        The project's state in one sentence, as the page's heading.
    status, color
        The badge.
    whose
        Who acts, for those who do not.
    question
        What waits for that person, as a decision card asks it.
    """

    finding: str
    status: str
    color: str
    permission: Permission
    whose: str
    question: str
    text: str
    button: str
    look: str
    icon: str
    page: str


TURNS = {
    Phase.OBJECTIVE: Turn(
        finding="An idea. A clear objective makes it a project.",
        status="Idea",
        color="gray",
        permission=Permission.EDIT_OBJECTIVE,
        whose="a business stakeholder",
        question="What exactly should get better, and by how much?",
        text="Name the measure, its target, the decision it informs and the levers.",
        button="Write the objective",
        look="See the objective",
        icon=":material/flag:",
        page="proposal",
    ),
    Phase.MONEY: Turn(
        finding="The objective is clear. What right and wrong calls are worth comes next.",
        status="Needs figures",
        color="orange",
        permission=Permission.EDIT_VALUATION,
        whose="a business stakeholder",
        question="What is a right call worth, and what does a wrong one cost?",
        text="A guess is enough to see how good a model must be to pay back.",
        button="Fill in the money",
        look="See the money",
        icon=":material/savings:",
        page="valuation",
    ),
    Phase.DATA: Turn(
        finding="The objective and the money are clear. Data comes next.",
        status="Needs data",
        color="orange",
        permission=Permission.EDIT_DATA,
        whose="a data scientist",
        question="Which data shows past cases and how they ended?",
        text="One table, one row for each past case. It is kept as it is, in versions.",
        button="Bring the data",
        look="See the data",
        icon=":material/table_chart:",
        page="datasets",
    ),
    Phase.TARGET: Turn(
        finding="The data is here. The outcome to predict is not chosen yet.",
        status="Needs an outcome",
        color="orange",
        permission=Permission.EDIT_DATA,
        whose="a data scientist",
        question="Which column is the outcome to predict?",
        text="Look through the columns, leave out what would not be known in time, choose the outcome.",
        button="Choose the outcome",
        look="See the data",
        icon=":material/table_chart:",
        page="datasets",
    ),
    Phase.RUN: Turn(
        finding="The data is ready. The search for a model can start.",
        status="Ready to train",
        color="blue",
        permission=Permission.START_RUN,
        whose="a data scientist",
        question="Start the search for the best model?",
        text="It compares kinds of model in money and checks the best on rows kept aside.",
        button="Start a model run",
        look="See the model runs",
        icon=":material/model_training:",
        page="runs",
    ),
    Phase.RUNNING: Turn(
        finding="The search for the best model is under way.",
        status="Searching",
        color="blue",
        permission=Permission.SEE_PROJECT,
        whose="the portal",
        question="Watch the search?",
        text="It goes on when you close this page, and tells what it found so far.",
        button="Watch the run",
        look="Watch the run",
        icon=":material/model_training:",
        page="run",
    ),
    Phase.REQUEST: Turn(
        finding="A model is found and explained. Nobody has been asked to sign it yet.",
        status="Ready to ask",
        color="blue",
        permission=Permission.REQUEST_REVIEW,
        whose="somebody of the project",
        question="Is this the model and threshold to ask a signature for?",
        text="Look at its money, its drivers and its threshold, then ask a manager to decide.",
        button="Look and ask for a sign-off",
        look="See the model",
        icon=":material/lightbulb:",
        page="model",
    ),
    Phase.DECISION: Turn(
        finding="A model is found and explained. It waits for one signature.",
        status="Waiting for sign-off",
        color="orange",
        permission=Permission.DECIDE,
        whose="a manager who wrote none of the evidence",
        question="May this model act?",
        text="Look through the evidence and decide with a reason.",
        button="Review and decide",
        look="See what waits to be signed",
        icon=":material/verified:",
        page="review",
    ),
    Phase.STALE: Turn(
        finding="The evidence changed after it was put up for signature. It must be signed again.",
        status="Stale",
        color="orange",
        permission=Permission.REQUEST_REVIEW,
        whose="somebody of the project",
        question="Ask for a new signature on what changed?",
        text="Predictions stay blocked until a manager has signed the evidence as it is now.",
        button="Ask for a new sign-off",
        look="See what changed",
        icon=":material/history:",
        page="model",
    ),
    Phase.ANSWERING: Turn(
        finding="The model is approved and answers.",
        status="Answering",
        color="green",
        permission=Permission.PREDICT,
        whose="everybody of the project",
        question="Ask the model for predictions?",
        text="Try one case, hand in a file, or ask over the API.",
        button="Ask for predictions",
        look="See the predictions page",
        icon=":material/bolt:",
        page="deployment",
    ),
}

ASKING = frozenset(Phase) - {Phase.RUNNING, Phase.ANSWERING}  # phases in which somebody is waited for


def next_step(standing: Standing, actor: Actor) -> NextStep:
    """The one primary action for this person: what is their turn, or a look at what the project waits for."""
    turn = TURNS[standing.phase]
    is_mine = may_act(standing, actor)
    if standing.phase == Phase.DECISION and standing.review is not None and is_mine:
        title = f"Your decision: {standing.review.question}"
    else:
        title = turn.question if is_mine else f"This waits for {turn.whose}."
    return NextStep(
        title=title,
        text=_reason(standing, actor) or (turn.text if is_mine else "You can look at it meanwhile."),
        button=turn.button if is_mine else turn.look,
        icon=turn.icon,
        is_mine=is_mine,
        destination=destination(standing.project_id, standing.ids, turn.page),
    )


def may_act(standing: Standing, actor: Actor) -> bool:
    """Whether it is this person's turn: their role has the permission, and they may sign what waits to be signed."""
    if standing.phase == Phase.DECISION and standing.review is not None:
        return standing.review.may_decide
    return is_allowed(actor, TURNS[standing.phase].permission)


def destination(project_id: str, ids: Mapping[str, str], page: str) -> Destination:
    """The page with the ids it needs; `ids` names the newest run, model and sign-off of the project."""
    return Destination(page, {"project": project_id} | {name: ids[name] for name in (page,) if name in ids})


def describe(standing: Standing) -> str:
    """The state of the project in one sentence."""
    if standing.phase == Phase.STALE and standing.review is not None and standing.review.changes:
        return f"It must be signed again: {standing.review.changed_words}."
    if standing.phase == Phase.RUN and standing.is_model_outdated and standing.model is not None:
        return "The data changed after the model was trained. Train again before anybody signs."
    if standing.phase == Phase.REQUEST and standing.review is not None:
        return _ENDED.get(standing.review.state, TURNS[Phase.REQUEST].finding)
    return TURNS[standing.phase].finding


def _reason(standing: Standing, actor: Actor) -> str | None:
    """Why somebody whose role signs may not sign this."""
    if standing.phase != Phase.DECISION or standing.review is None or not is_allowed(actor, Permission.DECIDE):
        return None
    if standing.review.may_decide:
        n_closed = standing.review.n_sections - standing.review.n_opened
        return (
            f"{standing.review.n_opened} of {standing.review.n_sections} evidence sections opened."
            if n_closed
            else None
        )
    return standing.review.decision_refusal


_ENDED = {
    "changes_requested": "A manager asked for changes before this model may act.",
    "rejected": "A manager decided that this model may not act.",
    "withdrawn": "The request for a sign-off was withdrawn. The model waits.",
    "revoked": "The approval was revoked. The model no longer answers.",
}
