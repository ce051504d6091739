"""What the home page and a project's overview show: frozen pictures for one person."""

from dataclasses import dataclass
from datetime import datetime

from services.audit.chain import ChainReport


@dataclass(frozen=True, slots=True)
class Destination:
    """A page by its stem, and what it shall show."""

    page: str
    ids: dict[str, str]


@dataclass(frozen=True, slots=True)
class StageView:
    """One stop of the rail. `state` is done, now, stale, blocked or todo; `line` says when and who, or why."""

    name: str
    state: str
    line: str


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """A number with its unit in the label and its meaning in half a sentence."""

    label: str
    value: str
    note: str
    is_good: bool = False


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next, for one person: `is_mine` if their role may do it, otherwise they can look."""

    title: str
    text: str
    button: str
    icon: str
    is_mine: bool
    destination: Destination


@dataclass(frozen=True, slots=True)
class DecisionCard:
    """A question that waits for this person. `amount` is money a year it holds back, None where nobody priced it."""

    question: str
    context: str
    kind: str
    risk_tier: str
    amount: float | None
    currency: str
    due: str
    button: str
    destination: Destination


@dataclass(frozen=True, slots=True)
class NewsItem:
    """Something this person was told and has not read yet; `context` says where and when."""

    id: str
    sentence: str
    context: str
    destination: Destination


@dataclass(frozen=True, slots=True)
class ProjectCard:
    """A project in one row. `way` is the share of the rail travelled; `color` has the badge's meaning."""

    project_id: str
    name: str
    owner_name: str
    stage: str
    way: float
    status: str
    color: str
    amount: float | None
    currency: str


@dataclass(frozen=True, slots=True)
class Home:
    """What needs this person, most money first, what they were told, and the projects they may see, newest first."""

    decisions: tuple[DecisionCard, ...]
    projects: tuple[ProjectCard, ...]
    news: tuple[NewsItem, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One event in words, when and who as people say it."""

    when: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a project, with their role in words."""

    name: str
    role: str
    email: str


@dataclass(frozen=True, slots=True)
class ProjectOverview:
    """Everything the project's first screen says. `may_invite` is whether this person may bring others in."""

    project_id: str
    name: str
    sentence: str
    risk_tier: str
    status: str
    color: str
    finding: str
    about: str
    stages: tuple[StageView, ...]
    numbers: tuple[KeyNumber, ...]
    next_step: NextStep
    history: tuple[HistoryEntry, ...]
    members: tuple[Member, ...]
    may_invite: bool


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One event of the whole portal, in words."""

    number: int
    at: datetime
    who: str
    what: str
    project: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """The latest events, newest first, and what verifying the whole chain found."""

    chain: ChainReport
    lines: tuple[AuditLine, ...]
