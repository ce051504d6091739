"""The HTML of the pages before the portal. Every value is escaped where it enters a template."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

from starlette.responses import HTMLResponse

from services.audit.actor import Actor
from services.people.permissions import Role

_TEMPLATES = Path(__file__).with_name("templates")
_PARTS = {
    Role.BUSINESS: "Owns the objective and the money",
    Role.DATA_SCIENTIST: "Builds the model",
    Role.MANAGER: "Signs",
    Role.AUDITOR: "Checks what happened",
    Role.ADMIN: "Manages people",
}


def sign_in_page(
    *, email: str = "", target: str = "/", demo: Sequence[Actor] = (), error: str | None = None, status: int = 200
) -> HTMLResponse:
    """The form, with the people of the demo company below it where there is one."""
    content = _fill("sign_in", next=target, email=email, demo=_Html(_demo(demo)))
    return _page("Sign in", content, error, status)


def set_up_page(
    *, token: str, name: str = "", email: str = "", error: str | None = None, status: int = 200
) -> HTMLResponse:
    """The form that makes the first administrator."""
    return _page("Set up this portal", _fill("set_up", token=token, name=name, email=email), error, status)


def invitation_page(*, token: str, person: Actor, error: str | None = None, status: int = 200) -> HTMLResponse:
    """The form in which an invited person chooses a password."""
    content = _fill("invitation", token=token, email=person.email)
    return _page(f"Welcome, {person.name}", content, error, status)


def sign_out_page() -> HTMLResponse:
    """Asks once more, for a request that may have come from another site."""
    return _page("Sign out?", _fill("sign_out"))


def notice_page(title: str, sentence: str, status: int) -> HTMLResponse:
    """Says why a link does not work."""
    return _page(title, _fill("notice"), sentence, status)


class _Html(str):
    """Text that is HTML already."""


def _page(title: str, content: _Html, error: str | None = None, status: int = 200) -> HTMLResponse:
    alert = _Html(f'<p class="error" role="alert">{escape(error)}</p>') if error else _Html()
    return HTMLResponse(_fill("page", title=title, error=alert, content=content), status)


def _demo(people: Sequence[Actor]) -> str:
    if not people:
        return ""
    rows = (
        _fill("demo_person", id=person.user_id, initials=_initials(person.name), name=person.name, part=_part(person))
        for person in people
    )
    return f'<div class="demo"><p>Or look around the demo company as</p>{"".join(rows)}</div>'


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper()


def _part(person: Actor) -> str:
    return _PARTS[Role(person.role)] if person.role in set(Role) else ""


def _fill(template: str, **values: str) -> _Html:
    safe = {name: value if isinstance(value, _Html) else escape(value) for name, value in values.items()}
    return _Html(_load(template).substitute(safe))


@lru_cache
def _load(template: str) -> Template:
    return Template((_TEMPLATES / f"{template}.html").read_text())
