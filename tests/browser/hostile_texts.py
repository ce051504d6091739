"""Texts that would run, load or pretend something if any page took them for more than text, put wherever text goes.

`python -m tests.browser.hostile_texts` fills the configured portal with them and prints what a browser needs, as JSON.
"""

import json
from dataclasses import asdict, dataclass

import pandas as pd

from db.session import transaction
from services.audit.actor import Actor
from services.datasets.commands import describe_column, exclude_column
from services.people.commands import create_user, open_session
from services.people.permissions import Role
from services.projects.commands import add_member, create_project
from tests.makers_datasets import make_dataset, make_frame

PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "<svg onload=alert(3)>",
    "<iframe src=javascript:alert(4)>",
    "<body onload=alert(5)>",
    "<a href=javascript:alert(6)>press</a>",
    "<math><mtext></mtext><script>alert(7)</script></math>",
    "<details open ontoggle=alert(8)>",
    "<video><source onerror=alert(9)>",
    "<input autofocus onfocus=alert(10)>",
    "<style>@import 'http://example.com/x'</style>",
    "<object data=javascript:alert(12)>",
    "<embed src=javascript:alert(13)>",
    "<form action=javascript:alert(14)><button>press</button></form>",
    "<base href=http://example.com/>",
    "<meta http-equiv=refresh content=0;url=http://example.com/>",
    "<link rel=stylesheet href=http://example.com/x.css>",
    "[press](javascript:alert(18))",
    "[press](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "![picture](http://example.com/x.png)",
    "![x](x'onerror='alert(21))",
    "<http://example.com/automatic>",
    "https://example.com/bare",
    "www.example.com/bare",
    "[reference][1] [1]: http://example.com/",
    "`code` **bold** _it_ ~~no~~",
    "# heading",
    "> quotation",
    "| a | b |",
    "$$\\frac{1}{2}$$ $x$",
    ":red[loud] :material/delete: :smile:",
    ":red-background[loud] :blue-badge[badge]",
    "&lt;script&gt;alert(33)&lt;/script&gt;",
    "&#60;script&#62;alert(34)&#60;/script&#62;",
    "\u202egnp.exe",
    "\u200bhidden\u200b",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "'\"--></script><script>alert(38)</script>",
    '=HYPERLINK("http://example.com";"press")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """Cookies by role, and the project with its data."""

    cookies: dict[str, str]
    project: str
    dataset: str


def seed() -> Seeded:
    """People, projects, columns, values, reasons and descriptions that are all hostile."""
    with transaction() as session:
        cookies, actors = {}, {}
        for role, payload in zip((Role.DATA_SCIENTIST, Role.BUSINESS, Role.MANAGER), PAYLOADS, strict=False):
            user = create_user(session, actor=_system(), email=f"{role}@example.com", name=payload, role=role)
            session.flush()
            cookies[str(role)] = open_session(session, user_id=user.id, method="test").token
            actors[role] = Actor(user.id, user.name, user.role)
        scientist, business = actors[Role.DATA_SCIENTIST], actors[Role.BUSINESS]
        projects = [create_project(session, actor=scientist, sentence=f"{payload} less") for payload in PAYLOADS]
        for project in projects:
            for role in (Role.BUSINESS, Role.MANAGER):
                add_member(session, actor=scientist, project_id=project.id, email=f"{role}@example.com")
        project_id = projects[1].id
        frame = make_frame(240)
        columns = PAYLOADS[:34]
        for number, payload in enumerate(columns):
            frame[payload] = pd.Series([PAYLOADS[(row + number) % 7] for row in range(len(frame))], dtype="str")
        dataset = make_dataset(session, scientist, project_id, frame=frame, file_name=f"{PAYLOADS[1]}.csv")
        for payload in columns[:4]:
            dataset = exclude_column(
                session, actor=scientist, dataset_id=dataset.id, column=payload, reason=f"because {payload}"
            )
        for payload in columns[4:12]:
            describe_column(
                session, actor=business, project_id=project_id, column=payload, business_name=payload, meaning=payload
            )
        return Seeded(cookies, project_id, dataset.id)


def _system() -> Actor:
    from services.audit.actor import SYSTEM

    return SYSTEM


if __name__ == "__main__":
    print(json.dumps(asdict(seed())))  # noqa: T201 - the answer
